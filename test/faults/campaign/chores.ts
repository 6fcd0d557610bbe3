/** What operators do while a campaign runs: mails that came back, erasures, a new secret, and time that passes for letters. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMails } from '../../../src/embedded/smtp/mails.ts';
import type { Failpoint } from '../../../src/failpoint.ts';
import { ssinOf } from '../../bench/people.ts';
import { report } from '../../support/bounces.ts';
import { projectRoot } from '../../support/needs.ts';
import { testProgram } from '../../support/program.ts';
import { ERASED, LETTER_END } from './people.ts';
import type { World } from './world.ts';

export interface Chores {
  /** SSINs of whom was erased. */
  readonly erased: string[];
  /** Mails whose reports were taken in. */
  readonly bounced: string[];
  isRekeyed: boolean;
}

const TRIES = 40;

/** Does them one after the other until told to stop; `note` is told of each strike. */
export async function doChores(
  world: World,
  isOver: () => boolean,
  note: (place: Failpoint) => void,
): Promise<Chores> {
  const done: Chores = { erased: [], bounced: [], isRekeyed: false };
  for (let round = 0; !isOver(); round += 1) {
    await sleep(1500);
    if (round === 3) {
      // The number of the version that counts from now on.
      done.isRekeyed = /^\d+$/.test(await insist(world, note, '', 'rekey'));
    }
    if (round % 3 === 1 && done.erased.length < ERASED) {
      const ssin = ssinOf(LETTER_END - 1 - done.erased.length);
      if ((await insist(world, note, ssin, 'erase')) === 'requested') done.erased.push(ssin);
    }
    if (round % 4 === 2) await bounceOne(world, note, done);
    if (round % 2 === 0) await age(world);
  }
  return done;
}

/** One letter came long ago: it is reminded of, and expires. */
async function age({ database }: World): Promise<void> {
  await database.query(
    `update message set received_at = received_at - interval '400 days', expires_at = expires_at - interval '400 days'
     where message_id = (select message_id from message where is_hosted and read_at is null and attestation_id is null
       and received_at > now() - interval '100 days' order by random() limit 1)`,
  );
}

async function bounceOne(world: World, note: (place: Failpoint) => void, done: Chores): Promise<void> {
  const mails = await readMails(world.mails);
  const mail = mails.find(({ messageId }) => messageId !== undefined && !done.bounced.includes(messageId));
  if (mail?.messageId === undefined) return;
  const outcome = await insist(world, note, report({ messageId: mail.messageId }), 'bounce', world.publicUrl);
  if (outcome === 'noted' || outcome === 'known') done.bounced.push(mail.messageId);
}

/** Does a step again until it comes to its end; gives what it said. */
async function insist(
  world: World,
  note: (place: Failpoint) => void,
  input: string,
  ...words: readonly string[]
): Promise<string> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const child = spawn(process.execPath, [...testProgram('faults/campaign/chore.process.ts'), ...words], {
      cwd: projectRoot,
      env: {
        PATH: process.env.PATH,
        ...world.settings,
        DATABASE_URL: world.database.url,
        FAILPOINTS: tried === 0 ? 'bounce.committed=kill' : '',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      if (text.includes('failpoint bounce.committed')) note('bounce.committed');
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code === 0) return output;
    await sleep(300);
  }
  return '';
}
