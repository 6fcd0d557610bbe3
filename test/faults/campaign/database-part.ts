/** PostgreSQL of a campaign: one cluster of its own, which is killed with everything it started and started again. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../../src/embedded/ports.ts';
import { isPostmaster } from '../../../src/embedded/postgres/postmaster.ts';
import { type EmbeddedPostgres, startPostgres } from '../../../src/embedded/postgres/server.ts';

export interface DatabasePart {
  readonly port: number;
  /** Past every proxy: whoever looks from outside. */
  readonly url: string;
  readonly folder: string;
  /** `kill -9` of the server and of all its processes; resolves once another one runs. */
  kill(): Promise<void>;
  /** Runs one statement past every proxy, again where the server dies meanwhile. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/** Starts it with its data under a folder. */
export async function startDatabasePart(folder: string): Promise<DatabasePart> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  let server = await startPostgres({ folder, port });
  const { url } = server;
  let pool = openPool(url);
  return {
    port,
    url,
    folder,
    kill: async () => {
      await killAll(server);
      await pool.end().catch(() => undefined);
      server = await startAgain(folder, port);
      pool = openPool(url);
    },
    query: async (text, values = []) => {
      for (let tried = 0; ; tried += 1) {
        try {
          return (await pool.query(text, [...values])).rows as never[];
        } catch (error) {
          // A code of five letters is the server's own judgement of the statement.
          const code = (error as { code?: string }).code ?? '';
          const isJudged = /^[0-9A-Z]{5}$/.test(code) && !/^(57P|08|53|XX)/.test(code) && code !== 'EPIPE';
          if (isJudged || tried > 300) throw error;
          await sleep(100);
        }
      }
    },
    stop: async () => {
      await pool.end().catch(() => undefined);
      await server.stop();
    },
  };
}

function openPool(url: string): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  const pool = new pg.Pool({ connectionString: url, max: 3, types, application_name: 'campaign' });
  pool.on('error', () => undefined);
  // Ends a process where nobody listens for it on a connection that is checked out.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Disk full and shared memory of the dead server keep the next one from starting for a moment. */
async function startAgain(folder: string, port: number): Promise<EmbeddedPostgres> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await startPostgres({ folder, port });
    } catch (error) {
      if (tried > 100) throw error;
      await sleep(100);
    }
  }
}

/** Resolves once none of them lives: on a busy machine one that is killed still counts for a moment as a server that runs. */
async function killAll({ data }: EmbeddedPostgres): Promise<void> {
  const pid = postmasterOf(data);
  if (pid === undefined) return;
  for (const one of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It had ended by itself.
    }
  }
  while (isPostmaster(pid, data)) await sleep(10);
}

/** Undefined where it ended by itself. */
function postmasterOf(data: string): number | undefined {
  try {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]) || undefined;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => {
      try {
        return readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    });
}
