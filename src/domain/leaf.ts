/**
 * The leaves of the evidence log, format 1. A leaf is one line of JSON without spaces, in this order:
 *
 *     {"v":1,"kind":"audit","id":"42","commitment":"<base64url>"}
 *
 * `kind` is `audit` (an audit entry), `receipt` (a receipt of a message) or `issued` (the SHA-256 of an issued PDF), `id`
 * the record's own id, and `commitment` SHA-256(salt ‖ record): 16 random bytes, then the record as canonical JSON
 * (RFC 8785) in UTF-8, all its values texts. The leaf's hash is that of RFC 6962 over the line.
 *
 * Why a commitment: leaves are exported to storage that nobody can empty. They name no SSIN, no name and no person; once
 * record and salt are erased, nothing can be learnt from a leaf, and the log still verifies.
 */
import { hash } from 'node:crypto';

export const LEAF_KINDS = ['audit', 'receipt', 'issued'] as const;
export type LeafKind = (typeof LEAF_KINDS)[number];

export interface Leaf {
  readonly kind: LeafKind;
  readonly id: string;
  /** 32 bytes. */
  readonly commitment: Buffer;
}

/** The bytes of a record that a leaf commits to. Texts only; what is undefined is left out. */
export type LeafRecord = Readonly<Record<string, string | undefined>>;

/** Bytes of a salt. */
export const SALT_BYTES = 16;

/** Writes a record in its one canonical form (RFC 8785; for texts that is the order of the names). */
export function writeRecord(record: LeafRecord): string {
  const present = Object.entries(record).filter(([, value]) => value !== undefined);
  return JSON.stringify(Object.fromEntries(present.sort(([one], [other]) => (one < other ? -1 : 1))));
}

/** Commits to a record. */
export function commitTo(salt: Buffer, record: LeafRecord): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(writeRecord(record))]), 'buffer');
}

/** Writes a leaf: the bytes that are hashed and exported. */
export function writeLeaf({ kind, id, commitment }: Leaf): string {
  return JSON.stringify({ v: 1, kind, id, commitment: commitment.toString('base64url') });
}

/** Names a leaf in addresses and on the command line, `audit.42`. */
export function leafName({ kind, id }: Pick<Leaf, 'kind' | 'id'>): string {
  return `${kind}.${id}`;
}

/** Reads the name of a leaf; undefined for anything else. */
export function parseLeafName(name: string): Pick<Leaf, 'kind' | 'id'> | undefined {
  const kind = LEAF_KINDS.find((one) => name.startsWith(`${one}.`));
  const id = kind === undefined ? '' : name.slice(kind.length + 1);
  return kind !== undefined && /^[0-9a-f-]{1,36}$/.test(id) ? { kind, id } : undefined;
}
