/** `ebox batch`: an agency sends a file of declarations, follows it, pauses it, has it go on, cancels or recalls it. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { readConfig } from '../config.ts';
import { clientToken } from '../embedded/login/tokens.ts';
import { ServiceError } from '../errors.ts';
import {
  type BatchEvent,
  eventsOf,
  finalText,
  forecastText,
  progressText,
  type ToldForecast,
} from './batch-text.ts';
import {
  type Call,
  completeUpload,
  LARGE_BYTES,
  openUpload,
  sendParts,
  Unreachable,
} from './batch-upload.ts';
import { loginOf } from './token.ts';

export interface BatchOptions {
  /** Where the service is; as configured where it is not given. */
  readonly service?: string | undefined;
  /** A file with an access token. */
  readonly token?: string | undefined;
  /** A demo client of the embedded login, where no token is given. */
  readonly client?: string | undefined;
  readonly follow: boolean;
  readonly 'dry-run': boolean;
  /** The upload that a file in parts began with. */
  readonly resume?: string | undefined;
  /** So many rows are issued before the others. */
  readonly canary?: string | undefined;
  readonly json: boolean;
}

const ORDERS: Readonly<Record<string, string>> = {
  pause: 'pause',
  resume: 'resumption',
  cancel: 'cancellation',
  start: 'approval',
  recall: 'recall',
};
const MEDIA_TYPES: Readonly<Record<string, string>> = { '.csv': 'text/csv', '.xml': 'application/xml' };
const DEMO_CLIENT = 'issuer';
const AGAIN_MS = 1000;

/** Whether `ebox batch <words>` is a command. */
export function isBatchCommand([command = '', about, ...more]: readonly string[]): boolean {
  return (
    about !== undefined &&
    more.length === 0 &&
    ['submit', 'select', 'follow', ...Object.keys(ORDERS)].includes(command)
  );
}

/** Runs one command on a file or a batch; gives the exit status. Throws `configurationInvalid`, also for what the service refuses. */
export async function runBatchCommand(
  [command = '', about = '']: readonly string[],
  options: BatchOptions,
): Promise<number> {
  const wire = await openWire(options);
  try {
    return await runWith(wire, command, about, options);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    throw new ServiceError('configurationInvalid', error.message, { cause: error.cause });
  }
}

async function runWith(wire: Wire, command: string, about: string, options: BatchOptions): Promise<number> {
  if (command === 'select') return select(wire, about, options);
  if (command === 'submit') return submit(wire, about, options);
  const path = `/batches/v1/batches/${encodeURIComponent(about)}`;
  const order = ORDERS[command];
  if (order !== undefined) {
    await wire.call(`${path}/${order}`, { method: 'POST' });
    process.stdout.write(`${about}: ${command} ordered\n`);
  }
  return command === 'follow' || options.follow ? follow(wire, path, options.json) : 0;
}

/** Has a batch made of the selection that a file of JSON holds. */
async function select(wire: Wire, file: string, options: BatchOptions): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid(`${file} cannot be read`);
  });
  const order = {
    ...(readJson(file, text) as object),
    ...(options['dry-run'] && { dryRun: true }),
    ...(options.canary !== undefined && { canary: Number(options.canary) }),
  };
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(order) };
  const answer = await wire.call('/batches/v1/selections', request);
  const path = new URL(answer.headers.get('location') ?? '').pathname;
  process.stdout.write(`${path.split('/').at(-1)}\n`);
  return options.follow ? follow(wire, path, options.json) : 0;
}

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`${file} is no JSON`);
  }
}

async function submit(wire: Wire, file: string, options: BatchOptions): Promise<number> {
  const type = MEDIA_TYPES[extname(file).toLowerCase()];
  if (type === undefined) throw invalid(`${file} is neither .csv nor .xml`);
  const query = new URLSearchParams({ dryRun: String(options['dry-run']), fileName: basename(file) });
  if (options.canary !== undefined) query.set('canary', options.canary);
  const { size } = await stat(file).catch(() => {
    throw invalid(`${file} cannot be read`);
  });
  if (size >= LARGE_BYTES || options.resume !== undefined) {
    query.set('form', type === 'text/csv' ? 'csv' : 'dimonaXml');
    const path = await submitInParts(wire, file, query, options.resume);
    return options.follow ? follow(wire, path, options.json) : 0;
  }
  // Sent as it is read: the largest file takes no more memory than a small one.
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  const request = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' } as const;
  const answer = await wire.call(`/batches/v1/batches?${query.toString()}`, request as RequestInit);
  const path = new URL(answer.headers.get('location') ?? '').pathname;
  process.stdout.write(`${path.split('/').at(-1)}\n`);
  return options.follow ? follow(wire, path, options.json) : 0;
}

