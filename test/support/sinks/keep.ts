/**
 * Puts what tests leave in a sink of personal data (a log, a table, a key …) aside, to be looked through after the whole
 * run. One file for each process and thread, so that none waits for another. Without `SINKS_FOLDER` nothing is kept.
 */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { sourceOf } from '../built.ts';
import { projectRoot } from '../needs.ts';

/** Set by the runner, in its own process after this file was loaded. */
const sinksFolder = () => process.env.SINKS_FOLDER;

/** Where data may end up that nobody should find there. */
export type Sink =
  | 'log'
  | 'output'
  | 'process output'
  | 'database'
  | 'file name'
  | 'mail'
  | 'object'
  | 'request to the store'
  | 'address asked for'
  | 'address called'
  | 'answer'
  | 'answer header'
  | 'refusal'
  | 'health'
  | 'database log';

/** What was put aside of a sink. */
export interface Kept {
  readonly sink: Sink;
  /** Where in the sink: a table, a file, an address. */
  readonly place: string;
  /** The test file, from test/. */
  readonly file: string;
  readonly content: Buffer;
}

const LARGEST_PENDING = 1024 * 1024;
const pending: Buffer[] = [];
let pendingBytes = 0;
/** Threads have their own program as argument, and the environment of whoever started them. */
const FILE = 'SINKS_FILE';
const file = (isMainThread ? undefined : process.env[FILE]) ?? nameOf(process.argv[1] ?? '');
if (isMainThread && isKeeping()) process.env[FILE] = file;

function nameOf(path: string): string {
  return relative(join(projectRoot, 'test'), sourceOf(path));
}

/** Whether this is a run that is looked through. */
export function isKeeping(): boolean {
  return sinksFolder() !== undefined;
}

/** Keeps what a sink of this process was given. */
export function keep(sink: Sink, place: string, content: string | Buffer): void {
  if (!isKeeping()) return;
  keepAs({ sink, place, file, content: Buffer.from(content) });
  // A thread may be ended without being told.
  if (!isMainThread) flushKept();
}

/** Keeps what another process gave. */
export function keepAs(kept: Kept): void {
  if (!isKeeping() || kept.content.length === 0) return;
  if (pending.length === 0) process.once('exit', flushKept);
  pending.push(...frame(kept));
  pendingBytes += kept.content.length;
  if (pendingBytes > LARGEST_PENDING) flushKept();
}

/** One line of JSON that says what comes and how long it is, then the bytes, then a line end. */
function frame({ content, ...head }: Kept): Buffer[] {
  return [Buffer.from(`${JSON.stringify({ ...head, bytes: content.length })}\n`), content, Buffer.from('\n')];
}

/** Writes what is not yet on disk; done by itself when the process ends. */
export function flushKept(): void {
  const folder = sinksFolder();
  process.off('exit', flushKept);
  if (folder !== undefined)
    appendFileSync(join(folder, `${process.pid}-${threadId}.kept`), Buffer.concat(pending));
  pending.length = 0;
  pendingBytes = 0;
}

/** Reads what all processes kept. */
export function* readKept(from: string): Generator<Kept> {
  for (const name of readdirSync(from)) {
    const bytes = readFileSync(join(from, name));
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      const head = JSON.parse(bytes.toString('utf8', at, end)) as Omit<Kept, 'content'> & { bytes: number };
      at = end + 1 + head.bytes + 1;
      yield { ...head, content: bytes.subarray(end + 1, at - 1) };
    }
  }
}
