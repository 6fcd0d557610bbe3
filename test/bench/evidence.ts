/** What evidence costs: entries a second with and without the sealer, its share of a read, and checking a million leaves. */
import { randomBytes, randomUUID } from 'node:crypto';
import { insertAuditEntry, insertObjectEntries } from '../../src/database/audit.ts';
import type { Connection } from '../../src/database/database.ts';
import { countMessages, listAttachments, listMessages } from '../../src/database/inbox.ts';
import { createVault } from '../../src/keys/vault.ts';
import { verifyLog } from '../../src/verify/log.ts';
import { listInbox } from '../../src/workflows/browse.ts';
import { sealEvidence } from '../../src/workflows/seal-evidence.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeExport, sourceOf } from '../support/evidence-log.ts';
import { newAttestation, newMessage, newPerson } from '../support/register.ts';

const WRITERS = 12;
/** Entries of one transaction, one statement each; as a page of an answer they are one statement together. */
const ENTRIES_AT_ONCE = 20;
const READS = 500;

export interface EvidenceResult {
  /** Entries a second, each writer committing `entriesAtOnce` at a time, or one. */
  readonly entriesPerSecond: {
    readonly entriesAtOnce: number;
    readonly withoutSealer: number;
    readonly withSealer: number;
    /** By one statement for all, as the service writes what a page of an answer discloses. */
    readonly pageWithoutSealer: number;
    readonly pageWithSealer: number;
    readonly oneByOneWithoutSealer: number;
    readonly oneByOneWithSealer: number;
    /** What is left of the speed while the sealer is at work, both measured in this run; 1 is all. */
    readonly ratio: number;
    readonly oneByOneRatio: number;
  };
  /** Leaves a second that the sealer takes up, alone. */
  readonly sealedPerSecond: number;
  /** Listing an inbox of ten messages: milliseconds with and without evidence, and what it adds in per cent. */
  readonly read: { readonly ms: number; readonly msWithout: number; readonly auditPercent: number };
  readonly verify: { readonly leaves: number; readonly seconds: number; readonly leavesPerSecond: number };
  /** What is aimed at, and whether it was reached. */
  readonly aims: readonly { readonly aim: string; readonly isReached: boolean }[];
}

/** Measures on a database of its own; `leaves` is how many are checked. */
export async function benchEvidence(leaves: number, seconds: number): Promise<EvidenceResult> {
  const test = await createTestDatabase();
  try {
    const withoutSealer = await writeFor(test, seconds, ENTRIES_AT_ONCE, false);
    const pageWithoutSealer = await writeFor(test, seconds, 'page', false);
    const oneByOneWithoutSealer = await writeFor(test, seconds, 1, false);
    const sealed = await seal(test);
    const withSealer = await writeFor(test, seconds, ENTRIES_AT_ONCE, true);
    const pageWithSealer = await writeFor(test, seconds, 'page', true);
    const oneByOneWithSealer = await writeFor(test, seconds, 1, true);
    const verified = await verify(leaves);
    const result = {
      entriesPerSecond: {
        entriesAtOnce: ENTRIES_AT_ONCE,
        withoutSealer,
        withSealer,
        pageWithoutSealer,
        pageWithSealer,
        oneByOneWithoutSealer,
        oneByOneWithSealer,
        ratio: round(withSealer / withoutSealer),
        oneByOneRatio: round(oneByOneWithSealer / oneByOneWithoutSealer),
      },
      sealedPerSecond: sealed,
      read: await read(test),
      verify: verified,
      aims: [
        { aim: '5 000 entries a second with the sealer at work', isReached: withSealer >= 5000 },
        { aim: 'leaves are taken up as fast as they are written', isReached: sealed >= withSealer },
        { aim: 'a million leaves checked in 60 s', isReached: verified.leavesPerSecond * 60 >= 1_000_000 },
      ],
    };
    process.stdout.write(`  ${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await test.drop();
  }
}

const entry = (personId: string) =>
  ({
    actor: { kind: 'client', id: 'bench', organization: '1900045601', tokenHash: 'ab'.repeat(32) },
    action: 'declaration.consult',
    ground: 'declarant',
    personId,
    object: randomUUID(),
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  }) as const;

const thingsOf = (personId: string) =>
  Array.from({ length: ENTRIES_AT_ONCE }, () => ({ object: randomUUID(), personId }));

async function writeFor(
  { database }: TestDatabase,
  seconds: number,
  form: number | 'page',
  isSealed: boolean,
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let written = 0;
  const writer = async () => {
    const personId = randomUUID();
    const atOnce = form === 'page' ? ENTRIES_AT_ONCE : form;
    const write = async (connection: Connection) => {
      if (form === 'page') return insertObjectEntries(connection, entry(personId), thingsOf(personId));
      for (let at = 0; at < atOnce; at += 1) await insertAuditEntry(connection, entry(personId));
    };
    while (performance.now() < end) {
      await database.transaction(write);
      written += atOnce;
    }
  };
  const sealer = async () => {
    while (isSealed && performance.now() < end) {
      await sealEvidence({ database });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  await Promise.all([...Array.from({ length: WRITERS }, writer), sealer()]);
  return Math.round(written / seconds);
}

async function seal({ database }: TestDatabase): Promise<number> {
  const started = performance.now();
  const leaves = await sealEvidence({ database });
  return Math.round((leaves * 1000) / (performance.now() - started));
}

/** The same read with its evidence, as the service does it, and without. */
async function read({ database }: TestDatabase): Promise<EvidenceResult['read']> {
  const personId = await database.transaction(async (connection) => {
    const citizen = await newPerson(connection);
    for (let at = 0; at < 10; at += 1) {
      const caseId = `quarantine/${citizen.personId}/${at}`;
      await newMessage(connection, await newAttestation(connection, citizen, { caseId }));
    }
    return citizen.personId;
  });
  const ground = { kind: 'ownData', personId } as const;
  const reader = { actor: { kind: 'person', id: personId }, ground, subjectId: personId } as const;
  const page = { size: 10, offset: 0 };
  const vault = createVault(randomBytes(32));
  const withEvidence = () => listInbox({ database, vault }, reader, {}, page);
  const without = () =>
    database.transaction(async (connection) => {
      const rows = await listMessages(connection, ground, {}, page);
      await listAttachments(
        connection,
        ground,
        rows.map(({ messageId }) => messageId),
      );
      await countMessages(connection, ground, {});
    });
  // By turns, so that whatever else the machine does falls on both.
  let [ms, msWithout] = [0, 0];
  for (let round = 0; round < READS; round += 1) {
    ms += await timeOf(withEvidence);
    msWithout += await timeOf(without);
  }
  return {
    ms: round(ms / READS),
    msWithout: round(msWithout / READS),
    auditPercent: round((ms / msWithout - 1) * 100),
  };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function verify(leaves: number): Promise<EvidenceResult['verify']> {
  const heads = Array.from({ length: 100 }, (_, at) => Math.ceil((leaves * (at + 1)) / 100));
  const log = await makeExport([...new Set(heads)]);
  const started = performance.now();
  const report = await verifyLog(sourceOf(log.objects), { keys: log.keys });
  if (!report.isWhole) throw new Error('the log that was made is not whole');
  const seconds = (performance.now() - started) / 1000;
  return { leaves, seconds: round(seconds), leavesPerSecond: Math.round(leaves / seconds) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
