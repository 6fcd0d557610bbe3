/** Opens the servers of embedded parts, on loopback only: they are for one machine and trust whoever reaches them. */
import type { Server } from 'node:net';
import { describeError, ServiceError } from '../errors.ts';

/** Where embedded parts listen unless told otherwise. */
export const LOOPBACK = '127.0.0.1';

/**
 * Lets a server listen and gives its port; port 0 takes any free one.
 * Throws `embeddedPartFailed` when the host is no loopback address or the port cannot be had.
 */
export async function listenOnLoopback(
  part: string,
  server: Server,
  host: string,
  port: number,
): Promise<number> {
  if (!/^(127(\.\d{1,3}){3}|::1)$/.test(host))
    throw new ServiceError('embeddedPartFailed', `embedded ${part}: ${host} is not a loopback address`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: unknown) => {
    throw new ServiceError(
      'embeddedPartFailed',
      `embedded ${part} cannot listen on port ${port}: ${describeError(cause)}`,
      { cause },
    );
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Writes a loopback address as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
