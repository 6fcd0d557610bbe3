/** Hears of queued jobs over a connection of its own, which it makes again whenever it is lost. */
import pg from 'pg';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';

const RETRY_MS = 1000;

/**
 * Calls `wake` once it listens, for jobs that were queued before, and then whenever a job was queued. Gives the stop
 * function. Throws what the first attempt to connect throws; a connection lost later is made again.
 */
export async function listenForJobs(
  settings: pg.ClientConfig,
  wake: () => void,
  log: Log,
): Promise<() => Promise<void>> {
  let isStopped = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let connecting: Promise<void> = Promise.resolve();
  const connect = async (): Promise<void> => {
    const next = await openListener(settings, wake);
    // Stopped in the meantime: nobody would end it any more.
    if (isStopped) return next.end();
    client = next;
    next.once('end', () => reconnect(new Error('the connection ended')));
    wake();
  };
  const reconnect = (reason: unknown): void => {
    if (isStopped) return;
    client = undefined;
    log.warn({ reason: describeError(reason) }, 'listening for jobs was interrupted');
    retry = setTimeout(() => {
      connecting = connect().catch(reconnect);
    }, RETRY_MS);
    retry.unref();
  };
  await connect();
  return async () => {
    isStopped = true;
    clearTimeout(retry);
    await connecting;
    await client?.end().catch(() => undefined);
  };
}

async function openListener(settings: pg.ClientConfig, wake: () => void): Promise<pg.Client> {
  const client = new pg.Client(settings);
  // What goes wrong ends the connection, and that is what is acted upon; unheard, it would end the process.
  client.on('error', () => undefined);
  client.on('notification', wake);
  try {
    await client.connect();
    await client.query('listen job');
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
