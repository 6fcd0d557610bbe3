/** Exported evidence logs in memory, made as the service makes them, for tests that alter them. */
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { commitTo, writeLeaf } from '../../src/domain/leaf.ts';
import { exportKey, segmentsOf } from '../../src/domain/log-export.ts';
import { HEAD_TYPE, writeHead } from '../../src/domain/log-head.ts';
import {
  consistencyPath,
  growTree,
  hashLeaf,
  joinSubtrees,
  type LeafRange,
  perfectSubtrees,
} from '../../src/domain/merkle-tree.ts';
import { type EvidenceKey, readEvidenceKey } from '../../src/keys/evidence-key.ts';
import { type HeadKeys, readHeadKeys } from '../../src/verify/head.ts';
import type { LogSource } from '../../src/verify/log-heads.ts';
import { until } from './client.ts';
import type { TestDatabase } from './database.ts';

export interface ExportedLog {
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly keys: HeadKeys;
  /** Sizes of the heads. */
  readonly sizes: readonly number[];
}

/** Makes a key of its own. */
export function newEvidenceKey(): Promise<EvidenceKey> {
  return readEvidenceKey(newKeyPem());
}

/** Makes a private key on P-256. */
export function newKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/** Makes a log with a head at each of these sizes. */
export async function makeExport(sizes: readonly number[], key?: EvidenceKey): Promise<ExportedLog> {
  const evidenceKey = key ?? (await newEvidenceKey());
  const objects = new Map<string, Buffer>();
  // Roots of full subtrees by height and place; of height 0 the leaves themselves.
  const full: Buffer[][] = [[]];
  const hashes = full[0] ?? [];
  const tree = growTree(undefined, ({ height, index }, root) => {
    const level = full[height] ?? [];
    full[height] = level;
    level[index] = root;
  });
  const logId = randomUUID();
  let [previous, first] = [undefined as string | undefined, 0];
  for (const [at, size] of sizes.entries()) {
    for (const segment of segmentsOf({ first, end: size })) {
      const lines = linesOf(segment);
      for (const line of lines) {
        hashes.push(hashLeaf(Buffer.from(line)));
        tree.append(hashes.at(-1) ?? Buffer.alloc(32));
      }
      objects.set(exportKey.leaves(segment), Buffer.from(lines.map((line) => `${line}\n`).join('')));
      objects.set(exportKey.hashes(segment), Buffer.concat(hashes.slice(segment.first, segment.end)));
    }
    const head = {
      logId,
      number: at + 1,
      size,
      root: tree.root(),
      time: new Date(Date.UTC(2026, 2, 2, 8, at)),
      previous: previous === undefined ? undefined : createHash('sha256').update(previous).digest(),
    };
    const jws = await evidenceKey.seal(HEAD_TYPE, writeHead(head));
    const consistency = consistencyPath(first, size).map((range) =>
      rootOf(full, range).toString('base64url'),
    );
    objects.set(exportKey.head(at + 1), Buffer.from(`${JSON.stringify({ head: jws, consistency })}\n`));
    [previous, first] = [jws, size];
  }
  return { objects, keys: readHeadKeys(JSON.stringify(evidenceKey.publicKey)), sizes };
}

/** A source over objects in memory. */
export function sourceOf(objects: ReadonlyMap<string, Buffer>): LogSource {
  return {
    async *list(prefix) {
      for (const key of [...objects.keys()].sort()) if (key.startsWith(prefix)) yield key;
    },
    read: (key) => Promise.resolve(objects.get(key) ?? Buffer.alloc(0)),
  };
}

/**
 * Waits until everything that is committed can be taken up: a transaction in any database of the cluster, as of tests that
 * run beside this one, delays that.
 */
export async function untilSettled({ query }: Pick<TestDatabase, 'query'>): Promise<void> {
  await until(
    () =>
      query<{ isSettled: boolean }>(
        `select pg_snapshot_xmin(pg_current_snapshot()) > greatest('0'::xid8, (select max(xid) from audit_entry),
           (select max(xid) from receipt)) as "isSettled"`,
      ),
    ([row]) => row?.isSettled === true,
  );
}

/** A leaf that commits to something nobody knows. */
export function newLine(id: string): string {
  return writeLeaf({ kind: 'audit', id, commitment: commitTo(randomBytes(16), { at: id }) });
}

function linesOf({ first, end }: LeafRange): string[] {
  return Array.from({ length: end - first }, (_, at) => newLine(String(first + at)));
}

function rootOf(full: readonly (readonly Buffer[])[], range: LeafRange): Buffer {
  const roots = perfectSubtrees(range).map(({ height, index }) => full[height]?.[index]);
  return joinSubtrees(roots.filter((root) => root !== undefined));
}
