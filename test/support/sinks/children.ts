/** What processes write that tests, or the service within them, start: our own programs, and the database server. */
import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keep } from './keep.ts';

/** The end of a log is enough to be read: it is written again and again of the same. */
const LARGEST_LOG = 4 * 1024 * 1024;

/** Keeps what a process writes, once it runs. Tools that read documents are left out: what stands in those is theirs to say. */
export function watchChild(child: ChildProcess): void {
  child.once('spawn', () => {
    const program = programOf(child.spawnargs);
    if (program !== undefined)
      for (const stream of [child.stdout, child.stderr]) watchStream(stream, program);
    const data = dataOf(child.spawnargs);
    if (data === undefined) return;
    const keepOnce = once(() => keepLog(join(data, '..', 'server.log')));
    child.once('exit', keepOnce);
    process.once('exit', keepOnce);
  });
}

/** The program that Node.js runs in a process, also where another starts it; undefined where it is not Node.js. */
function programOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === process.execPath);
  const script = words.slice(at + 1).find((word) => /\.(?:ts|js|mjs)$/.test(word));
  return at === -1 ? undefined : basename(script ?? 'node');
}

/** The folder of data of a database server; undefined for any other program. */
function dataOf([program = '', option, data]: readonly string[]): string | undefined {
  return basename(program) === 'postgres' && option === '-D' ? data : undefined;
}

/** Keeps what arrives as it arrives, and leaves it to whoever reads it. */
function watchStream(stream: ChildProcess['stdout'], program: string): void {
  if (stream === null) return;
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) keep('process output', program, Buffer.from(chunk));
    return push(chunk, encoding);
  };
}

function keepLog(path: string): void {
  try {
    const file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LARGEST_LOG));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    closeSync(file);
    keep('database log', 'embedded', bytes);
  } catch (error) {
    // Its folder was removed before it ended.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
