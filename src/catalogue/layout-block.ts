/** The shapes of what `type.yaml` says of facts and layout. */
import { z } from 'zod';
import { ATTRIBUTE_FORMATS, DAY_FORMATS, ROW_KINDS, type TypeFacts } from '../domain/fact.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';

const wordKey = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'the name of a word in the language files is expected');
const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a name of letters and digits is expected');
const code = z.string().regex(/^[A-Za-z0-9]+$/, 'a code of letters and digits is expected');

const codes = z.strictObject({ codes: z.array(code).min(1, 'at least one code is expected') });
const attributeFormat = z.union([z.enum(ATTRIBUTE_FORMATS), codes], {
  error: `a format is expected: ${ATTRIBUTE_FORMATS.join(', ')}, or codes with a list of them`,
});

export const typeFacts: z.ZodType<TypeFacts> = z.strictObject({
  row: z.enum(ROW_KINDS),
  attributes: z.record(name, attributeFormat).default({}),
});

/** A fact by its name alone, or with how this place prints it. */
const use = {
  fact: z.string(),
  label: wordKey.exactOptional(),
  format: z.enum(DAY_FORMATS).exactOptional(),
  optional: z.boolean().exactOptional(),
};
const withName = (value: unknown) => (typeof value === 'string' ? { fact: value } : value);
const fieldUse = z.preprocess(withName, z.strictObject(use));
const columnUse = z.preprocess(withName, z.strictObject({ ...use, wide: z.boolean().exactOptional() }));

const keepTogether = z.boolean().exactOptional();
const beside = z.boolean().exactOptional();

const layoutBlock = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('heading'), text: wordKey }),
  z.strictObject({ kind: z.literal('paragraph'), text: wordKey, keepTogether }),
  z.strictObject({
    kind: z.literal('fields'),
    heading: wordKey.exactOptional(),
    fields: z.array(fieldUse).min(1),
    beside,
  }),
  z.strictObject({
    kind: z.literal('table'),
    heading: wordKey.exactOptional(),
    columns: z.array(columnUse).min(1).max(6, 'a table has at most six columns'),
    total: z.string().exactOptional(),
    keepTogether,
  }),
  z.strictObject({ kind: z.literal('notice'), heading: wordKey, text: wordKey, beside }),
  z.strictObject({
    kind: z.literal('check'),
    heading: wordKey,
    text: wordKey,
    place: z.enum(['foot', 'here']).default('foot'),
  }),
  z.strictObject({ kind: z.literal('seal'), text: wordKey, field: wordKey }),
]);

export const pageLayout: z.ZodType<readonly LayoutBlock[]> = z.array(layoutBlock).min(1);
