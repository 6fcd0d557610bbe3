/** Exports the evidence log to the locked bucket, head by head: the leaves first, the head that covers them last. */
import { listLeaves, readLogState } from '../database/evidence-log.ts';
import { type HeadRow, listHeadsAfter, markExported } from '../database/log-heads.ts';
import { keptUntil } from '../domain/evidence.ts';
import { writeLeaf } from '../domain/leaf.ts';
import { exportKey, segmentsOf } from '../domain/log-export.ts';
import type { LeafRange } from '../domain/merkle-tree.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { proveContinuation } from './prove.ts';
import type { Services } from './services.ts';

type ExportServices = Pick<Services, 'database' | 'evidenceBucket' | 'evidenceKey'>;

const HEADS_AT_ONCE = 50;

/**
 * Exports the heads that were not yet; gives how many. Every object is the same on each try, so a second exporter or a
 * repeated one finds its own work done. Throws `archivedObjectCorrupt` where another object has the place of one: then
 * the database and what was exported of it have gone separate ways, and an operator has to look.
 */
export async function exportLog(services: ExportServices): Promise<number> {
  const { database } = services;
  const { exportedHead } = await database.transaction(readLogState);
  const from = Math.max(0, exportedHead - 1);
  // The last exported head comes along: where it ends, the next one begins.
  const heads = await database.transaction((connection) =>
    listHeadsAfter(connection, from, HEADS_AT_ONCE + 1),
  );
  let previous = exportedHead === 0 ? undefined : heads.shift();
  for (const head of heads) {
    await exportHead(services, previous, head);
    await database.transaction((connection) => markExported(connection, head.headNumber));
    await failpoint('evidence.exported');
    previous = head;
  }
  return heads.length;
}

async function exportHead(
  services: ExportServices,
  previous: HeadRow | undefined,
  head: HeadRow,
): Promise<void> {
  const { database, evidenceKey } = services;
  const until = keptUntil(head.madeAt.getUTCFullYear());
  const put = (key: string, object: Buffer) => storeSame(services, key, object, until);
  const { kid } = evidenceKey.publicKey;
  if (previous === undefined || kidOf(previous.jws) !== kid)
    await put(exportKey.publicKey(kid), Buffer.from(`${JSON.stringify(evidenceKey.publicKey)}\n`));
  const first = previous?.size ?? 0;
  for (const segment of segmentsOf({ first, end: head.size })) {
    const { lines, hashes } = await readSegment(services, segment);
    await put(exportKey.leaves(segment), lines);
    await put(exportKey.hashes(segment), hashes);
    await failpoint('evidence.stored');
  }
  const consistency = await database.transaction((connection) =>
    proveContinuation(connection, first, head.size),
  );
  const object = { head: head.jws, consistency: consistency.map((hash) => hash.toString('base64url')) };
  await put(exportKey.head(head.headNumber), Buffer.from(`${JSON.stringify(object)}\n`));
}

/** The lines and hashes of a segment, as they are exported. */
export async function readSegment(
  { database }: Pick<Services, 'database'>,
  { first, end }: LeafRange,
): Promise<{ readonly lines: Buffer; readonly hashes: Buffer }> {
  const leaves = await database.transaction((connection) => listLeaves(connection, first, end));
  const lines = leaves.map((leaf) => `${writeLeaf({ ...leaf, id: leaf.recordId })}\n`);
  return {
    lines: Buffer.from(lines.join('')),
    hashes: Buffer.concat(leaves.map(({ leafHash }) => leafHash)),
  };
}

async function storeSame(
  { evidenceBucket }: ExportServices,
  key: string,
  object: Buffer,
  until: Date,
): Promise<void> {
  if ((await evidenceBucket.store(key, object, until)) === 'stored') return;
  if ((await evidenceBucket.fetch(key)).equals(object)) return;
  throw new ServiceError(
    'archivedObjectCorrupt',
    `the exported evidence log has another ${key} than the database: verify both with ebox evidence verify`,
  );
}

function kidOf(jws: string): string {
  const header: unknown = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString('utf8'));
  return typeof header === 'object' && header !== null && 'kid' in header ? String(header.kid) : '';
}
