/** Checks the evidence of a message offline, with public keys alone: nothing in it may be other than it was handed out. */
import { isDeepStrictEqual } from 'node:util';
import { parseLeafName, writeLeaf } from '../domain/leaf.ts';
import {
  contradictionIn,
  type EvidenceStatement,
  MESSAGE_EVIDENCE_TYPE,
  recordOf,
} from '../domain/message-evidence.ts';
import type { MessageState } from '../domain/receipt.ts';
import { type HeadKeys, openHead, openSealed } from './head.ts';
import { type ProofFile, verifyProof } from './proof.ts';

/** A file that says it is the evidence of a message; nothing in it was checked. */
export interface EvidenceFile {
  readonly statement: unknown;
  readonly seal: string;
  readonly proofs: readonly unknown[];
}

export type EvidenceVerdict =
  | {
      readonly isProved: true;
      readonly messageId: string;
      readonly state: MessageState;
      readonly receipts: EvidenceStatement['receipts'];
      /** Hexadecimal; of the attachments, the main content first. */
      readonly sha256: readonly string[];
      /** When the last of the heads was sealed. */
      readonly sealedAt: Date;
    }
  | { readonly isProved: false; readonly reason: string };

/** Reads a file; undefined when it is no evidence of a message. */
export function readEvidence(text: string): EvidenceFile | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!hasOnly(value, ['v', 'statement', 'seal', 'proofs'])) return undefined;
    const { v, statement, seal, proofs } = value;
    return v === 1 && typeof seal === 'string' && Array.isArray(proofs)
      ? { statement, seal, proofs }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Checks a file with public keys alone. */
export function verifyEvidenceFile(file: EvidenceFile, keys: HeadKeys): EvidenceVerdict {
  const refuse = (reason: string): EvidenceVerdict => ({ isProved: false, reason });
  const sealed = openSealed(file.seal, MESSAGE_EVIDENCE_TYPE, keys);
  if (sealed === undefined) return refuse('the seal is not as it was made, or by no key that was given');
  // Sealed by the service, so it is what the service writes.
  const statement = JSON.parse(sealed) as EvidenceStatement;
  if (!isDeepStrictEqual(file.statement, statement))
    return refuse('the statement is not the one that was sealed');
  const contradiction = contradictionIn(statement);
  if (contradiction !== undefined) return refuse(contradiction);
  if (file.proofs.length !== statement.receipts.length)
    return refuse('there is not one proof for each receipt');
  let sealedAt = new Date(0);
  for (const [at, receipt] of statement.receipts.entries()) {
    const proof = readReceiptProof(file.proofs[at]);
    if (proof === undefined) return refuse(`proof ${at + 1} is none`);
    const leaf = { kind: 'receipt', id: receipt.eventId } as const;
    if (!isAbout(proof, leaf, recordOf(statement, receipt), keys))
      return refuse(`proof ${at + 1} is of another receipt than it stands for`);
    const verdict = verifyProof(proof, keys);
    if (!verdict.isProved) return refuse(`proof ${at + 1}: ${verdict.reason}`);
    if (verdict.sealedAt > sealedAt) sealedAt = verdict.sealedAt;
  }
  const { messageId, state, receipts } = statement;
  const byRank = [...statement.attachments].sort((one, other) => rank(one) - rank(other));
  return { isProved: true, messageId, state, receipts, sha256: byRank.map(({ sha256 }) => sha256), sealedAt };
}

const rank = ({ isMainContent }: { readonly isMainContent: boolean }) => (isMainContent ? 0 : 1);

interface ReceiptProofFile extends ProofFile {
  readonly leafId: string;
  readonly record: string;
  readonly head: { readonly number: number; readonly jws: string };
}

function readReceiptProof(value: unknown): ReceiptProofFile | undefined {
  if (!hasOnly(value, ['leafId', 'leafIndex', 'leaf', 'salt', 'record', 'hashes', 'head'])) return undefined;
  const { leafId, leafIndex, leaf, salt, record, hashes, head } = value;
  if (!hasOnly(head, ['number', 'jws'])) return undefined;
  const { number, jws } = head;
  const isWhole =
    typeof leafId === 'string' &&
    typeof leafIndex === 'number' &&
    typeof leaf === 'string' &&
    isCanonical(salt) &&
    typeof record === 'string' &&
    Array.isArray(hashes) &&
    hashes.every(isCanonical) &&
    typeof number === 'number' &&
    typeof jws === 'string';
  return isWhole ? { leafId, leafIndex, leaf, salt, record, hashes, head: { number, jws } } : undefined;
}

/** Whether everything around a proof says what the proof is of. */
function isAbout(
  { leafId, leaf, record, head }: ReceiptProofFile,
  expected: { readonly kind: 'receipt'; readonly id: string },
  expectedRecord: string,
  keys: HeadKeys,
): boolean {
  const named = parseLeafName(leafId);
  const begin = writeLeaf({ ...expected, commitment: Buffer.alloc(0) }).replace(/"}$/, '');
  return (
    named?.kind === expected.kind &&
    named.id === expected.id &&
    leaf.startsWith(begin) &&
    record === expectedRecord &&
    openHead(head.jws, keys)?.number === head.number
  );
}

function isCanonical(text: unknown): text is string {
  return typeof text === 'string' && Buffer.from(text, 'base64url').toString('base64url') === text;
}

function hasOnly<Key extends string>(
  value: unknown,
  keys: readonly Key[],
): value is Readonly<Record<Key, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    isDeepStrictEqual(Object.keys(value).sort(), [...keys].sort())
  );
}
