/** Makes the heads of the evidence log: how long it is and its root, sealed, each naming the one before it. */
import { createHash } from 'node:crypto';
import { readLogState } from '../database/evidence-log.ts';
import { findLastHead, insertHead, insertTimeStamp, listUnstamped } from '../database/log-heads.ts';
import { keptUntil } from '../domain/evidence.ts';
import { exportKey } from '../domain/log-export.ts';
import { HEAD_TYPE, type LogHead, writeHead } from '../domain/log-head.ts';
import { growTree } from '../domain/merkle-tree.ts';
import { failpoint } from '../failpoint.ts';
import { readFrontier } from './seal-evidence.ts';
import type { Services } from './services.ts';

type HeadServices = Pick<Services, 'database' | 'evidenceKey' | 'settings'>;

/**
 * Makes a head where the log grew and the last one is old enough; gives its number. No connection is held while it is
 * sealed, so two may be made at once: the one that comes first counts.
 */
export async function makeHead(services: HeadServices): Promise<number | undefined> {
  const { database, evidenceKey, settings } = services;
  const { state, last } = await database.transaction(async (connection) => ({
    state: await readLogState(connection),
    last: await findLastHead(connection),
  }));
  // By the database's clock: one of a process that is wrong would make heads of tomorrow, which no time-stamp confirms.
  const time = state.now;
  if (state.size === (last?.size ?? 0)) return undefined;
  if (last !== undefined && time.getTime() - last.madeAt.getTime() < settings.headSeconds * 1000)
    return undefined;
  const head: LogHead = {
    logId: state.logId,
    number: (last?.headNumber ?? 0) + 1,
    size: state.size,
    root: growTree(readFrontier(state)).root(),
    time,
    previous: last && sha256(last.jws),
  };
  const jws = await evidenceKey.seal(HEAD_TYPE, writeHead(head));
  const row = { headNumber: head.number, size: head.size, root: head.root, jws, madeAt: time };
  const isFirst = await database.transaction((connection) => insertHead(connection, row));
  await failpoint('evidence.sealed');
  return isFirst ? head.number : undefined;
}

/** Heads for which a time-stamp is asked in one go. */
const STAMPS_AT_ONCE = 20;

/**
 * Time-stamps the heads that have no time-stamp yet, and stores the token in the locked bucket before it is kept, so that
 * it is never in one of both only. Throws what the authority's client throws; the heads stand without.
 */
export async function stampHeads(
  services: Pick<Services, 'database' | 'evidenceBucket' | 'timeStamp'>,
): Promise<void> {
  const { database, evidenceBucket, timeStamp } = services;
  if (timeStamp === undefined) return;
  for (const head of await database.transaction((connection) => listUnstamped(connection, STAMPS_AT_ONCE))) {
    const token = await timeStamp(sha256(head.jws));
    if (token === undefined) return;
    const key = exportKey.timeStamp(head.headNumber);
    const stored = await evidenceBucket.store(key, token, keptUntil(head.madeAt.getUTCFullYear()));
    await failpoint('evidence.stamped');
    const kept = stored === 'stored' ? token : await evidenceBucket.fetch(key);
    await database.transaction((connection) => insertTimeStamp(connection, head.headNumber, kept));
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
