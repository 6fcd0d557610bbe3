/** The message registry: a page of a large eBox in a large register, publishing, downloading, and memory while files stream. */
import { randomBytes } from 'node:crypto';
import type { Connection } from '../../src/database/database.ts';
import { listMessages } from '../../src/database/inbox.ts';
import { FORM_TYPE, filePart, formOf, jsonPart, letter, PUBLISH } from '../http/publishing.ts';
import { contentPath, INBOX, type Scene, startScene } from '../http/scene.ts';
import { sendForms } from './form-sender.ts';

const AT_ONCE = 8;
/** In the one eBox that is looked at. */
const IN_ONE_BOX = 5000;
const PAGES = 200;
const LETTER_BYTES = 50 * 1024;
/** Files of a large form, each almost as large as one may be. */
const FILES = 6;
const LARGE_FILE_BYTES = 10 * 1024 * 1024 - 1000;
/** Forms of that size that arrive at the same time, in turn. */
const LARGE_FORMS = [4, 4, 16] as const;

interface Times {
  readonly p50: number;
  readonly p99: number;
}

export interface EboxResult {
  readonly messages: number;
  readonly inOneBox: number;
  /** Milliseconds of an answer, one after the other. */
  readonly pageMs: Times;
  readonly lastPageMs: Times;
  readonly searchMs: Times;
  /** How PostgreSQL finds the messages of a page, then those of a search; with what it read, and how long it took. */
  readonly indexes: readonly string[];
  /** A letter of 50 KB each, eight at once. */
  readonly published: { readonly letters: number; readonly perSecond: number };
  readonly downloaded: {
    readonly letters: number;
    readonly perSecond: number;
    readonly mibPerSecond: number;
  };
  /** Memory of the process, which is the embedded store too, while forms of six files of 10 MB arrive, in turn. */
  readonly streaming: readonly Streaming[];
}

interface Streaming {
  readonly forms: number;
  readonly mib: number;
  readonly growthMib: number;
}

/** Measures on a service of its own; `messages` is how many the register holds, `letters` how many are published. */
export async function benchEbox(messages: number, letters: number): Promise<EboxResult> {
  const scene = await startScene({ LOG_LEVEL: 'error' });
  try {
    await fill(scene, messages);
    const lena = await scene.service.personToken('lena');
    const pages = (filter: string) =>
      timesOf(PAGES, () => read(scene, `${INBOX}?pageSize=25${filter}`, lena));
    const inbox = {
      pageMs: await pages(''),
      lastPageMs: await pages(`&page=${IN_ONE_BOX / 25}`),
      searchMs: await pages('&q=nummer%2042&qlang=nl'),
    };
    const indexes = await explain(scene);
    const streaming: Streaming[] = [];
    for (const forms of LARGE_FORMS) streaming.push(await stream(scene, forms));
    const published = await publish(scene, letters);
    const result = {
      messages,
      inOneBox: IN_ONE_BOX,
      ...inbox,
      indexes,
      published,
      downloaded: await download(scene, lena, letters),
      streaming,
    };
    process.stdout.write(`  ${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await scene.stop();
  }
}

/** Writes messages as the service would, each with an attachment; the eBox of one person is looked at. */
async function fill({ service }: Scene, messages: number): Promise<void> {
  const { database } = service;
  await database.query(
    `insert into person (person_id, ssin_ciphertext, family_name, given_name, has_ebox, key_version)
     select gen_random_uuid(), '\\x00', 'Peeters', 'Nr ' || n, true, 1 from generate_series(1, $1) n`,
    [Math.ceil(messages / 20)],
  );
  await database.query(
    `with others as (select array_agg(person_id) as ids from person where family_name = 'Peeters'),
       lena as (select person_id from person where given_name = 'Lena')
     insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
       language, received_at, expires_at, idempotency_key, search_text)
     select gen_random_uuid(),
       case when n % greatest($1 / $2, 1) = 0 then lena.person_id else others.ids[1 + n % cardinality(others.ids)] end,
       'city-letter', '1900080144', 'city-letters', 'Brief nummer ' || n, 'nl',
       now() - make_interval(mins => n), now() + interval '1 year', 'n' || n, 'brief nummer ' || n
     from generate_series(1, $1) n, others, lena`,
    [messages, IN_ONE_BOX],
  );
  await database.query(
    `insert into attachment (attachment_id, message_id, position, is_main_content, is_signed, file_name, media_type, bytes,
       sha256) select gen_random_uuid(), message_id, 1, true, false, 'brief.pdf', 'application/pdf', 1000,
       decode(repeat('00', 32), 'hex') from message`,
  );
  await database.query('analyze');
}

async function read({ service }: Scene, path: string, token: string): Promise<Buffer> {
  const response = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${bytes.toString('utf8')}`);
  return bytes;
}

