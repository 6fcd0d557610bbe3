/** Checks the heads of an exported evidence log: each sealed, each naming the one before it, each continuing its tree. */
import { createHash } from 'node:crypto';
import { exportKey } from '../domain/log-export.ts';
import type { LogHead } from '../domain/log-head.ts';
import type { LogFinding } from '../domain/log-report.ts';
import { isContinuation } from '../domain/merkle-proof.ts';
import { type HeadKeys, openHead } from './head.ts';

/** Where an export is read from: a folder, a bucket. */
export interface LogSource {
  /** Gives the names of the objects that begin so, in their order. */
  list(prefix: string): AsyncIterable<string>;
  read(key: string): Promise<Buffer>;
}

/** A head that can be relied on. */
export interface SealedHead extends LogHead {
  readonly jws: string;
}

/** Reads all heads in their order; those that cannot be relied on are findings. */
export async function readHeads(
  source: LogSource,
  keys: HeadKeys,
  findings: LogFinding[],
): Promise<readonly SealedHead[]> {
  const heads: SealedHead[] = [];
  let number = 0;
  for await (const key of source.list('heads/')) {
    if (key.endsWith('.tst')) continue;
    const named = Number(/^heads\/(\d{12})\.json$/.exec(key)?.[1] ?? 0);
    if (named <= number) {
      findings.push({ fault: 'foreignObject', detail: `${key} is no head of this log` });
      continue;
    }
    for (number += 1; number < named; number += 1) findings.push(missing(number));
    const head = readOne(await source.read(key), keys, number, heads.at(-1));
    if (typeof head === 'string') findings.push({ fault: 'headAltered', position: number, detail: head });
    else heads.push(head);
  }
  return heads;
}

function missing(number: number): LogFinding {
  return { fault: 'headMissing', position: number, detail: `${exportKey.head(number)} is missing` };
}

/** Gives the head, or what is wrong with it. */
function readOne(
  object: Buffer,
  keys: HeadKeys,
  number: number,
  previous: SealedHead | undefined,
): SealedHead | string {
  const { jws, consistency } = parseObject(object) ?? {};
  const opened = jws === undefined ? undefined : openHead(jws, keys);
  if (jws === undefined || consistency === undefined || opened === undefined)
    return `head ${number} is not as it was sealed, or by no key that was given`;
  const head = { ...opened, jws };
  if (head.number !== number) return `head ${head.number} stands in the place of head ${number}`;
  // After one that is missing or altered, neither the chain nor the tree can be followed, but this head stands by itself.
  if ((previous?.number ?? 0) !== number - 1) return head;
  if (previous !== undefined) {
    if (head.logId !== previous.logId) return `head ${number} is one of another log`;
    if (!head.previous?.equals(sha256(previous.jws)))
      return `head ${number} follows another head than ${number - 1}`;
    if (head.size <= previous.size || head.time < previous.time)
      return `head ${number} does not come after head ${number - 1}`;
    const path = consistency;
    if (!isContinuation({ earlier: previous, later: head, path }))
      return `head ${number} is not proved to continue head ${number - 1}`;
  } else if (consistency.length > 0) {
    return 'head 1 continues nothing';
  }
  return head;
}

/** Reads an object in the one form in which it is exported. */
function parseObject(
  object: Buffer,
): { readonly jws: string; readonly consistency: readonly Buffer[] } | undefined {
  try {
    const value: unknown = JSON.parse(object.toString('utf8'));
    if (typeof value !== 'object' || value === null || !('head' in value) || !('consistency' in value))
      return undefined;
    const { head, consistency } = value;
    if (typeof head !== 'string' || !Array.isArray(consistency)) return undefined;
    const hashes = consistency.map((hash) => Buffer.from(String(hash), 'base64url'));
    const again = { head, consistency: hashes.map((hash) => hash.toString('base64url')) };
    return Buffer.from(`${JSON.stringify(again)}\n`).equals(object)
      ? { jws: head, consistency: hashes }
      : undefined;
  } catch {
    return undefined;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
