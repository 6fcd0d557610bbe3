/** The block of a form that says what is declared → the parts of a declaration, every zone as received. */
import type {
  Address,
  Declaration,
  DeclaredWorker,
  EmployerIdentification,
  Features,
  OtherBlock,
} from '../domain/declaration.ts';
import type { BlockTag } from './blocks.ts';
import type { XmlElement } from './form-reader.ts';
import { readZone, type ZoneTag } from './zones.ts';

/** Gives the zones and blocks of an IN, OUT, UPDATE or CANCEL, as far as they are there. */
export function readAction(block: XmlElement): Partial<Declaration> {
  const employer = child(block, 'EmployerId');
  const worker = block.name === 'DimonaIn' ? child(block, 'NaturalPerson') : block;
  const features = child(block, 'DimonaFeatures');
  const readWorkerBlock = worker && readWorker(worker);
  const periodId = valueOf(block, 'DimonaPeriodId');
  const otherBlocks = OTHER_BLOCKS.filter(([tag]) => child(block, tag)).map(([, name]) => name);
  return {
    // A number may have lost its leading zeros.
    ...(periodId !== undefined && {
      periodId: periodId.replace(/^\d+$/, (digits) => digits.padStart(12, '0')),
    }),
    ...zone(block, 'startDate', 'StartingDate'),
    ...zone(block, 'startHour', 'StartingHour'),
    ...zone(block, 'endDate', 'EndingDate'),
    ...zone(block, 'endHour', 'EndingHour'),
    ...zone(block, 'plannedHours', 'PlannedHoursNbr'),
    ...zone(block, 'plannedDays', 'PlannedDaysNbr'),
    ...(employer && { employer: readEmployer(employer) }),
    ...(readWorkerBlock && Object.keys(readWorkerBlock).length > 0 && { worker: readWorkerBlock }),
    ...(features && { features: readFeatures(features) }),
    ...(otherBlocks.length > 0 && { otherBlocks }),
  };
}

const OTHER_BLOCKS: readonly (readonly [BlockTag, OtherBlock])[] = [
  ['ConstructionControlCards', 'controlCards'],
  ['StudentPlaceOfWork', 'studentPlaceOfWork'],
  ['SmallStatutesInformation', 'smallStatutes'],
];

function readEmployer(block: XmlElement): EmployerIdentification {
  return {
    ...zone(block, 'nssoNumber', 'NOSSRegistrationNbr'),
    ...zone(block, 'provisionalNssoNumber', 'ProvisionalNSSONbr'),
    ...zone(block, 'enterpriseNumber', 'CompanyID'),
  };
}

/** Block 90017; an OUT, UPDATE or CANCEL has of it the INSS alone. */
function readWorker(block: XmlElement): DeclaredWorker {
  const address = readWorkerAddress(block);
  return {
    ...knownNumber(block, 'ssin', 'INSS'),
    ...zone(block, 'familyName', 'WorkerName'),
    ...zone(block, 'givenName', 'WorkerFirstName'),
    ...zone(block, 'initial', 'WorkerInitial'),
    ...zone(block, 'birthDate', 'WorkerBirthdate'),
    ...zone(block, 'birthPlace', 'WorkerBirthplace'),
    ...zone(block, 'birthCountry', 'WorkerBirthplaceCountry'),
    ...zone(block, 'sex', 'WorkerSex'),
    ...(Object.keys(address).length > 0 && { address }),
    ...zone(block, 'nationality', 'Nationality'),
  };
}

function readWorkerAddress(block: XmlElement): Address {
  return {
    ...zone(block, 'street', 'WorkerStreet'),
    ...zone(block, 'houseNumber', 'WorkerHouseNbr'),
    ...zone(block, 'postBox', 'WorkerPostBox'),
    ...zone(block, 'postCode', 'WorkerZIPCode'),
    ...zone(block, 'city', 'WorkerCity'),
    ...zone(block, 'country', 'WorkerCountry'),
  };
}

function readFeatures(block: XmlElement): Features {
  const user = child(block, 'UsingEmployer');
  const address = user && child(user, 'Address');
  return {
    ...zone(block, 'jointCommittee', 'JointCommissionNbr'),
    ...zone(block, 'workerType', 'WorkerType'),
    ...zone(block, 'subEntity', 'SubEntityNbr'),
    ...(user && {
      usingEmployer: {
        ...zone(user, 'jointCommittee', 'JointCommissionNbr'),
        ...zone(user, 'name', 'UsingEmployerName'),
        ...knownNumber(user, 'enterpriseNumber', 'UsingEmployerCompanyID'),
        ...(address && { address: readAddress(address) }),
      },
    }),
  };
}

function readAddress(block: XmlElement): Address {
  return {
    ...zone(block, 'street', 'Street'),
    ...zone(block, 'houseNumber', 'HouseNbr'),
    ...zone(block, 'postBox', 'PostBox'),
    ...zone(block, 'postCode', 'ZIPCode'),
    ...zone(block, 'city', 'City'),
    ...zone(block, 'country', 'Country'),
  };
}

function child(element: XmlElement, tag: BlockTag | ZoneTag): XmlElement | undefined {
  return element.children.find(({ name }) => name === tag);
}

/** Gives the value of a zone of a block, as `readZone` reads it. */
export function valueOf(element: XmlElement, tag: ZoneTag): string | undefined {
  const found = child(element, tag);
  return found && readZone(tag, found.text);
}

/** Gives one zone as a property, or nothing. */
export function zone<K extends string>(
  element: XmlElement,
  key: K,
  tag: ZoneTag,
): { readonly [P in K]?: string } {
  const value = valueOf(element, tag);
  // The compiler widens a computed key to any string.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}

/** A number that is written 0 when it is not known (zones 00024 and 00131). */
function knownNumber<K extends string>(
  element: XmlElement,
  key: K,
  tag: ZoneTag,
): { readonly [P in K]?: string } {
  return valueOf(element, tag) === '0' ? {} : zone(element, key, tag);
}
