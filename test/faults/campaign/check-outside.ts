/** What must hold of what others saw: callers, readers, mailboxes, receivers of webhooks, whoever holds a document. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readMails } from '../../../src/embedded/smtp/mails.ts';
import { projectRoot } from '../../support/needs.ts';
import { ourProgram } from '../../support/program.ts';
import { type Caller, jsonOf } from './caller.ts';
import type { Opened } from './check-archive.ts';
import type { Correspondence } from './correspond.ts';
import type { Declared } from './declare.ts';
import { type Finding, findingOf } from './finding.ts';
import type { Ingress } from './ingress.ts';
import { addressOf, ERASED, LETTER_END } from './people.ts';
import type { World } from './world.ts';

/** What was answered with 2xx is there, and what was answered was right. */
export async function checkAnswers(
  { database }: World,
  declared: Declared,
  done: Correspondence,
): Promise<Finding[]> {
  const rows = await database.query<{ id: string }>('select declaration_id::text as id from declaration');
  const kept = new Set(rows.map(({ id }) => id));
  const [letters] = await database.query<{ count: number }>(
    `select count(*)::int as count from message where message_type_id = 'city-letter'`,
  );
  const isShort = (letters?.count ?? 0) < done.letters.size;
  return [
    ...findingOf(
      'what was accepted is kept',
      [...declared.ids].filter((id) => id !== '' && !kept.has(id)),
    ),
    ...findingOf('answers are right', [...declared.wrong, ...done.wrong]),
    ...findingOf('letters are kept', isShort ? [`${letters?.count} of ${done.letters.size}`] : []),
  ];
}

const CONTENT = /\/messages\/([\da-f-]{36})\/attachments?\/[^/]+\/content/;

/** Every reading stands in evidence: as often as the door saw it answered, and no more often than it let somebody through. */
export async function checkReadings({ database }: World, { log }: Ingress): Promise<Finding[]> {
  const seen = new Map<string, { asked: number; answered: number }>();
  for (const { method, path, status } of log) {
    const messageId = method === 'GET' ? CONTENT.exec(path)?.[1] : undefined;
    if (messageId === undefined) continue;
    const count = seen.get(messageId) ?? { asked: 0, answered: 0 };
    seen.set(messageId, {
      asked: count.asked + 1,
      answered: count.answered + (status === 200 ? 1 : 0),
    });
  }
  const rows = await database.query<{ object: string; count: number }>(
    `select object, count(*)::int as count from audit_entry where action = 'message.read' group by object`,
  );
  const audited = new Map(rows.map(({ object, count }) => [object, count]));
  const wrong = [...seen].flatMap(([id, { asked, answered }]) => {
    const count = audited.get(id) ?? 0;
    return count >= answered && count <= asked
      ? []
      : [`${id}: ${answered} answered, ${count} in evidence, ${asked} asked`];
  });
  const unseen = rows
    .filter(({ object }) => !seen.has(object))
    .map(({ object }) => `${object} was read by nobody`);
  return findingOf('readings stand in evidence', [...wrong, ...unseen]);
}

/** Every digest of the register was mailed, and nothing else; the same one twice only where nobody could know. */
export async function checkMails({
  database,
  mails,
}: World): Promise<{ readonly findings: Finding[]; readonly repeated: number }> {
  const rows = await database.query<{ id: string; state: string }>(
    'select mail_id::text as id, state from mail',
  );
  // Of whom was erased the register has no digest any more.
  const erased = Array.from({ length: ERASED }, (_, index) => addressOf(LETTER_END - 1 - index));
  const found = (await readMails(mails)).map(({ messageId = '', envelope }) => ({
    id: messageId.replace(/^<|@.*$/g, ''),
    mayBeErased: envelope.to.some((to) => erased.includes(to)),
  }));
  const kept = new Set(rows.map(({ id }) => id));
  const arrived = new Set(found.map(({ id }) => id));
  const foreign = found.filter(({ id, mayBeErased }) => !mayBeErased && !kept.has(id));
  const missing = rows.filter(({ id, state }) => state !== 'refused' && !arrived.has(id));
  return {
    repeated: found.length - arrived.size,
    findings: [
      ...findingOf(
        'mails are digests of the register',
        foreign.map(({ id }) => id),
      ),
      ...findingOf(
        'digests that were sent arrived',
        missing.map(({ id }) => id),
      ),
    ],
  };
}

/** What the register says was delivered to a subscriber reached it, under its id. */
export async function checkEvents({ database, receiver }: World): Promise<Finding[]> {
  const rows = await database.query<{ id: string; state: string }>(
    'select delivery_id::text as id, state from delivery',
  );
  const got = new Set(receiver.received.map(({ headers }) => String(headers['webhook-id'])));
  const isDelivered = ({ state }: { state: string }) => state === 'delivered';
  return [
    ...findingOf(
      'events that were delivered arrived',
      rows.filter((row) => isDelivered(row) && !got.has(row.id)).map(({ id }) => id),
    ),
    ...findingOf(
      'events are delivered',
      rows.filter((row) => !isDelivered(row)).map(({ id, state }) => `${id} ${state}`),
    ),
  ];
}

const VERDICTS: Readonly<Record<string, string>> = {
  issued: 'valid',
  superseded: 'superseded',
  revoked: 'revoked',
};

/** Documents verify at the public door, as their state says. */
export async function checkVerdicts(caller: Caller, sample: readonly Opened[]): Promise<Finding[]> {
  const wrong: string[] = [];
  for (const { state, pdf } of sample) {
    const answer = await caller.call({
      method: 'POST',
      path: '/verifications/v1/verifications',
      type: 'application/pdf',
      body: pdf,
    });
    const { status } = jsonOf<{ readonly status: string }>(answer);
    if (status !== VERDICTS[state]) wrong.push(`${state} is ${status}`);
  }
  return findingOf('documents verify', wrong);
}

/** The evidence log is whole, and the database is what it says. */
export async function checkEvidence(world: World): Promise<Finding[]> {
  const words = ['evidence', 'verify', '--database', world.database.url, '--json'];
  const child = spawn(process.execPath, [...ourProgram('cli'), ...words], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      ...world.settings,
      DATABASE_URL: world.database.url,
      S3_ENDPOINT: world.store.endpoint,
      DATA_DIR: world.folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text.toString();
    });
  const [code] = (await once(child, 'exit')) as [number | null];
  return findingOf('the evidence log is whole', code === 0 ? [] : [output.slice(-800)]);
}
