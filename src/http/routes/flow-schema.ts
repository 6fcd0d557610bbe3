/** Flows on the wire: what there is, what a receiver orders, and what became of runs. */
import { z } from 'zod';
import { CHOICES, type FlowChoices, FORMAT_KINDS } from '../../domain/flow.ts';
import { NAMED_PERIODS } from '../../domain/flow-period.ts';
import { REGIONS } from '../../domain/municipality.ts';
import { localDate } from '../fields.ts';
import { STATUS_CODE } from './status-query.ts';

const names = z.object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() });
const number = (description: string, example: number) =>
  z.int().min(0).max(150).meta({ description, example });

/** What a receiver may choose. */
export const choicesSchema = z
  .strictObject({
    period: z
      .union([
        z.enum(NAMED_PERIODS),
        z
          .strictObject({
            from: localDate('The first day', '2026-01-01'),
            until: localDate('The last day', '2026-01-31'),
          })
          .refine(({ from, until }) => until >= from, {
            path: ['until'],
            message: 'lies before the first day',
          }),
      ])
      .optional()
      .meta({ description: 'Which days are looked at', example: 'previousMonth' }),
    statuses: z
      .array(STATUS_CODE)
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Only these of the flow’s statuses' }),
    places: z
      .strictObject({
        regions: z.array(z.enum(REGIONS)).max(3).default([]),
        municipalities: z
          .array(z.string().regex(/^\d{5}$/, 'expected a NIS code'))
          .max(600)
          .default([]),
      })
      .refine((one) => one.regions.length + one.municipalities.length > 0, 'names nothing')
      .optional()
      .meta({ description: 'Only who lives there' }),
    age: z
      .strictObject({
        from: number('The youngest', 18).optional(),
        until: number('The oldest', 64).optional(),
      })
      .optional(),
    attributes: z
      .record(z.string().regex(/^[a-zA-Z][A-Za-z0-9]{0,39}$/), z.array(z.string().max(100)).min(1).max(50))
      .optional()
      .meta({
        description: 'Values of attributes of the source that count',
        example: { seasonalWork: ['yes'] },
      }),
    columns: z
      .array(z.string().max(100))
      .min(1)
      .max(50)
      .optional()
      .meta({ description: 'Which columns by their headings, in this order' }),
    format: z.enum(FORMAT_KINDS).optional().meta({ description: 'The form of the files', example: 'csv' }),
    separator: z.enum([';', ',', '\t', '|']).optional().meta({ description: 'Of CSV', example: ';' }),
  })
  .meta({ id: 'FlowChoices' });

/** Reads choices: a property that is not there is left out. */
export function readChoices({ age, ...rest }: z.output<typeof choicesSchema>): FlowChoices {
  const limits = age && {
    ...(age.from !== undefined && { from: age.from }),
    ...(age.until !== undefined && { until: age.until }),
  };
  const given = Object.entries({ ...rest, age: limits }).filter(([, value]) => value !== undefined);
  // Each property came from the schema under its own name.
  return Object.fromEntries(given) as FlowChoices;
}

export const flowsSchema = z
  .object({
    items: z.array(
      z.object({
        flowId: z.string().meta({ example: 'social-statuses' }),
        name: names,
        legalContext: z.string().meta({ description: 'The purpose that the deliberation must have' }),
        statuses: z.array(z.string()).meta({ description: 'Statuses that the deliberation must name' }),
        attributes: z.array(z.string()).meta({ description: 'Attributes that the deliberation must name' }),
        attestationType: z
          .string()
          .optional()
          .meta({ description: 'The type that the deliberation must name' }),
        columns: z.array(z.object({ heading: z.string(), field: z.string() })),
        choose: z
          .array(z.enum(CHOICES))
          .meta({ description: 'What the receiver may choose beside the form' }),
        differences: z.boolean().meta({ description: 'Whether runs after the first tell only what changed' }),
        split: z.enum(['region', 'municipality']).optional(),
        isOrdered: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Flows' });

const moment = z.string().meta({ format: 'date-time' });
const hash = (description: string) =>
  z.string().meta({ description, example: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg' });

const fileSchema = z.object({
  fileId: z.uuid(),
  name: z.string().meta({ example: 'social-statuses-1.csv.p7m' }),
  part: z.string().optional().meta({ description: 'Region or NIS code, where the flow is split' }),
  rows: z.int(),
  persons: z.int(),
  bytes: z.int().meta({ description: 'Of what is handed over' }),
  sha256: hash('SHA-256 of what is handed over, base64url'),
  contentBytes: z.int().meta({ description: 'Of the content, once it is decrypted' }),
  contentSha256: hash('SHA-256 of the content, base64url'),
  href: z.string().meta({ format: 'uri' }),
});

const runShape = {
  runId: z.uuid(),
  number: z.int().meta({ description: 'Counted for the receiver of the flow, without a gap', example: 1 }),
  state: z.enum(['running', 'closing', 'done', 'stopped']).meta({
    description: '`stopped`: no deliberation allows it any more; nothing of it is handed over',
  }),
  cause: z.enum(['asked', 'schedule', 'change']),
  extent: z.enum(['whole', 'differences']),
  from: z.string().meta({ format: 'date', description: 'The first day looked at' }),
  until: z.string().meta({ format: 'date', description: 'The last day looked at' }),
  rows: z.int(),
  persons: z.int(),
  startedAt: moment,
  doneAt: moment.optional(),
  self: z.string().meta({ format: 'uri' }),
};

export const runSchema = z.object({ ...runShape, files: z.array(fileSchema) }).meta({ id: 'FlowRun' });
export const runsSchema = z
  .object({ items: z.array(z.object(runShape)), next: z.string().optional().meta({ format: 'uri' }) })
  .meta({ id: 'FlowRuns' });
