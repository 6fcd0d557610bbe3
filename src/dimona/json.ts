/** JSON declaration of the Dimona REST v2 interface → declaration. */
import type { z } from 'zod';
import type {
  Address,
  Declaration,
  DeclaredWorker,
  EmployerIdentification,
  Features,
} from '../domain/declaration.ts';
import { brusselsDate } from '../domain/period.ts';
import { ACTION_PROPERTIES } from './anomalies.ts';
import { invalidZone } from './form-check.ts';
import { actionsOf, type addressSchema, type DeclarationBody, type featuresSchema } from './json-schema.ts';
import { isZoneValue, type ZoneTag } from './zones.ts';

type Body<K extends keyof DeclarationBody> = NonNullable<DeclarationBody[K]>;
type AddressBody = z.infer<typeof addressSchema>;

/** Turns a body that passed the schema into a declaration, made at the moment it was received. */
export function toDeclaration(body: DeclarationBody, receivedAt: Date): Declaration {
  const [action] = actionsOf(body);
  const said: Partial<Body<'dimonaIn'> & Body<'dimonaUpdate'>> =
    (action && body[ACTION_PROPERTIES[action]]) ?? {};
  const receivedOn = brusselsDate(receivedAt);
  const declaration = {
    declaredAt: receivedAt,
    declaredOn: receivedOn,
    receivedOn,
    ...given({
      action,
      employer: body.employer && toEmployer(body.employer),
      worker: body.worker && toWorker(body.worker),
      periodId: written(said.periodId)?.padStart(12, '0'),
      startDate: said.startDate,
      startHour: said.startHour,
      endDate: said.endDate,
      endHour: said.endHour,
      plannedHours: written(said.plannedHours),
      plannedDays: written(said.plannedDays),
      features: said.features && toFeatures(said.features),
    }),
  };
  const formAnomalies = invalidZones(declaration).map((tag) => ({ code: invalidZone(tag) }));
  return { ...declaration, formAnomalies };
}

/** Definitive and provisional numbers share one property; their ranges lie apart. */
function toEmployer({ enterpriseNumber, employerId }: Body<'employer'>): EmployerIdentification {
  const isProvisional = employerId !== undefined && employerId >= 5_000_000_000;
  const name = isProvisional ? 'provisionalNssoNumber' : 'nssoNumber';
  return given({ enterpriseNumber, [name]: written(employerId) });
}

function toWorker(worker: Body<'worker'>): DeclaredWorker {
  const { birthCountry, sex, nationality, address, ...texts } = worker;
  return given({
    ...texts,
    birthCountry: written(birthCountry),
    sex: written(sex),
    nationality: written(nationality),
    address: address && toAddress(address),
  });
}

function toFeatures(features: z.infer<typeof featuresSchema>): Features {
  const { jointCommissionNumber, workerType, subEntityNumber, usingEmployer: user } = features;
  const address = user?.address && toAddress(user.address);
  return given({
    jointCommittee: jointCommissionNumber,
    workerType,
    subEntity: written(subEntityNumber),
    usingEmployer:
      user &&
      given({
        jointCommittee: user.jointCommissionNumber,
        name: user.name,
        enterpriseNumber: user.enterpriseNumber,
        address,
      }),
  });
}

function toAddress({
  street,
  houseNumber,
  boxNumber,
  postCode,
  municipality,
  country,
}: AddressBody): Address {
  const city = municipality?.name ?? written(municipality?.code);
  return given({ street, houseNumber, postBox: boxNumber, postCode, city, country: written(country) });
}

/** The zones whose form the declaration's own checks do not look at. */
function invalidZones({
  worker,
  features,
  plannedHours,
  plannedDays,
}: Omit<Declaration, 'formAnomalies'>): ZoneTag[] {
  const { address: home } = worker ?? {};
  const { name, address } = features?.usingEmployer ?? {};
  const zones: readonly (readonly [ZoneTag, string | undefined])[] = [
    ['WorkerName', worker?.familyName],
    ['WorkerFirstName', worker?.givenName],
    ['WorkerInitial', worker?.initial],
    ['WorkerBirthplace', worker?.birthPlace],
    ['WorkerBirthplaceCountry', worker?.birthCountry],
    ['WorkerSex', worker?.sex],
    ['WorkerStreet', home?.street],
    ['WorkerHouseNbr', home?.houseNumber],
    ['WorkerPostBox', home?.postBox],
    ['WorkerZIPCode', home?.postCode],
    ['WorkerCity', home?.city],
    ['WorkerCountry', home?.country],
    ['Nationality', worker?.nationality],
    ['PlannedHoursNbr', plannedHours],
    ['PlannedDaysNbr', plannedDays],
    ['SubEntityNbr', features?.subEntity],
    ['UsingEmployerName', name],
    ['Street', address?.street],
    ['HouseNbr', address?.houseNumber],
    ['PostBox', address?.postBox],
    ['ZIPCode', address?.postCode],
    ['City', address?.city],
    ['Country', address?.country],
  ];
  return zones.filter(([tag, value]) => value !== undefined && !isZoneValue(tag, value)).map(([tag]) => tag);
}

/** Leaves out what is undefined: JSON has no such properties, but their types do. */
function given<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  // The compiler does not follow the filter.
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function written(value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
