/** Checks the proof of one record offline: that its leaf commits to it, and that the leaf is under a sealed head. */
import { hash } from 'node:crypto';
import { isIncluded } from '../domain/merkle-proof.ts';
import { hashLeaf } from '../domain/merkle-tree.ts';
import { type HeadKeys, openHead } from './head.ts';

/** A proof as the API gives it (`GET /evidence/v1/leaves/{leafId}/inclusionProof`). */
export interface ProofFile {
  readonly leafIndex: number;
  readonly leaf: string;
  readonly salt: string;
  readonly record?: string;
  readonly hashes: readonly string[];
  readonly head: { readonly jws: string };
}

/** What a proof proves; `record` is missing where it was not given along. */
export type ProofVerdict =
  | {
      readonly isProved: true;
      readonly leafIndex: number;
      readonly headNumber: number;
      readonly sealedAt: Date;
      readonly record: string | undefined;
    }
  | { readonly isProved: false; readonly reason: string };

/** Reads a proof file; undefined when it is none. */
export function readProof(text: string): ProofFile | undefined {
  try {
    const { leafIndex, leaf, salt, record, hashes, head } = JSON.parse(text);
    const isWhole =
      typeof leafIndex === 'number' &&
      typeof leaf === 'string' &&
      typeof salt === 'string' &&
      (record === undefined || typeof record === 'string') &&
      Array.isArray(hashes) &&
      hashes.every((one) => typeof one === 'string') &&
      typeof head?.jws === 'string';
    return isWhole ? { leafIndex, leaf, salt, record, hashes, head } : undefined;
  } catch {
    return undefined;
  }
}

/** Checks a proof with public keys alone. */
export function verifyProof(proof: ProofFile, keys: HeadKeys): ProofVerdict {
  const head = openHead(proof.head.jws, keys);
  if (head === undefined)
    return { isProved: false, reason: 'the head is not as it was sealed, or by no key that was given' };
  if (proof.record !== undefined && !commits(proof, proof.record))
    return { isProved: false, reason: 'the leaf commits to another record' };
  const isUnderHead = isIncluded({
    index: proof.leafIndex,
    size: head.size,
    leafHash: hashLeaf(Buffer.from(proof.leaf)),
    path: proof.hashes.map((one) => Buffer.from(one, 'base64url')),
    root: head.root,
  });
  if (!isUnderHead) return { isProved: false, reason: 'the leaf is not under the head' };
  const { leafIndex, record } = proof;
  return { isProved: true, leafIndex, headNumber: head.number, sealedAt: head.time, record };
}

function commits({ leaf, salt }: ProofFile, record: string): boolean {
  const commitment = hash(
    'sha256',
    Buffer.concat([Buffer.from(salt, 'base64url'), Buffer.from(record)]),
    'buffer',
  );
  return leaf.endsWith(`,"commitment":"${commitment.toString('base64url')}"}`);
}
