/** The form of a `flow.yaml`. */
import { z } from 'zod';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { CHOICES, FORMAT_KINDS, type Schedule, STANDINGS } from '../domain/flow.ts';
import type { FlowField } from '../domain/flow-field.ts';
import { ROW_KINDS } from '../domain/flow-field.ts';
import { NAMED_PERIODS } from '../domain/flow-period.ts';
import { REGIONS } from '../domain/municipality.ts';
import { codeList, limits, nisCode, statusCode } from './entitlement-rules.ts';
import { fourLanguageWords, localDate, words } from './shapes.ts';

const receiver = z.string().transform((text, context) => {
  const number = text.length === 10 ? parseEnterpriseNumber(text) : undefined;
  if (number !== undefined) return number;
  const message =
    'an enterprise number of ten digits in quotation marks is expected, with right check digits';
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

const days = z
  .strictObject({ from: localDate, until: localDate })
  .refine(({ from, until }) => until >= from, 'it ends before it begins');
const values = z.array(z.string().min(1).max(100)).min(1);

const selection = z.strictObject({
  all: codeList,
  any: codeList,
  none: codeList,
  sources: z.record(statusCode, z.array(z.string()).min(1)).default({}),
  period: z
    .union([z.enum(NAMED_PERIODS), days], { error: `${NAMED_PERIODS.join(', ')} or days are expected` })
    .default('today'),
  days: z.int().min(1).default(1),
  age: limits.exactOptional(),
  places: z
    .strictObject({
      regions: z.array(z.enum(REGIONS)).default([]),
      municipalities: z.array(nisCode).default([]),
    })
    .exactOptional(),
  household: limits.exactOptional(),
  attributes: z
    .record(z.string().regex(/^[a-zA-Z][A-Za-z0-9]{0,39}$/, 'the name of an attribute is expected'), values)
    .default({}),
  enterprise: z.boolean().default(false),
  type: z
    .strictObject({ id: z.string(), is: z.enum(STANDINGS), rule: z.string().exactOptional() })
    .exactOptional(),
});

/** `SSIN: ssin`, or with a width for files of fixed width. */
const column = z.union([
  z.string().transform((field) => ({ field })),
  z.strictObject({ field: z.string(), width: z.int().min(1).max(500).exactOptional() }),
]);
const columns = z
  .record(words, column)
  .refine((map) => Object.keys(map).length > 0, 'at least one is expected')
  .transform((map) =>
    // Whether there is such a field is said with the rows of the flow.
    Object.entries(map).map(([heading, one]) => ({ heading, ...one, field: one.field as FlowField })),
  );

const schedule = z
  .strictObject({
    every: z.enum(['daily', 'weekly', 'monthly']).exactOptional(),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'an hour as 06:00 is expected')
      .default('06:00'),
    soon: z.boolean().default(false),
  })
  .transform((one): Schedule => one);

export const flowSchema = z.strictObject({
  version: z.int().min(1),
  name: fourLanguageWords,
  receivers: z.array(receiver).min(1),
  legalContext: z
    .string()
    .regex(/^[A-Z]{2,12}:[A-Z]{1,20}(_[A-Z]{1,20}){0,4}$/, 'a code such as WATER:SOCIAL_TARIFF is expected'),
  row: z.enum(ROW_KINDS).default('person'),
  select: selection,
  choose: z.array(z.enum(CHOICES)).default([]),
  columns,
  format: z
    .strictObject({
      kind: z.enum(FORMAT_KINDS).default('csv'),
      separator: z.enum([';', ',', '\t', '|']).default(';'),
    })
    .default({ kind: 'csv', separator: ';' }),
  split: z.enum(['region', 'municipality']).exactOptional(),
  differences: z.boolean().default(false),
  fewest: z.int().min(1).default(1),
  schedule: schedule.exactOptional(),
});
