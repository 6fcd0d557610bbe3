/** Passes connections on to another address: `node forward.ts FROM-HOST FROM-PORT TO-HOST TO-PORT`, or by a call. */
import { connect, createServer, type Server } from 'node:net';
import { pathToFileURL } from 'node:url';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Resolves once it listens. */
export async function forward(from: Address, to: Address): Promise<Server> {
  const server = createServer((incoming) => {
    const outgoing = connect(to.port, to.host);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(from.port, from.host, resolve);
  });
  return server;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [fromHost = '', fromPort, toHost = '', toPort] = process.argv.slice(2);
  await forward({ host: fromHost, port: Number(fromPort) }, { host: toHost, port: Number(toPort) });
}
