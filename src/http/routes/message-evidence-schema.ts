/** The evidence of a message on the wire, format 1. */
import { z } from 'zod';
import { RECEIPT_KINDS } from '../../domain/receipt.ts';

const hash = (description: string) =>
  z.string().meta({ description, example: 'rk9gQHQ0Jn3m3ahh8z8sQEyFPZU3tAvxqpcyOuNUHkY' });
const time = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2026-03-02T08:30:00.123456Z' });

const receiptSchema = z.object({
  eventId: z.uuid(),
  kind: z.enum(RECEIPT_KINDS),
  etsiEvent: z.string().optional().meta({ description: 'Of ETSI EN 319 522-1', example: 'E.1' }),
  eventTime: time('When it happened, as the event says'),
  recordedTime: time('When it was written down'),
  reportedBy: z
    .string()
    .optional()
    .meta({ description: 'The organisation that states it; missing: this service', example: '0206731645' }),
});

/** As `GET …/evidence` gives it and `ebox evidence verify <file>` checks it. */
export const messageEvidenceSchema = z
  .object({
    v: z.literal(1),
    statement: z.object({
      messageId: z.uuid(),
      messageTypeId: z.string(),
      senderOrganizationId: z.string(),
      senderApplicationId: z.string(),
      receivedAt: time('When the message was there'),
      expiresAt: time('Until when it is available'),
      attachments: z.array(
        z.object({
          sha256: z.string().meta({ description: 'Hexadecimal' }),
          bytes: z.int(),
          mediaType: z.string(),
          isMainContent: z.boolean(),
        }),
      ),
      receipts: z.array(receiptSchema),
      state: z
        .enum(['published', 'notified', 'refused', 'printed', 'read', 'neverRead'])
        .meta({ description: 'What the receipts amount to' }),
    }),
    seal: z.string().meta({ description: 'The statement as compact JWS of type message-evidence' }),
    proofs: z
      .array(
        z.object({
          leafId: z.string(),
          leafIndex: z.int(),
          leaf: z.string().meta({ description: 'The bytes that were hashed' }),
          salt: z.string().meta({ description: '16 bytes, base64url' }),
          record: z.string().meta({ description: 'What the leaf commits to' }),
          hashes: z.array(hash('From the leaf upwards, base64url')),
          head: z.object({ number: z.int(), jws: z.string() }),
        }),
      )
      .meta({ description: 'One for each receipt, in the order of the statement' }),
  })
  .meta({ id: 'MessageEvidence' });
