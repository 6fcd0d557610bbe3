/** What goes on beside declarations: batches, letters of another sender, reading, printing, checking of documents. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerFile } from '../../../src/cli/demo-input.ts';
import { writeCsv } from '../../../src/flow/quarantine-csv.ts';
import { ssinOf } from '../../bench/people.ts';
import { FORM_TYPE, filePart, formOf, jsonPart, letter3, PUBLISH_3 } from '../../http/publishing.ts';
import { demoSsin } from '../../support/service.ts';
import { type Caller, jsonOf, Over } from './caller.ts';
import { peopleFile } from './declare.ts';
import type { Dice } from './dice.ts';
import { BATCH_END, BATCH_PERSONS, BATCHES, DECLARED_END, ERASED, LETTER_END } from './people.ts';
import type { World } from './world.ts';

export const READERS = ['lena', 'amelie', 'lukasz', 'serban'] as const;
const HEADER = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
const AGENCY = { client: 'issuer', scope: 'batches:submit batches:approve' } as const;
const CITY = { client: 'city', scope: 'ebox:publish' } as const;
const PRINTER = { client: 'issuer', scope: 'deliveries:consult deliveries:print' } as const;

export interface Correspondence {
  /** Idempotency keys of letters that were answered with 201 or 409. */
  readonly letters: Set<string>;
  /** Contents that arrived whole, by their path. */
  readonly read: string[];
  batches: number;
  /** Batches that were recalled. */
  recalls: number;
  printed: number;
  verified: number;
  readonly wrong: string[];
}

/** The rows of one of the batches; the same for the same number. */
export function batchFile(number: number, persons = BATCH_PERSONS): string {
  const first = DECLARED_END + number * BATCH_PERSONS;
  const rows = Array.from({ length: persons }, (_, index) =>
    ['11', '12'].map((day) => [index, day] as const),
  ).flat();
  return writeCsv(
    HEADER,
    rows.map(([index, day]) => [
      `batch-${number}-${index}-${day}`,
      ssinOf(first + index),
      `2021-05-${day}`,
      '1900012343',
      '145',
    ]),
  );
}

/** Brings persons into the register. */
export async function registerPeople(caller: Caller): Promise<void> {
  for (const body of [registerFile(), peopleFile(LETTER_END)]) {
    const { status } = await caller.call({
      method: 'POST',
      path: '/register/v1/files',
      as: { client: 'population', scope: 'register:report' },
      type: 'application/x-ndjson',
      body,
    });
    if (status !== 202) throw new Error(`the register was answered with ${status}`);
  }
}

/** Brings persons into the register, and tells where events are to be told. */
export async function prepareRegister(caller: Caller, world: World): Promise<void> {
  await registerPeople(caller);
  const url = `http://127.0.0.1:${world.proxies.webhook.port}/events`;
  {
    const { status, bytes } = await caller.call({
      method: 'POST',
      path: '/events/v1/subscriptions',
      as: { client: 'issuer', scope: 'events:subscribe' },
      type: 'application/json',
      body: JSON.stringify({ url }),
    });
    if (status !== 201) throw new Error(`a subscription was answered with ${status}: ${bytes.toString()}`);
  }
}

/** Does all of it until told to stop. */
export async function correspond(caller: Caller, dice: Dice, isOver: () => boolean): Promise<Correspondence> {
  const done: Correspondence = {
    letters: new Set(),
    read: [],
    batches: 0,
    recalls: 0,
    printed: 0,
    verified: 0,
    wrong: [],
  };
  const again = async (restMs: number, work: () => Promise<void>) => {
    while (!isOver()) {
      await work().catch((error: unknown) => {
        if (!(error instanceof Over)) throw error;
      });
      await sleep(restMs);
    }
  };
  let letter = 0;
  await Promise.all([
    sendBatches(caller, dice, done, isOver),
    again(250, () => sendLetter(caller, dice, done, letter++)),
    ...READERS.slice(0, 2).map((person) => again(700, () => readInbox(caller, dice, done, person))),
    again(2000, () => printSome(caller, done)),
    again(1500, () => verifyOne(caller, done)),
  ]);
  return done;
}

async function sendBatches(
  caller: Caller,
  dice: Dice,
  done: Correspondence,
  isOver: () => boolean,
): Promise<void> {
  for (let number = 0; number < BATCHES; number += 1) {
    if (isOver()) return;
    const path = await sendBatch(caller, done, number);
    if (number === BATCHES - 1 && path !== undefined) await recallBatch(caller, dice, done, path);
    for (let rest = 0; rest < 50 && !isOver(); rest += 1) await sleep(100);
  }
}

/** Sends one of the batches; gives the path at which it is found. */
export async function sendBatch(
  caller: Caller,
  done: Correspondence,
  number: number,
): Promise<string | undefined> {
  const { status, headers, bytes } = await caller.call({
    method: 'POST',
    path: '/batches/v1/batches',
    as: AGENCY,
    type: 'text/csv',
    body: batchFile(number),
  });
  if (status !== 202) {
    done.wrong.push(`a batch was answered with ${status}: ${bytes.toString().slice(0, 300)}`);
    return undefined;
  }
  done.batches += 1;
  return new URL(headers.get('location') ?? '').pathname;
}

