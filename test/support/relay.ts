/** A relay in front of a server on TCP, which can go silent as a network does that drops packets, or cut every connection. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** How many connections were taken so far. */
  readonly connections: number;
  /** From now on nothing passes, in either direction, on old connections or new ones. */
  silence(): void;
  /** Ends every connection; new ones are taken. */
  cut(): void;
  /** From now on every connection is closed at once, as where there is no network; the port stays taken. */
  refuse(): void;
  stop(): void;
}

/** Starts a relay to a port of this machine; without one it takes connections and closes them at once. */
export async function startRelay(target?: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  let isRefusing = false;
  let connections = 0;
  const server = createServer((inner) => {
    connections += 1;
    if (target === undefined || isRefusing) return void inner.destroy();
    const outer = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes: Buffer) => void (isSilent || to.write(bytes)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // A server that listens on TCP has an address and a port.
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    silence: () => {
      isSilent = true;
    },
    cut,
    refuse: () => {
      isRefusing = true;
      cut();
    },
    stop: () => {
      cut();
      server.close();
    },
  };
}
