/** A proxy on TCP in front of one outside part, that spoils connections on demand and counts what it spoilt. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Dice } from './dice.ts';

/** What can be done to a connection; `answer` and `loseAnswer` take effect at the next request on it. */
export const NETWORK_FAULTS = [
  'cut',
  'cutLater',
  'delay',
  'blackhole',
  'loseAnswer',
  'answer',
  'refuse',
] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

export interface FaultProxy {
  readonly name: string;
  readonly port: number;
  /** How often each fault took effect. */
  readonly faults: Record<NetworkFault, number>;
  /** Where connections lead from now on. */
  lead(port: number): void;
  /** Spoils some connection; nothing happens where there is none. */
  strike(fault: NetworkFault): void;
  /** From now on everything passes; what was held back is cut. */
  heal(): void;
  stop(): void;
}

/** How the protocol says "not now": what is answered to a piece that begins a request; undefined: not here. */
export type Refusal = (piece: Buffer, dice: Dice) => string | undefined;

/** Requests of HTTP, refused with one of these statuses. */
export function httpRefusal(...statuses: readonly number[]): Refusal {
  return (piece, dice) =>
    /^(?:GET|PUT|POST|HEAD|DELETE) /.test(piece.subarray(0, 8).toString('latin1'))
      ? `HTTP/1.1 ${dice.pick(statuses)} Not Now\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
      : undefined;
}

/** Commands of SMTP, refused for the time being (RFC 5321 §4.2.1). */
export const smtpRefusal: Refusal = (piece, dice) =>
  /^(?:MAIL|RCPT|DATA)/.test(piece.subarray(0, 4).toString('latin1'))
    ? `${dice.pick(['421 4.3.2 shutting down', '451 4.3.0 not now', '452 4.3.1 no room'])}\r\n`
    : undefined;

interface Pair {
  readonly inner: Socket;
  readonly outer: Socket;
  fault?: NetworkFault;
  /** Bytes that still pass, where it is cut later. */
  left: number;
  delayMs: number;
}

const LONGEST_CUT = 40_000;

/** Starts it; it leads nowhere yet, which refuses connections. */
export async function startFaultProxy(name: string, dice: Dice, refusal?: Refusal): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  const faults = Object.fromEntries(NETWORK_FAULTS.map((fault) => [fault, 0])) as Record<
    NetworkFault,
    number
  >;
  let target: number | undefined;
  let refusing = 0;
  const end = ({ inner, outer }: Pair) => {
    inner.destroy();
    outer.destroy();
  };
  const cut = (pair: Pair) => {
    pair.inner.resetAndDestroy();
    pair.outer.resetAndDestroy();
  };
  const pass = (pair: Pair, isRequest: boolean, piece: Buffer) => {
    const to = isRequest ? pair.outer : pair.inner;
    switch (pair.fault) {
      case 'blackhole':
        return;
      case 'loseAnswer':
        if (isRequest) break;
        faults.loseAnswer += 1;
        return cut(pair);
      case 'answer': {
        const answer = isRequest ? refusal?.(piece, dice) : undefined;
        if (answer === undefined) break;
        faults.answer += 1;
        pair.inner.end(answer);
        return void pair.outer.destroy();
      }
      case 'cutLater':
        pair.left -= piece.length;
        if (pair.left > 0) break;
        faults.cutLater += 1;
        to.write(piece.subarray(0, Math.max(0, piece.length + pair.left)));
        return cut(pair);
      case 'delay':
        return void setTimeout(() => void (to.writable && to.write(piece)), pair.delayMs);
      case 'cut':
      case 'refuse':
      case undefined:
    }
    if (to.writable) to.write(piece);
  };
  const server = createServer((inner) => {
    inner.on('error', () => inner.destroy());
    if (target === undefined || refusing > 0) {
      if (refusing > 0) {
        refusing -= 1;
        faults.refuse += 1;
      }
      return void inner.resetAndDestroy();
    }
    inner.setNoDelay(true);
    const outer = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { inner, outer, left: 0, delayMs: 0 };
    pairs.add(pair);
    inner.on('data', (piece) => pass(pair, true, piece));
    outer.on('data', (piece) => pass(pair, false, piece));
    for (const socket of [inner, outer]) {
      socket.on('error', () => end(pair));
      socket.on('close', () => {
        pairs.delete(pair);
        // What stands in the buffers still arrives.
        if (socket === outer) inner.end();
        else outer.end();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const spoil = (pair: Pair, fault: Exclude<NetworkFault, 'refuse'>) => {
    if (fault === 'cut') {
      faults.cut += 1;
      return cut(pair);
    }
    pair.fault = fault;
    pair.left = dice.below(LONGEST_CUT);
    pair.delayMs = 20 + dice.below(400);
    if (fault === 'delay' || fault === 'blackhole') faults[fault] += 1;
    // Neither lasts: silence ends as a network's does, with nothing.
    const lastMs = 500 + dice.below(3500);
    if (fault === 'blackhole') setTimeout(() => cut(pair), lastMs).unref();
    if (fault === 'delay') setTimeout(() => delete pair.fault, lastMs).unref();
  };
  return {
    name,
    // A server that listens on TCP has an address and a port.
    port: (server.address() as AddressInfo).port,
    faults,
    lead: (port) => {
      target = port;
    },
    strike: (fault) => {
      if (fault === 'refuse') refusing = Math.min(refusing + 1, 3);
      else {
        const pair = dice.pick([...pairs].filter((one) => one.fault === undefined));
        if (pair !== undefined) spoil(pair, fault);
      }
    },
    heal: () => {
      refusing = 0;
      for (const pair of pairs) if (pair.fault === 'blackhole') cut(pair);
      for (const pair of pairs) delete pair.fault;
    },
    stop: () => {
      for (const pair of pairs) end(pair);
      server.close();
    },
  };
}
