/** `copy … from stdin`: the fastest way for many rows into the database. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Runs a `copy … from stdin` with the lines given, in a transaction of its own. */
export async function copyIn(pool: pg.Pool, statement: string, lines: Iterable<string>): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Unheard, a client that loses its server ends the whole process; the copy fails with it by itself.
  const ignore = () => undefined;
  client.on('error', ignore);
  try {
    await pipeline(Readable.from(inBlocks(lines)), client.query(copyFrom(statement)));
  } catch (error) {
    // What was sent of a broken COPY is unknown: the connection is not used again.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

/** So many characters are sent at once: what a line takes on its way by itself is several times what it takes to write it. */
const BLOCK = 64 * 1024;

function* inBlocks(lines: Iterable<string>): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
