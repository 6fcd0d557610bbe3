/** The answer to a declaration in the Dimona REST v2 interface: the declaration again, with its status. */
import { z } from 'zod';
import type { AnomalyCode } from '../domain/anomaly.ts';
import type { Address, Anomaly, Declaration, Result } from '../domain/declaration.ts';
import { ACTION_PROPERTIES, describeAnomaly } from './anomalies.ts';
import {
  actionSchemas,
  addressSchema,
  type DeclarationBody,
  employerSchema,
  featuresSchema,
  usingEmployerSchema,
  workerSchema,
} from './json-schema.ts';

const anomalySchema = z.strictObject({
  code: z.string().meta({ description: 'NSSO anomaly: zone or block, then kind', example: '90373-460' }),
  descriptionNl: z.string().meta({ example: 'Dimona IN aangifte – Laattijdige aangifte' }),
  descriptionFr: z.string().meta({ example: 'Déclaration Dimona IN – Déclaration tardive' }),
  descriptionDe: z.string().meta({ example: 'Dimona-Meldung IN – Verspätete Meldung' }),
});

/** The body of `GET /declarations/{declarationId}`. */
export const answerSchema = z
  .strictObject({
    href: z.string().meta({ description: 'This answer', example: '/dimona/v2/declarations/0190…' }),
    employer: employerSchema.optional(),
    worker: workerSchema.optional(),
    ...actionSchemas,
    declarationStatus: z.strictObject({
      declarationId: z.string().meta({ example: '01900000-0000-7000-8000-000000000000' }),
      result: z.enum(['A', 'W', 'B', 'S']).meta({
        description:
          'A accepted, W accepted with a warning, B refused, S waiting until the register knows the worker',
      }),
      period: z
        .strictObject({
          id: z.int().meta({ description: 'DimonaPeriodId', example: 900000000178 }),
          href: z.string().optional(),
        })
        .meta({ description: 'The period opened or changed; absent with B and S' })
        .optional(),
      anomalies: z.array(anomalySchema),
    }),
  })
  .meta({ description: 'A declaration and what became of it' });

/** An answer as it is sent. */
export type AnswerBody = z.infer<typeof answerSchema>;

/** A declaration that was judged. */
export interface AnsweredDeclaration {
  readonly declarationId: string;
  /** The address of this answer. */
  readonly href: string;
  readonly declaration: Declaration;
  readonly result: Result;
  readonly anomalies: readonly Anomaly[];
  /** The period opened or changed, and its address where it has one. */
  readonly period?: { readonly periodId: string; readonly href?: string };
}

/** Writes the answer. Of a declaration that came as XML, values that the JSON form cannot hold are left out. */
export function toAnswer(answered: AnsweredDeclaration): AnswerBody {
  const { declarationId, href, declaration, result, anomalies, period } = answered;
  return {
    href,
    ...toBody(declaration),
    declarationStatus: {
      declarationId,
      result,
      ...(period && {
        period: { id: Number(period.periodId), ...(period.href !== undefined && { href: period.href }) },
      }),
      anomalies: anomalies.map(({ code }) => describe(code)),
    },
  };
}

function describe(code: AnomalyCode): z.infer<typeof anomalySchema> {
  const { nl, fr, de } = describeAnomaly(code);
  return { code, descriptionNl: nl, descriptionFr: fr, descriptionDe: de };
}

/** The inverse of `toDeclaration` in `json.ts`; period ids are always written as numbers. */
function toBody(declaration: Declaration): DeclarationBody {
  const { action, employer, worker, features } = declaration;
  const user = features?.usingEmployer;
  const said = {
    periodId: numberOf(declaration.periodId),
    startDate: declaration.startDate,
    startHour: declaration.startHour,
    endDate: declaration.endDate,
    endHour: declaration.endHour,
    plannedHours: numberOf(declaration.plannedHours),
    plannedDays: numberOf(declaration.plannedDays),
    features:
      features &&
      fitting(featuresSchema, {
        jointCommissionNumber: features.jointCommittee,
        workerType: features.workerType,
        subEntityNumber: numberOf(features.subEntity),
        usingEmployer:
          user &&
          fitting(usingEmployerSchema, {
            jointCommissionNumber: user.jointCommittee,
            name: user.name,
            enterpriseNumber: user.enterpriseNumber,
            address: user.address && addressBody(user.address),
          }),
      }),
  };
  return {
    ...(employer && {
      employer: fitting(employerSchema, {
        enterpriseNumber: employer.enterpriseNumber,
        employerId: numberOf(employer.nssoNumber ?? employer.provisionalNssoNumber),
      }),
    }),
    ...(worker && {
      worker: fitting(workerSchema, {
        ...worker,
        birthCountry: numberOf(worker.birthCountry),
        sex: numberOf(worker.sex),
        nationality: numberOf(worker.nationality),
        address: worker.address && addressBody(worker.address),
      }),
    }),
    ...(action && {
      [ACTION_PROPERTIES[action]]: fitting(actionSchemas[ACTION_PROPERTIES[action]].unwrap(), said),
    }),
  };
}

function addressBody({ street, houseNumber, postBox, postCode, city, country }: Address): object {
  const isCode = /^\d{5}$/.test(city ?? '');
  return fitting(addressSchema, {
    street,
    houseNumber,
    boxNumber: postBox,
    postCode,
    municipality: city === undefined ? undefined : isCode ? { code: Number(city) } : { name: city },
    country: numberOf(country),
  });
}

/** The properties that a schema takes, of those that are there. */
function fitting<S extends z.ZodObject>(
  schema: S,
  properties: Readonly<Record<string, unknown>>,
): z.infer<S> {
  const entries = Object.entries(properties).filter(
    ([name, value]) => value !== undefined && schema.shape[name]?.safeParse(value).success,
  );
  // Every property was taken by its own schema, and all of them are optional.
  return Object.fromEntries(entries) as z.infer<S>;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
