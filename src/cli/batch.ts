/** `ebox batch`: an agency sends a file of declarations, follows it, pauses it, has it go on, cancels or recalls it. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { readConfig } from '../config.ts';
import { clientToken } from '../embedded/login/tokens.ts';
import { ServiceError } from '../errors.ts';
import { type BatchEvent, eventsOf, finalText, progressText } from './batch-text.ts';
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
    about !== undefined && more.length === 0 && ['submit', 'follow', ...Object.keys(ORDERS)].includes(command)
  );
}

/** Runs one command on a file or a batch; gives the exit status. Throws `configurationInvalid`, also for what the service refuses. */
export async function runBatchCommand(
  [command = '', about = '']: readonly string[],
  options: BatchOptions,
): Promise<number> {
  const wire = await openWire(options);
  if (command === 'submit') return submit(wire, about, options);
  const path = `/batches/v1/batches/${encodeURIComponent(about)}`;
  const order = ORDERS[command];
  if (order !== undefined) {
    await wire.call(`${path}/${order}`, { method: 'POST' });
    process.stdout.write(`${about}: ${command} ordered\n`);
  }
  return command === 'follow' || options.follow ? follow(wire, path, options.json) : 0;
}

async function submit(wire: Wire, file: string, options: BatchOptions): Promise<number> {
  const type = MEDIA_TYPES[extname(file).toLowerCase()];
  if (type === undefined) throw invalid(`${file} is neither .csv nor .xml`);
  const query = new URLSearchParams({ dryRun: String(options['dry-run']), fileName: basename(file) });
  if (options.canary !== undefined) query.set('canary', options.canary);
  // Sent as it is read: the largest file takes no more memory than a small one.
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  const request = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' } as const;
  const answer = await wire.call(`/batches/v1/batches?${query.toString()}`, request as RequestInit);
  const path = new URL(answer.headers.get('location') ?? '').pathname;
  process.stdout.write(`${path.split('/').at(-1)}\n`);
  return options.follow ? follow(wire, path, options.json) : 0;
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
  process.stdout.write(finalText(last));
  if (json) process.stdout.write(`${JSON.stringify(last)}\n`);
  return last.state === 'cancelled' ? 1 : 0;
}

interface Wire {
  /** Throws `configurationInvalid` with what the service says of it. */
  call(path: string, request: RequestInit): Promise<Response>;
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
    call: async (path, request) => {
      const headers = { ...(request.headers as object), authorization: `Bearer ${await tokenOf()}` };
      const answer = await fetch(new URL(path, url), { ...request, headers }).catch((cause: unknown) => {
        throw new ServiceError('configurationInvalid', `no service answers at ${url}`, { cause });
      });
      if (answer.ok) return answer;
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
