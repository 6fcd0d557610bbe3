/** `ebox health`: asks the service on this machine whether it works; for container health checks. */
import { readConfig } from '../config.ts';
import { LOOPBACK } from '../embedded/loopback.ts';

/** Prints the status; 0 when it is UP or DEGRADED, 1 when it is DOWN or does not answer in three seconds. */
export async function checkHealth(isJson: boolean): Promise<number> {
  const { port, listenAddress } = readConfig();
  const host = listenAddress === '0.0.0.0' ? LOOPBACK : listenAddress;
  const status = await ask(`http://${host}:${port}/health`);
  process.stdout.write(isJson ? `${JSON.stringify({ status })}\n` : `${status}\n`);
  return status === 'DOWN' ? 1 : 0;
}

async function ask(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
    const { status } = (await answer.json()) as { readonly status?: unknown };
    return typeof status === 'string' ? status : 'DOWN';
  } catch {
    return 'DOWN';
  }
}
