/** The door of the service in a campaign: spreads requests over the API processes, keeps an access log, and spoils some. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Dice } from './dice.ts';

/** One request that was passed on. */
export interface Access {
  readonly method: string;
  readonly path: string;
  /** Who asked, as the caller says in a header of its own. */
  readonly caller: string;
  /** Of the service's answer; undefined: it never came. */
  status: number | undefined;
}

export interface Ingress {
  readonly log: readonly Access[];
  readonly faults: { loseAnswer: number; cut: number; delay: number; answer: number };
  /** Of a hundred requests so many are spoilt from now on. */
  spoil(percent: number): void;
  stop(): void;
}

/** Starts it on a port; `portsOf` gives the API processes that answer now. */
export async function startIngress(port: number, dice: Dice, portsOf: () => number[]): Promise<Ingress> {
  const log: Access[] = [];
  const faults = { loseAnswer: 0, cut: 0, delay: 0, answer: 0 };
  let percent = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer) => {
    const fault = dice.percent(percent)
      ? dice.pick(['loseAnswer', 'cut', 'delay', 'answer'] as const)
      : undefined;
    if (fault !== undefined) faults[fault] += 1;
    const target = dice.pick(portsOf());
    if (fault === 'answer' || target === undefined)
      return void outgoing.writeHead(503, { 'retry-after': '1' }).end();
    const { method = '', url = '', headers } = incoming;
    const entry: Access = { method, path: url, caller: String(headers['x-caller'] ?? ''), status: undefined };
    log.push(entry);
    const options = { host: '127.0.0.1', port: target, method, path: url, headers, agent };
    const upstream = request(options, (answer) => {
      entry.status = answer.statusCode;
      if (fault === 'loseAnswer') {
        answer.resume();
        return void outgoing.destroy();
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault === 'cut') {
        answer.once('data', (piece: Buffer) => {
          outgoing.write(piece.subarray(0, piece.length / 2));
          outgoing.destroy();
        });
        return void answer.resume();
      }
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    // A process that is paused keeps its connections.
    upstream.setTimeout(20_000, () => upstream.destroy());
    if (fault === 'delay') setTimeout(() => upstream.end(body), 100 + dice.below(900));
    else upstream.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('error', () => outgoing.destroy());
    incoming.on('end', () => pass(incoming, outgoing, Buffer.concat(pieces)));
  });
  await new Promise<void>((resolve) => {
    server.listen(port, 'localhost', resolve);
  });
  return {
    log,
    faults,
    spoil: (chance) => {
      percent = chance;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
