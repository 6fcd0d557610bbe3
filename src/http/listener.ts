/** The server that listens: an upload or an answer may take as long as it needs, as long as its bytes keep moving. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { unreadableRequest } from './problems.ts';
import { rawAnswer } from './raw-answer.ts';
import { createReaderWatch, type ReaderPace } from './slow-reader.ts';
import { createTlsServer, type TlsOptions } from './tls.ts';

export interface ListenerOptions {
  /** How long a connection may bring less of a body than `leastBytes`, in milliseconds; default 30 s. */
  readonly idleMs?: number;
  /** Missing: plain HTTP. */
  readonly tls?: TlsOptions;
  /** Default 8 KiB: in 30 s less than any line of today carries. */
  readonly leastBytes?: number;
  /** How long the head of a request may take, in milliseconds; default 30 s. */
  readonly headersMs?: number;
  /** How slowly an answer may be taken; missing: as slowly as one likes. */
  readonly readers?: ReaderPace;
}

export type Listener = Server | TlsServer;

const IDLE_MS = 30_000;
const LEAST_BYTES = 8 * 1024;
/** Node's own bound would be none once there is none on whole requests. */
const HEADERS_MS = 30_000;
/**
 * How long a connection that is not used is kept. Those who call us keep theirs for up to a minute (proxies, programs);
 * whoever gives one up first must not be us, or a request that is just being sent over it is lost.
 */
const UNUSED_MS = 72_000;
/** How often a connection is looked at within the time it may be silent. */
const CHECKS = 4;

/**
 * Makes a server that does not listen yet. How long a request takes is not bound: files of a gigabyte are taken, over
 * whatever line. Bound are the time for the head of a request, and how slowly its body may come, which closes the
 * connection: a sender who holds many open with a byte now and then gains nothing (slowloris). So is, where it is said, how
 * slowly an answer may be taken.
 */
export function createListener(options: ListenerOptions = {}): Listener {
  const { idleMs = IDLE_MS, leastBytes = LEAST_BYTES, headersMs = HEADERS_MS, tls, readers } = options;
  const limits = {
    requestTimeout: 0,
    keepAliveTimeout: UNUSED_MS,
    headersTimeout: headersMs,
    connectionsCheckingInterval: headersMs / CHECKS,
  };
  const server: Listener = tls === undefined ? createServer(limits) : createTlsServer(tls, limits);
  server.on('request', (request: IncomingMessage) => {
    if (hasBody(request)) closeWhenSlow(request, idleMs, leastBytes);
  });
  if (readers !== undefined) server.on('request', createReaderWatch(readers));
  server.on('clientError', answerUnreadable);
  return server;
}

/** How often connections are looked at that were in use when the server was closed. */
const SWEEP_MS = 100;

/** Takes no more connections, and waits for what is under way: a connection is given up once its answer has left. */
export function closeListener(server: Listener): Promise<void> {
  return new Promise((resolve) => {
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) =>
      response.setHeader('Connection', 'close'),
    );
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}

/** What Node.js cannot read as a request has no route; its answer has the form that all others have. */
function answerUnreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
  // Nobody is there, nothing can be said yet, or an answer is underway that this would stand in the middle of.
  const isAnswered = 'bytesWritten' in socket && Number(socket.bytesWritten) > 0;
  const isShakingHands = 'secureConnecting' in socket && socket.secureConnecting === true;
  if (!socket.writable || error.code === 'ECONNRESET' || isAnswered || isShakingHands) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = rawAnswer(unreadableRequest(error.code));
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** A request has a body when it says how long it is, or that it comes in chunks (RFC 9112 §6). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The timeout of a socket would not do: it takes a pause of the reader in here for one of the sender. */
function closeWhenSlow(request: IncomingMessage, idleMs: number, leastBytes: number): void {
  const { socket } = request;
  let seen = socket.bytesRead;
  let last = performance.now();
  const timer = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(timer);
    // What waits here to be read holds up what comes after it.
    if (socket.bytesRead - seen >= leastBytes || request.readableLength > 0) {
      seen = socket.bytesRead;
      last = performance.now();
    } else if (performance.now() - last >= idleMs) {
      socket.destroy();
    }
  }, idleMs / CHECKS);
  timer.unref();
}