async function timesOf(count: number, work: () => Promise<unknown>): Promise<Times> {
  await work();
  const times: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => round(times[Math.floor(times.length * share)] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

/** Which way PostgreSQL goes to the messages of a page and of a search, and how many it reads. */
async function explain({ service }: Scene): Promise<readonly string[]> {
  const { database } = service;
  const [lena] = await database.query<{ personId: string }>(
    `select person_id as "personId" from person where given_name = 'Lena'`,
  );
  const search = {
    folded: 'nummer 42',
    language: 'nl',
    messageTypeIds: [],
    applicationIds: [],
    organizationIds: [],
  } as const;
  const plans: string[] = [];
  // Explains each statement in place of asking it.
  const explaining = {
    query: async (text: string, values: readonly unknown[]) => {
      const rows = await database.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, costs off) ${text}`,
        values,
      );
      plans.push(...rows.map((row) => row['QUERY PLAN'].trim()));
      return [];
    },
  } as unknown as Connection;
  for (const filter of [{}, { search }])
    await listMessages(explaining, { kind: 'ownData', personId: lena?.personId ?? '' }, filter, {
      size: 25,
      offset: 0,
    });
  return plans.filter((line) => / on message |Execution Time/.test(line));
}

async function send({ service }: Scene, form: Buffer): Promise<void> {
  const token = await service.clientToken('city', 'ebox:publish');
  const response = await fetch(`${service.url}${PUBLISH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': FORM_TYPE },
    body: form,
  });
  if (response.status !== 201) throw new Error(`refused: ${await response.text()}`);
  await response.arrayBuffer();
}

async function inParallel(count: number, work: (turn: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const started = performance.now();
  const run = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  return (performance.now() - started) / 1000;
}

const pdfOf = (bytes: number) => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes)]);

async function publish(scene: Scene, letters: number): Promise<EboxResult['published']> {
  const form = formOf([jsonPart(letter()), filePart('upfile1', { content: pdfOf(LETTER_BYTES) })]);
  const seconds = await inParallel(letters, () => send(scene, form));
  return { letters, perSecond: round(letters / seconds) };
}

async function download(scene: Scene, token: string, letters: number): Promise<EboxResult['downloaded']> {
  const { items } = JSON.parse((await read(scene, `${INBOX}?pageSize=100`, token)).toString('utf8'));
  const paths = items.slice(0, Math.min(letters, 100)).map(contentPath) as string[];
  const seconds = await inParallel(letters, (turn) => read(scene, paths[turn % paths.length] ?? '', token));
  const mib = (letters * LETTER_BYTES) / 1024 / 1024;
  return { letters, perSecond: round(letters / seconds), mibPerSecond: round(mib / seconds) };
}

/** Forms that come in from another process at the same time: what this one grows by should not depend on how many. */
async function stream({ service }: Scene, forms: number): Promise<Streaming> {
  const rss = () => process.memoryUsage().rss / 1024 / 1024;
  const token = await service.clientToken('city', 'ebox:publish');
  const before = rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, rss());
  }, 20);
  const sending = { url: service.url, token, forms, files: FILES, fileBytes: LARGE_FILE_BYTES };
  const bytes = await sendForms(sending).finally(() => clearInterval(watch));
  return { forms, mib: Math.round((forms * bytes) / 1024 / 1024), growthMib: Math.round(peak - before) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
