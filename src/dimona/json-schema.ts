/**
 * The JSON form of a declaration in the Dimona REST v2 interface, as a schema.
 * It refuses what is no declaration at all: unknown properties, nulls, other types, other forms of a value.
 * What the NSSO has an anomaly for passes, mandatory zones that are missing among them, and is told as that anomaly.
 * Names come from a client in production, as no public contract exists; those it does not use (`initial`, `sex`,
 * `birthPlace`, `birthCountry`, `nationality`, `plannedHours`, `plannedDays`, `usingEmployer`) are ours.
 */
import { z } from 'zod';
import { ACTIONS, type Action } from '../domain/declaration.ts';
import { ACTION_PROPERTIES } from './anomalies.ts';

const text = (description: string, example: string, most = 255) =>
  z
    .string()
    .min(1)
    .max(most)
    // Not a pattern: OpenAPI has no flags, without which `\p` means nothing.
    .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'control characters, or half a character')
    .meta({ description, example });
const digits = (pattern: RegExp, description: string, example: string) =>
  z.string().regex(pattern).meta({ description, example });
const number = (most: number, description: string, example: number) =>
  z.int().min(0).max(most).meta({ description, example });
const day = (description: string, example = '2020-09-01') =>
  digits(/^\d{4}-\d{2}-\d{2}$/, description, example);
const hour = (description: string, example: string) => digits(/^\d{4}$/, description, example);
const country = (description: string) => number(99_999, description, 150);
const enterpriseNumber = () =>
  digits(/^\d{9,10}$/, 'Number in the Crossroads Bank for Enterprises', '0206731645');
const periodId = () =>
  z
    .union([z.int().min(0).max(999_999_999_999), z.string().regex(/^\d{12}$/)])
    .meta({ description: 'DimonaPeriodId, as a number or as twelve digits', example: 900000000178 });

/** Where a worker lives or a using employer is. */
export const addressSchema = z.strictObject({
  street: text('Street', 'Koningsstraat').optional(),
  houseNumber: text('House number', '1').optional(),
  boxNumber: text('Box number', 'A').optional(),
  postCode: text('Post code', '9000').optional(),
  municipality: z
    .strictObject({
      code: number(99_999, 'NIS code', 44021).optional(),
      name: text('Name', 'Gent').optional(),
    })
    .optional(),
  country: country('NIS code of the country, 150 for Belgium').optional(),
});

/** The employer, by one number or both. */
export const employerSchema = z.strictObject({
  enterpriseNumber: enterpriseNumber().optional(),
  employerId: number(9_999_999_999, 'NSSO number, definitive or provisional', 175110801).optional(),
});

/** The worker, by SSIN or by everything that identifies a person without one. */
export const workerSchema = z.strictObject({
  ssin: digits(/^\d{11}$/, 'Social security identification number', '81050003552').optional(),
  familyName: text('Family name', 'Peeters').optional(),
  givenName: text('First name', 'An').optional(),
  initial: text('Initial of the second first name', 'M').optional(),
  birthDate: day('Date of birth; month and day 00 when unknown', '1981-00-00').optional(),
  birthPlace: text('Place of birth', 'Gent').optional(),
  birthCountry: country('NIS code of the country of birth').optional(),
  sex: number(9, '1 man, 2 woman', 2).optional(),
  nationality: country('NIS code of the nationality').optional(),
  address: addressSchema.optional(),
});

/** The enterprise that a temporary worker is lent to. */
export const usingEmployerSchema = z
  .strictObject({
    jointCommissionNumber: text('Joint committee of the using employer', '145', 9).optional(),
    name: text('Name, where it has no enterprise number', 'Hoeve').optional(),
    enterpriseNumber: enterpriseNumber().optional(),
    address: addressSchema.optional(),
  })
  .meta({ description: 'The enterprise that a temporary worker is lent to, with joint committee 322' });

/** What kind of work is declared. */
export const featuresSchema = z.strictObject({
  jointCommissionNumber: text('Joint committee: 144, 145 or 322 for QUA', '144', 9).optional(),
  workerType: text('Worker type', 'QUA', 3).optional(),
  subEntityNumber: number(9_999_999_999, 'Number of a sub-entity of the employer', 1).optional(),
  usingEmployer: usingEmployerSchema.optional(),
});

const dates = {
  startDate: day('First day').optional(),
  endDate: day('Last day; for QUA the first day').optional(),
};
const hours = {
  startHour: hour('Hour of beginning, HHmm; forbidden for QUA', '0800').optional(),
  endHour: hour('Hour of ending, HHmm; forbidden for QUA', '1700').optional(),
  plannedHours: number(9999, 'Planned hours; forbidden for QUA', 20).optional(),
  plannedDays: number(9999, 'Planned days; forbidden for QUA', 5).optional(),
};

/** What each action says, by its property. */
export const actionSchemas = {
  dimonaIn: z
    .strictObject({ ...dates, ...hours, features: featuresSchema.optional() })
    .meta({ description: 'Opens a period; startDate, endDate and features are mandatory for QUA' })
    .optional(),
  dimonaOut: z
    .strictObject({ periodId: periodId().optional(), endDate: dates.endDate })
    .meta({ description: 'Ends an open period' })
    .optional(),
  dimonaUpdate: z
    .strictObject({ periodId: periodId().optional(), ...dates, ...hours })
    .meta({ description: 'Changes a period; endDate 9999-12-31 opens it again' })
    .optional(),
  dimonaCancel: z
    .strictObject({ periodId: periodId().optional() })
    .meta({ description: 'Takes a period back' })
    .optional(),
};

/** The body of `POST /declarations`. */
export const declarationSchema = z
  .strictObject({
    employer: employerSchema.optional(),
    worker: workerSchema.optional(),
    ...actionSchemas,
  })
  .superRefine((body, context) => {
    if (actionsOf(body).length === 1) return;
    const inputs = Object.values(ACTION_PROPERTIES);
    // The name of Belgif's issue type, and the properties it is about.
    const params = { issueType: 'exactlyOneOfExpected', inputs };
    context.addIssue({ code: 'custom', message: `exactly one of ${inputs.join(', ')}`, params });
  })
  .meta({
    description: 'A Dimona declaration: exactly one of dimonaIn, dimonaOut, dimonaUpdate, dimonaCancel',
  });

/** A body that passed the schema. */
export type DeclarationBody = z.infer<typeof declarationSchema>;

/** Gives the actions that a body names; the schema lets one pass. */
export function actionsOf(body: object): Action[] {
  return ACTIONS.filter((action) => Object.hasOwn(body, ACTION_PROPERTIES[action]));
}
