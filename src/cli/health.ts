/** `ebox health`: asks the service on this machine whether it works; for container health checks. */
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { json } from 'node:stream/consumers';
import { type Config, readConfig } from '../config.ts';
import { LOOPBACK } from '../embedded/loopback.ts';
import { readTlsFiles } from '../keys/tls-files.ts';

const PATIENCE_MS = 3000;

/** Prints the status; 0 when it is UP or DEGRADED, 1 when it is DOWN or does not answer in three seconds. */
export async function checkHealth(isJson: boolean): Promise<number> {
  const status = await ask(readConfig()).catch(() => 'DOWN');
  process.stdout.write(isJson ? `${JSON.stringify({ status })}\n` : `${status}\n`);
  return status === 'DOWN' ? 1 : 0;
}

function ask({ port, listenAddress, tls }: Config): Promise<string> {
  const host = listenAddress === '0.0.0.0' ? LOOPBACK : listenAddress;
  const where = { host, port, path: '/health', agent: false, signal: AbortSignal.timeout(PATIENCE_MS) };
  return new Promise((resolve, reject) => {
    const request = tls === undefined ? getPlain(where) : getSecure({ ...where, ...certificateOf(tls) });
    request.on('error', reject);
    request.on('response', (answer) => {
      json(answer).then((body) => resolve(statusIn(body)), reject);
    });
  });
}

/**
 * Nothing is told to the other side, and it is on this machine: whose certificate it has does not matter. Where callers must
 * bring one, the service's own is brought.
 */
function certificateOf(tls: NonNullable<Config['tls']>) {
  const own = tls.isClientCertificateRequired ? readTlsFiles(tls, new Date()) : undefined;
  return { rejectUnauthorized: false, ...(own && { cert: own.cert, key: own.key }) };
}

function statusIn(body: unknown): string {
  const status: unknown =
    typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
  return typeof status === 'string' ? status : 'DOWN';
}
