/** After a campaign: the work is brought to its end, and all that has to hold is looked at. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/database/database.ts';
import { createLog } from '../../../src/log.ts';
import { openVault } from '../../../src/workflows/open-vault.ts';
import type { Caller } from './caller.ts';
import { checkArchive, checkCases } from './check-archive.ts';
import { checkAnswers, checkEvents, checkEvidence, checkReadings, checkVerdicts } from './check-outside.ts';
import { checkAlways, checkInTheEnd } from './check-register.ts';
import { type Correspondence, sendBatch } from './correspond.ts';
import type { Declared } from './declare.ts';
import { type Finding, findingOf } from './finding.ts';
import type { Ingress } from './ingress.ts';
import type { World } from './world.ts';

export interface Aftermath {
  readonly world: World;
  readonly settings: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly ingress: Ingress;
  readonly declared: Declared;
  readonly done: Correspondence;
}

/** Looks at all that has to hold once nothing is under way any more. */
export async function checkAll(after: Aftermath): Promise<Finding[]> {
  const { world, caller, ingress, declared, done } = after;
  const vault = await openOwnVault(world, after.settings);
  const { findings, sample } = await checkArchive(world, vault);
  return [
    ...(await checkInTheEnd(world.database)),
    ...findings,
    ...(await checkCases(world, vault, declared.cases)),
    ...(await checkAnswers(world, declared, done)),
    ...(await checkReadings(world, ingress)),
    ...(await checkEvents(world)),
    ...(await checkVerdicts(caller, sample)),
    ...(await checkRepeated(world, caller, done)),
    ...(await checkEvidence(world)),
  ];
}

/** What is still under way is not lost, but it should have come to its end; of the rest only what holds at any moment counts. */
export async function checkUndrained({ database }: World, seconds: number): Promise<Finding[]> {
  const rows = await database.query<{ left: string }>(
    `select kind || ': ' || count(*) || ' ' || coalesce(max(last_error), '') as left from job group by kind
     union all select 'events untold: ' || count(*) from outbox where told_at is null having count(*) > 0
     union all select 'deliveries: ' || count(*) from delivery where state = 'waiting' having count(*) > 0`,
  );
  const left = [`${seconds} s were not enough`, ...rows.map((row) => row.left)];
  return [
    { rule: 'everything comes to its end', count: 1, examples: left },
    ...(await checkAlways(database)),
  ];
}

/** Opens the vault as the service does, with the secret that counts now. */
export async function openOwnVault(world: World, settings: Readonly<Record<string, string>>) {
  const database = openDatabase({ url: world.database.url, connections: 2, log: createLog('silent') });
  const read = (path = '') => readFileSync(path);
  try {
    return await openVault(
      { database },
      { current: read(settings.VAULT_SECRET_FILE), former: [read(settings.FORMER_VAULT_SECRET_FILES)] },
    );
  } finally {
    await database.close();
  }
}

/** What evidence has is taken up for senders a little later, and then there is something to deliver again. */
const STILL_MS = 5000;

/** Gives since when nothing is left to do, once it stayed so; undefined when that takes too long. */
export async function drain({ database }: World, deadline: number): Promise<number | undefined> {
  let since: number | undefined;
  for (;;) {
    const [row] = await database.query<{ open: number }>(
      `select (select count(*) from job where dead_at is null and kind not in ('rekey', 'resolve'))::int
         + (select count(*) from outbox where told_at is null)::int
         + (select count(*) from delivery where state = 'waiting')::int as open`,
    );
    const now = Date.now();
    since = row?.open === 0 ? (since ?? now) : undefined;
    if (since !== undefined && now - since > STILL_MS) return since;
    if (now > deadline) return undefined;
    await sleep(200);
  }
}

/** A batch that is sent again once it has ended changes nothing. */
async function checkRepeated(world: World, caller: Caller, done: Correspondence): Promise<Finding[]> {
  const count = async () => {
    const [row] = await world.database.query<{ counts: string }>(
      `select (select count(*) from attestation) || ' ' || (select count(*) from dimona_period) || ' ' ||
         (select count(*) from message where attestation_id is not null) as counts`,
    );
    return row?.counts ?? '';
  };
  if (done.batches === 0) return [];
  const before = await count();
  await sendBatch(caller, done, 0);
  const deadline = Date.now() + 60_000;
  while (!(await isBatchDone(world)) && Date.now() < deadline) await sleep(200);
  const after = await count();
  return findingOf(
    'a batch that is sent again changes nothing',
    before === after ? [] : [`${before} became ${after}`],
  );
}

async function isBatchDone({ database }: World): Promise<boolean> {
  const [row] = await database.query<{ open: number }>(
    `select (select count(*) from batch where state not in ('done', 'receiving', 'recalled'))::int + (select count(*) from job where dead_at is null
       and kind not in ('rekey', 'resolve'))::int as open`,
  );
  return row?.open === 0;
}
