/** The evidence log on the wire: entries, heads and proofs. */
import { z } from 'zod';
import { AUDIT_ACTIONS } from '../../domain/evidence.ts';
import { leafName, writeLeaf, writeRecord } from '../../domain/leaf.ts';
import { microTime } from '../../domain/micro-time.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import type { FoundEntry, LogHeadEntry, OpenedProof } from '../../workflows/supervise.ts';

const dateTime = z.iso.datetime({ offset: true, error: 'expected a date and time with offset' });
const hash = (description: string) =>
  z.string().meta({ description, example: 'rk9gQHQ0Jn3m3ahh8z8sQEyFPZU3tAvxqpcyOuNUHkY' });

/** Which entries are asked for. */
export const entryQuerySchema = z
  .strictObject({
    ssin: z
      .string()
      .regex(/^\d{11}$/, 'expected eleven digits')
      .optional()
      .meta({ description: 'On whom', example: '81050003552' }),
    onBehalfOf: z
      .string()
      .regex(/^\d{10}$/, 'expected an enterprise number')
      .optional()
      .meta({ description: 'By which organisation', example: '0206731645' }),
    actions: z.array(z.enum(AUDIT_ACTIONS)).min(1).max(AUDIT_ACTIONS.length).optional(),
    from: dateTime.optional().meta({ description: 'Inclusive', example: '2026-03-01T00:00:00+01:00' }),
    until: dateTime.optional().meta({ description: 'Exclusive', example: '2026-04-01T00:00:00+02:00' }),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/, 'expected the cursor of a page')
      .optional(),
    pageSize: z.int().min(1).max(500).default(100),
  })
  .meta({ id: 'AuditEntryQuery' });

const text = (example: string) => z.string().meta({ example });

const entrySchema = z
  .object({
    auditEntryId: text('1042'),
    at: z.string().meta({ format: 'date-time', example: '2026-03-02T09:30:00.123456+01:00' }),
    actor: z.object({
      kind: text('client'),
      id: text('payroll'),
      onBehalfOf: z.object({ enterpriseNumber: text('0206731645'), name: z.string().optional() }).optional(),
      tokenHash: z.string().optional().meta({ description: 'SHA-256 of the access token, hexadecimal' }),
    }),
    action: text('declaration.consult'),
    purpose: text('declaration'),
    ground: text('declarant'),
    groundId: z.string().optional().meta({ description: 'Which mandate or deliberation' }),
    represented: z
      .string()
      .optional()
      .meta({ description: 'With a mandate, for whom: an enterprise number, or the id of a person' }),
    personId: z.string().optional().meta({ description: 'On whom; never an SSIN' }),
    object: z.string().optional(),
    digest: z.string().optional().meta({ description: 'SHA-256 of the bytes, hexadecimal' }),
    traceId: z.string().optional(),
    leafIndex: z.int().optional().meta({ description: 'Its place in the log, once it is sealed' }),
  })
  .meta({ id: 'AuditEntry' });

/** A page of entries. */
export const entriesSchema = z
  .object({
    items: z.array(entrySchema),
    nextCursor: z.string().optional().meta({ description: 'Of the next page' }),
  })
  .meta({ id: 'AuditEntries' });

const headSchema = z
  .object({
    number: z.int(),
    size: z.int().meta({ description: 'Leaves it covers' }),
    root: hash('Of the Merkle tree (RFC 6962), base64url'),
    madeAt: z.string().meta({ format: 'date-time' }),
    jws: z.string().meta({ description: 'The sealed head, compact JWS of type evidence-head' }),
    timeStamp: z
      .string()
      .optional()
      .meta({ description: 'Over the SHA-256 of the JWS (RFC 3161), DER, base64' }),
  })
  .meta({ id: 'LogHead' });

/** A page of heads with the public key that seals them now. */
export const headsSchema = z
  .object({
    items: z.array(headSchema),
    next: z.string().optional().meta({ format: 'uri', description: 'The next page' }),
    keys: z.array(z.record(z.string(), z.string())).meta({ description: 'JWK (RFC 7517)' }),
  })
  .meta({ id: 'LogHeads' });

/** A proof, with what opens the leaf. */
export const proofSchema = z
  .object({
    leafId: text('audit.1042'),
    leafIndex: z.int(),
    leaf: z.string().meta({ description: 'The bytes that were hashed' }),
    salt: z.string().meta({ description: '16 bytes, base64url' }),
    record: z
      .string()
      .optional()
      .meta({ description: 'What the leaf commits to: SHA-256(salt, record) is its commitment' }),
    treeSize: z.int(),
    hashes: z.array(hash('From the leaf upwards, base64url')),
    head: headSchema.omit({ timeStamp: true }).meta({ id: 'ProvingHead' }),
  })
  .meta({ id: 'InclusionProof' });

/** Writes an entry. */
export function toEntry(row: FoundEntry) {
  const { actorOrganization, organizationName, tokenHash, groundId, personId, object, digest, traceId } = row;
  const { represented } = row;
  const onBehalfOf = actorOrganization !== null && {
    onBehalfOf: {
      enterpriseNumber: actorOrganization,
      ...(organizationName !== null && { name: organizationName }),
    },
  };
  return {
    auditEntryId: row.auditEntryId,
    at: microTime(row.recordedAt),
    actor: {
      kind: row.actorKind,
      id: row.actorId,
      ...onBehalfOf,
      ...(tokenHash !== null && { tokenHash }),
    },
    action: row.action,
    purpose: row.purpose,
    ground: row.ground,
    ...(groundId !== null && { groundId }),
    ...(represented !== null && { represented }),
    ...(personId !== null && { personId }),
    ...(object !== null && { object }),
    ...(digest !== null && { digest }),
    ...(traceId !== null && { traceId }),
    ...(row.leafIndex !== null && { leafIndex: Number(row.leafIndex) }),
  };
}

/** Writes a head. */
export function toHead({ headNumber, size, root, madeAt, jws }: Omit<LogHeadEntry, 'timeStamp'>) {
  return {
    number: headNumber,
    size,
    root: root.toString('base64url'),
    madeAt: brusselsDateTime(madeAt),
    jws,
  };
}

/** Writes a proof. */
export function toProof({ leaf, path, head, record }: OpenedProof) {
  const named = { ...leaf, id: leaf.recordId };
  return {
    leafId: leafName(named),
    leafIndex: leaf.leafIndex,
    leaf: writeLeaf(named),
    salt: leaf.salt.toString('base64url'),
    ...(record !== undefined && { record: writeRecord(record) }),
    treeSize: head.size,
    hashes: path.map((one) => one.toString('base64url')),
    head: toHead(head),
  };
}
