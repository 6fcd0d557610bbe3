/** Reads the `type.yaml` of an attestation type: what entitles, how it is numbered, sent and laid out. */
import { z } from 'zod';
import { type AttestationType, CODE_FORMS } from '../domain/attestation-type.ts';
import { CASE_KEYS } from '../domain/case.ts';
import type { DeclarationRule } from '../domain/declaration-rule.ts';
import { factsOf } from '../domain/fact.ts';
import { type Reminders, USUAL_REMINDERS } from '../domain/reminder.ts';
import { entitlementRule, faultsOfRules, rulesOf, statusCode } from './entitlement-rules.ts';
import { pageLayout, typeFacts } from './layout-block.ts';
import { faultsOfFacts, faultsOfLayout } from './layout-rules.ts';
import { localDate, localizedWords } from './shapes.ts';
import { type CheckedFile, readYamlFile, throwAll } from './yaml-file.ts';

/** An attestation type without its words. */
export type TypeRules = Omit<AttestationType, 'id' | 'texts' | 'printsRows'>;

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9:-]*$/, 'small letters, digits, dashes and colons are expected');
const committee = z
  .string()
  .regex(/^\d{3}$/, 'a joint committee of three digits in quotation marks is expected');

/** Days of `messageType.reminders`; `never` is written out, as a missing key means the usual ones. */
const days = (most: number) => z.union([z.int().min(1).max(most), z.literal('never')]);
const daysOf = (value: number | 'never') => (value === 'never' ? undefined : value);

const reminders = z
  .strictObject({
    unreadAfterDays: days(365).default(USUAL_REMINDERS.unreadAfterDays ?? 'never'),
    beforeExpiryDays: days(90).default(USUAL_REMINDERS.beforeExpiryDays ?? 'never'),
  })
  .transform(
    ({ unreadAfterDays, beforeExpiryDays }): Reminders => ({
      unreadAfterDays: daysOf(unreadAfterDays),
      beforeExpiryDays: daysOf(beforeExpiryDays),
    }),
  );
const validityPeriod = z.strictObject({
  number: z.int().min(1),
  unit: z.enum(['day', 'month', 'year']),
});

const messageType = z
  .strictObject({
    id: identifier,
    name: localizedWords,
    senderApplication: z.strictObject({ id: identifier, name: localizedWords }),
    validity: validityPeriod,
    reminders: reminders.default(USUAL_REMINDERS),
  })
  .transform(({ id, senderApplication, ...rest }) => ({
    messageTypeId: id,
    senderApplicationId: senderApplication.id,
    applicationName: senderApplication.name,
    ...rest,
  }));

const declarationRule = z
  .strictObject({
    workerType: z.string().regex(/^[A-Z0-9]{3}$/, 'a worker type of three signs is expected'),
    startingDate: z.strictObject({ from: localDate.exactOptional(), until: localDate.exactOptional() }),
    declaredUntil: localDate.exactOptional(),
    oneDay: z.boolean(),
    withoutHours: z.boolean(),
    jointCommittees: z.array(committee).min(1),
    usingEmployerCommittees: z.array(committee),
    neverLateBefore: localDate.exactOptional(),
  })
  .transform(
    ({ oneDay, withoutHours, ...rest }): DeclarationRule => ({
      ...rest,
      isOneDay: oneDay,
      isWithoutHours: withoutHours,
    }),
  );

const typeSchema = z.strictObject({
  version: z.int().min(1),
  numberPrefix: z.string().regex(/^[A-Z]{2,6}$/, 'two to six capital letters are expected'),
  case: z.array(z.enum(CASE_KEYS)),
  status: statusCode.exactOptional(),
  rules: z.array(entitlementRule).default([]),
  ssin: z.enum(['full', 'masked']),
  messageType,
  validity: validityPeriod.exactOptional(),
  qr: z.enum(CODE_FORMS).default('url'),
  facts: typeFacts,
  layout: pageLayout,
  declarations: z.array(declarationRule).default([]),
});

/**
 * Reads `<type>/type.yaml`.
 * @throws ServiceError `templateInvalid` that says everything that is wrong, one sentence a line
 */
export async function readTypeFile(folder: string, id: string): Promise<CheckedFile<TypeRules>> {
  const { value, fault } = await readYamlFile(folder, `${id}/type.yaml`, typeSchema);
  const { case: caseKeys, facts: typeFacts, declarations: declarationRules, ...rest } = value;
  const { rules, status } = value;
  const entitling = { caseKeys, rules, ...(status !== undefined && { status }) };
  const facts = factsOf({ caseKeys, facts: typeFacts });
  const faults = [
    ...faultsOfRules(entitling),
    ...(declarationRules.length > 0 && status === undefined
      ? [{ key: ['status'], problem: 'is missing: it is what the declarations report' }]
      : []),
    ...faultsOfFacts({ caseKeys, facts: typeFacts }),
    ...faultsOfLayout(value.layout, facts),
  ];
  throwAll(faults.map(({ key, problem }) => fault(key, problem)));
  const read = { ...rest, caseKeys, row: typeFacts.row, facts, declarationRules, rules: rulesOf(entitling) };
  return { value: read, fault };
}