/** Sends a large file in parts; what was broken off goes on with the id that it began with. */
async function submitInParts(
  wire: Wire,
  file: string,
  query: URLSearchParams,
  begun: string | undefined,
): Promise<string> {
  const call: Call = (path, request) => wire.call(path, request);
  const upload = begun === undefined ? await openUpload(call) : `/batches/v1/uploads/${begun}`;
  process.stderr.write(`sent in parts; to go on later: --resume ${upload.split('/').at(-1)}\n`);
  const { isTTY = false } = process.stderr;
  await sendParts(call, upload, file, undefined, (sent, size) => {
    if (isTTY) process.stderr.write(`\r\u001b[2K${Math.floor((sent * 100) / size)} % sent`);
  });
  if (isTTY) process.stderr.write('\n');
  const path = await completeUpload(call, upload, query);
  process.stdout.write(`${path.split('/').at(-1)}\n`);
  return path;
}

/** Shows how far a batch is until it is at rest; asks again where the stream ends before. */
async function follow(wire: Wire, path: string, json: boolean): Promise<number> {
  const { isTTY = false, columns = 80 } = process.stderr;
  let last: BatchEvent['batch'] | undefined;
  let shown = '';
  for (let isOver = false; !isOver; ) {
    const answer = await wire.call(`${path}/progress`, {});
    for await (const event of eventsOf(answer.body ?? [])) {
      last = event.batch;
      isOver = event.isLast;
      const text = progressText(event.batch, columns);
      // Elsewhere than on a screen each state is told once.
      if (isTTY) process.stderr.write(`\r\u001b[2K${text}`);
      else if (shown !== last.state) process.stderr.write(`${text}\n`);
      shown = last.state;
    }
    if (!isOver) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  if (isTTY) process.stderr.write('\n');
  if (last === undefined) return 1;
  const forecast = last.state === 'checked' ? await forecastOf(wire, path) : undefined;
  process.stdout.write(finalText(last));
  if (forecast !== undefined) process.stdout.write(forecastText(forecast));
  if (json) process.stdout.write(`${JSON.stringify({ ...last, ...(forecast && { forecast }) })}\n`);
  return last.state === 'cancelled' ? 1 : 0;
}

const CONFLICT = 409;

/** What it would come to, where it waits to be started; undefined for one that was checked by a release that did not tell. */
async function forecastOf(wire: Wire, path: string): Promise<ToldForecast | undefined> {
  const answer = await wire.call(`${path}/forecast`, {}, CONFLICT);
  // Our own service wrote it.
  return answer.ok ? ((await answer.json()) as ToldForecast) : undefined;
}

interface Wire {
  /**
   * Throws `configurationInvalid` with what the service says of it, unless that is the status that the caller takes for an
   * answer; `Unreachable` where none answers.
   */
  call(path: string, request: RequestInit, takenStatus?: number): Promise<Response>;
}

async function openWire(options: BatchOptions): Promise<Wire> {
  const config = readConfig();
  const url = options.service ?? config.publicUrl ?? `http://localhost:${config.port}`;
  const scope = 'batches:submit batches:approve';
  const tokenOf = async () =>
    options.token === undefined
      ? clientToken({ ...loginOf(config), clientId: options.client ?? DEMO_CLIENT, scope })
      : (await readFile(options.token, 'utf8')).trim();
  return {
    call: async (path, request, takenStatus) => {
      const headers = { ...(request.headers as object), authorization: `Bearer ${await tokenOf()}` };
      const answer = await fetch(new URL(path, url), { ...request, headers }).catch((cause: unknown) => {
        throw new Unreachable(`no service answers at ${url}`, { cause });
      });
      if (answer.ok || answer.status === takenStatus) return answer;
      throw invalid(`the service refused: ${answer.status} ${await whyOf(answer)}`);
    },
  };
}

async function whyOf(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as {
    readonly detail?: string;
    readonly issues?: readonly { readonly detail?: string }[];
  };
  const issues = (problem.issues ?? []).map(({ detail }) => detail ?? '');
  return [problem.detail ?? '', ...issues].filter((text) => text !== '').join('; ');
}

function invalid(text: string): ServiceError {
  return new ServiceError('configurationInvalid', text);
}