/** What a batch may be recalled from. */
const RAN = ['running', 'done'];

/** Takes a batch back: before the first of its rows ended, after some did, or after all. */
async function recallBatch(caller: Caller, dice: Dice, done: Correspondence, path: string): Promise<void> {
  const least = dice.pick([0, 1, 50, 200]) ?? 0;
  for (;;) {
    const answer = await caller.call({ path, as: AGENCY });
    if (answer.status !== 200) return void done.wrong.push(`${path} was answered with ${answer.status}`);
    const { state, ended } = jsonOf<{ readonly state: string; readonly ended: number }>(answer);
    if (RAN.includes(state) && ended >= least) break;
    if (caller.isOver) return;
    await sleep(200);
  }
  const { status, bytes } = await caller.call({ method: 'POST', path: `${path}/recall`, as: AGENCY });
  if (status < 300) done.recalls += 1;
  else done.wrong.push(`recalling was answered with ${status}: ${bytes.toString().slice(0, 300)}`);
}

async function sendLetter(caller: Caller, dice: Dice, done: Correspondence, number: number): Promise<void> {
  const reader = dice.percent(30) ? dice.pick(READERS) : undefined;
  const person = LETTER_END - 1 - (number % (LETTER_END - BATCH_END));
  const other = ssinOf(person);
  const ssin = reader === undefined ? other : demoSsin(reader);
  const message = letter3({ recipient: { eboxType: 'citizen', ssin }, subject: { nl: `Brief ${number}` } });
  const key = randomUUID();
  const call = {
    method: 'POST',
    path: PUBLISH_3,
    as: CITY,
    type: FORM_TYPE,
    body: formOf([filePart('upfile1'), jsonPart(message)]),
    key,
  } as const;
  const times = dice.percent(20) ? 2 : 1;
  for (let time = 0; time < times; time += 1) {
    const { status, bytes } = await caller.call(call);
    if (status === 201 || status === 409) done.letters.add(key);
    // Whoever is erased is not known any more.
    else if (reader !== undefined || person < LETTER_END - ERASED)
      done.wrong.push(`a letter was answered with ${status}: ${bytes.toString().slice(0, 300)}`);
  }
}

/** The newest. */
const INBOX = '/ebox/citizen/v2/ebox/messages?pageSize=100';

interface Inbox {
  readonly items: readonly {
    readonly attachments: { readonly items: readonly { readonly contentHref: string }[] };
  }[];
}

async function readInbox(caller: Caller, dice: Dice, done: Correspondence, person: string): Promise<void> {
  const list = await caller.call({ path: INBOX, as: { person } });
  if (list.status !== 200) return void done.wrong.push(`an inbox was answered with ${list.status}`);
  const href = dice.pick(jsonOf<Inbox>(list).items)?.attachments.items[0]?.contentHref;
  if (href === undefined) return;
  // Some click twice.
  const clicks = dice.percent(40) ? 2 : 1;
  await Promise.all(Array.from({ length: clicks }, () => openDocument(caller, done, person, href)));
}

async function openDocument(
  caller: Caller,
  done: Correspondence,
  person: string,
  href: string,
): Promise<void> {
  const { pathname } = new URL(href);
  const content = await caller.call({ path: pathname, as: { person } });
  if (content.status !== 200) {
    // It may have expired since the list was made; then it is not listed any more.
    const now = await caller.call({ path: INBOX, as: { person } });
    if (content.status === 404 && now.status === 200 && !now.bytes.includes(href)) return;
    const said = content.bytes.toString().slice(0, 300);
    done.wrong.push(`${pathname}, which is listed, was answered with ${content.status}: ${said}`);
  } else if (content.bytes.subarray(0, 5).toString() !== '%PDF-') done.wrong.push(`${pathname} is no PDF`);
  else done.read.push(pathname);
}

async function printSome(caller: Caller, done: Correspondence): Promise<void> {
  const list = await caller.call({ path: '/deliveries/v1/printItems', as: PRINTER });
  if (list.status !== 200)
    return void done.wrong.push(`items to be printed were answered with ${list.status}`);
  const { items } = jsonOf<{ readonly items: readonly { readonly messageId: string }[] }>(list);
  for (const { messageId } of items.slice(0, 2)) {
    const path = `/deliveries/v1/printItems/${messageId}/printing`;
    const { status } = await caller.call({ method: 'POST', path, as: PRINTER });
    if (status === 200) done.printed += 1;
    else if (status !== 404) done.wrong.push(`${path} was answered with ${status}`);
  }
}

/** Asks about a file that nobody issued. */
async function verifyOne(caller: Caller, done: Correspondence): Promise<void> {
  const { status, bytes } = await caller.call({
    method: 'POST',
    path: '/verifications/v1/verifications',
    type: 'application/pdf',
    body: filePart('x').content,
  });
  if (status !== 200) return void done.wrong.push(`a verification was answered with ${status}`);
  done.verified += 1;
  if (/"status":"valid"/.test(bytes.toString())) done.wrong.push('a file that nobody issued is valid');
}
