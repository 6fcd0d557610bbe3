/** What may be asked of the message registry, contract 2.1, as schemas. */
import { z } from 'zod';
import { DOCUMENT_LANGUAGES } from '../domain/language.ts';
import { parseLocalDate } from '../domain/period.ts';
import { eboxIdSchema, idSchema } from './registry-schema.ts';

// In an address every value is a text; the document says what the text has to be.
const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .meta({ type: 'boolean', description })
    .optional();
const day = (description: string) =>
  z
    .string()
    // The year 0000 is no year of a calendar that the register could keep.
    .refine((value) => parseLocalDate(value) !== undefined && !value.startsWith('0000'), {
      message: 'expected a day as yyyy-MM-dd',
    })
    .meta({ type: 'string', format: 'date', description, example: '2026-03-02' })
    .optional();
const counted = (description: string, initial: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, `expected 1 to ${most}`)
    .default(initial)
    .meta({ type: 'integer', minimum: 1, maximum: most, default: initial, description });
const name = (description: string) =>
  z
    .string()
    .regex(/^\P{Cc}{1,255}$/u, 'expected 1 to 255 printable characters')
    .meta({ type: 'string', minLength: 1, maxLength: 255, description })
    .optional();

const page = { page: counted('Which page, from 1', 1, 100_000) };

/** Which page of reference data is asked for. */
export const pageQuerySchema = z.strictObject({
  ...page,
  pageSize: counted('How many a page has', 25, 100),
});
export type PageQuery = z.output<typeof pageQuerySchema>;

/** The filters of `GET /ebox/messages`. Days are days of Brussels; the day itself is neither before nor after. */
export const messageQuerySchema = z
  .strictObject({
    ...page,
    pageSize: counted('How many messages a page has', 25, 100),
    receivedBefore: day('Published before this day'),
    receivedAfter: day('Published after this day'),
    expiredBefore: day('Available until before this day'),
    expiredAfter: day('Available until after this day'),
    readStatus: flag('Only messages that were read, or only those that were not'),
    visible: flag('Only messages that the citizen wants to see, or only the others'),
    registeredMail: flag('Only registered mail, of which there is none here, or only the others'),
    messageTypeId: name('Only messages of this type'),
    senderOrganizationId: name('Only messages of this sender'),
    senderApplicationId: name('Only messages of this application'),
    q: name(
      'Only messages with this text in their subject, the name of a file, or the name of sender, application or type; accents and capitals do not matter',
    ),
    qlang: z
      .enum(DOCUMENT_LANGUAGES)
      .meta({ description: 'The language that `q` is looked for in; needed with it' })
      .optional(),
  })
  .refine(({ q, qlang }) => q === undefined || qlang !== undefined, {
    path: ['qlang'],
    message: 'is needed with q',
  });
export type MessageQuery = z.output<typeof messageQuerySchema>;

/** The body of `POST /searchMessageStatus`: messages named by id and recipient. */
export const statusRequestSchema = z
  .array(z.strictObject({ messageId: idSchema('Names the message').max(100), eboxId: eboxIdSchema }))
  .min(1)
  .max(500);
export type StatusRequest = z.output<typeof statusRequestSchema>;

/** The body of `POST /linkEboxMessage` (contract: `MessageToLink`). */
export const messageToLinkSchema = z
  .strictObject({
    messageId: idSchema('Names the message').max(100),
    recipients: z.array(eboxIdSchema).min(1).max(100).meta({ description: 'Who gets it too' }),
  })
  .meta({ id: 'MessageToLink' });
export type MessageToLink = z.output<typeof messageToLinkSchema>;

/** The body of `PATCH /ebox/messages` (contract: `MessagesToUpdate`). */
export const messagesToUpdateSchema = z
  .strictObject({
    items: z
      .array(
        z
          .strictObject({
            messageId: z.uuid().meta({ description: 'Names the message' }),
            visible: z.boolean().meta({ description: 'Whether the citizen wants to see it' }),
          })
          .meta({ id: 'MessageToUpdate' }),
      )
      .min(1)
      .max(100)
      .refine((items) => new Set(items.map(({ messageId }) => messageId)).size === items.length, {
        message: 'names a message twice',
      }),
    totalItems: z.int().optional(),
  })
  .meta({ id: 'MessagesToUpdate' });
export type MessagesToUpdate = z.output<typeof messagesToUpdateSchema>;
