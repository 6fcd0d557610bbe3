/** Reads the `type.yaml` of an attestation type: what entitles, how it is numbered, sent and laid out. */
import { z } from 'zod';
import { type AttestationType, CODE_FORMS, DAY_COLUMNS, FIELD_NAMES } from '../domain/attestation-type.ts';
import { CASE_KEYS } from '../domain/case.ts';
import type { DeclarationRule } from '../domain/declaration-rule.ts';
import { STATUS_CODES } from '../domain/status.ts';
import { localDate, localizedWords } from './shapes.ts';
import { type CheckedFile, readYamlFile } from './yaml-file.ts';

/** An attestation type without its words. */
export type TypeRules = Omit<AttestationType, 'id' | 'texts'>;

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9:-]*$/, 'small letters, digits, dashes and colons are expected');
const wordKey = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'the name of a word in the language files is expected');
const committee = z
  .string()
  .regex(/^\d{3}$/, 'a joint committee of three digits in quotation marks is expected');

const messageType = z
  .strictObject({
    id: identifier,
    name: localizedWords,
    senderApplication: z.strictObject({ id: identifier, name: localizedWords }),
    validity: z.strictObject({ number: z.int().min(1), unit: z.enum(['day', 'month', 'year']) }),
  })
  .transform(({ id, senderApplication, ...rest }) => ({
    messageTypeId: id,
    senderApplicationId: senderApplication.id,
    applicationName: senderApplication.name,
    ...rest,
  }));

const layoutBlock = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paragraph'), text: wordKey }),
  z.strictObject({
    kind: z.literal('fields'),
    heading: wordKey,
    fields: z.array(z.enum(FIELD_NAMES)).min(1),
  }),
  z.strictObject({ kind: z.literal('days'), heading: wordKey, columns: z.array(z.enum(DAY_COLUMNS)).min(1) }),
  z.strictObject({ kind: z.literal('notice'), heading: wordKey, text: wordKey }),
]);

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

const typeSchema: z.ZodType<TypeRules> = z
  .strictObject({
    version: z.int().min(1),
    numberPrefix: z.string().regex(/^[A-Z]{2,6}$/, 'two to six capital letters are expected'),
    case: z.array(z.enum(CASE_KEYS)),
    status: z.enum(STATUS_CODES),
    ssin: z.enum(['full', 'masked']),
    messageType,
    qr: z.enum(CODE_FORMS).default('url'),
    layout: z.array(layoutBlock).min(1),
    declarations: z.array(declarationRule).min(1),
  })
  .transform(({ case: caseKeys, declarations, ...rest }) => ({
    ...rest,
    caseKeys,
    declarationRules: declarations,
  }));

/** Reads `<type>/type.yaml`. @throws ServiceError `templateInvalid` */
export async function readTypeFile(folder: string, id: string): Promise<CheckedFile<TypeRules>> {
  return readYamlFile(folder, `${id}/type.yaml`, typeSchema);
}
