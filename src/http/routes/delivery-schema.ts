/** Deliveries as answers: how a message reached a person, and what is to be printed. */
import { z } from 'zod';
import type { AddressedItem, DeliveryRow, PrintItemRow } from '../../workflows/deliveries.ts';

const at = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2026-03-02T08:30:00.000Z' });
const messageId = z
  .string()
  .meta({ description: 'Names the message', example: '01935b1e-7c00-7000-8000-000000000001' });
const status = z.string().meta({ description: 'Why, as a code of RFC 3463', example: '5.1.1' });

const deliverySchema = z
  .object({
    messageId,
    messageTypeId: z.string().meta({ example: 'quarantine-attestation' }),
    publishedAt: at('When it was made'),
    expiresAt: at('Until when it is available'),
    readAt: at('When it was first opened; missing: unread').optional(),
    publication: z
      .object({
        state: z.enum(['waiting', 'published', 'parked', 'withdrawn']).meta({
          description: '`parked`: refused, an operator has to look at it; `withdrawn`: it held no more',
        }),
        registryMessageId: z.string().meta({ description: 'How that registry names it' }).optional(),
        refusal: z
          .string()
          .meta({ description: 'Status and code of the refusal', example: '400 INVALID_SENDER' })
          .optional(),
      })
      .meta({ description: 'Where it goes to another registry' })
      .optional(),
    mail: z.object({
      state: z.enum(['none', 'due', 'sent', 'refused', 'bounced']).meta({
        description:
          '`due`: the next digest speaks of it; `refused`: our mail server would not take it; `bounced`: it came back',
      }),
      sentAt: at('When it left').optional(),
      failedAt: at('When it was refused, or came back').optional(),
      status: status.optional(),
    }),
    paper: z.object({
      state: z.enum(['none', 'waiting', 'fetched', 'printed']),
      reason: z
        .enum(['unused', 'noDigitalUser', 'asked'])
        .meta({
          description:
            '`unused`: no eBox in use is known; `noDigitalUser`: the other registry said so; `asked`: the person asked for a copy',
        })
        .optional(),
      printedAt: at('When it left on paper').optional(),
    }),
  })
  .meta({ id: 'MessageDelivery' });

export const deliveriesSchema = z.object({ items: z.array(deliverySchema) });

/** Writes how a message reached a person. */
export function toDelivery(row: DeliveryRow): z.input<typeof deliverySchema> {
  return {
    messageId: row.messageId,
    messageTypeId: row.messageTypeId,
    publishedAt: row.receivedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    readAt: row.readAt?.toISOString(),
    publication: row.relayState
      ? {
          state: row.relayState,
          registryMessageId: row.registryMessageId ?? undefined,
          refusal: row.refusal ?? undefined,
        }
      : undefined,
    mail: {
      state: mailStateOf(row),
      sentAt: row.mailedAt?.toISOString(),
      failedAt: row.mailFailedAt?.toISOString(),
      status: row.mailStatus ?? undefined,
    },
    paper: {
      state: paperStateOf(row),
      reason: row.printReason ?? undefined,
      printedAt: row.printedAt?.toISOString(),
    },
  };
}

function mailStateOf({ mailState, isMailDue }: DeliveryRow) {
  if (mailState === null) return isMailDue ? 'due' : 'none';
  return mailState === 'prepared' ? 'due' : mailState;
}

function paperStateOf({ printReason, fetchedAt, printedAt }: DeliveryRow) {
  if (printReason === null) return 'none';
  if (printedAt !== null) return 'printed';
  return fetchedAt === null ? 'waiting' : 'fetched';
}

export const printItemSchema = z
  .object({
    messageId,
    state: z.enum(['waiting', 'fetched', 'printed', 'needless']).meta({
      description: '`needless`: read meanwhile, over, or its attestation holds no more',
    }),
    reason: z.enum(['unused', 'noDigitalUser', 'asked']),
    queuedAt: at('Since when it waits'),
    printedAt: at('When it left on paper').optional(),
    language: z.enum(['nl', 'fr', 'de']),
    fileName: z.string().meta({ example: 'QUA-2026-00000042-17.pdf' }),
    bytes: z.int().meta({ example: 48_211 }),
    contentHref: z.string().meta({ format: 'uri', description: 'Where the document is' }),
  })
  .meta({ id: 'PrintItem' });

export const printItemsSchema = z.object({
  items: z.array(printItemSchema),
  next: z.string().meta({ format: 'uri', description: 'The next page; missing on the last' }).optional(),
});

export const addressedItemSchema = printItemSchema
  .extend({
    recipient: z.object({
      ssin: z.string().meta({ description: 'By which the address is asked for', example: '81050003552' }),
      familyName: z.string().meta({ example: 'Vermeulen' }),
      givenName: z.string().meta({ example: 'Lena' }),
    }),
  })
  .meta({ id: 'AddressedPrintItem' });

/** Writes an item; `base` is the address of items. */
export function toPrintItem(item: PrintItemRow, base: string): z.input<typeof printItemSchema> {
  const { messageId: id, reason, queuedAt, printedAt, language, fileName, bytes } = item;
  return {
    messageId: id,
    state: stateOf(item),
    reason,
    queuedAt: queuedAt.toISOString(),
    printedAt: printedAt?.toISOString(),
    language,
    fileName,
    bytes,
    contentHref: `${base}/${id}/content`,
  };
}

/** Writes an item with its recipient. */
export function toAddressedItem(item: AddressedItem, base: string): z.input<typeof addressedItemSchema> {
  return { ...toPrintItem(item, base), recipient: item.recipient };
}

function stateOf({ printedAt, isNeedless, fetchedAt }: PrintItemRow) {
  if (printedAt !== null) return 'printed';
  if (isNeedless) return 'needless';
  return fetchedAt === null ? 'waiting' : 'fetched';
}
