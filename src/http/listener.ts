/** The server that listens: an upload may take as long as it needs, as long as its bytes keep coming. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { unreadableRequest } from './problems.ts';
import { createTlsServer, type TlsOptions } from './tls.ts';

export interface ListenerOptions {
  /** How long a connection may bring nothing of a body that it announced, in milliseconds; default 30 s. */
  readonly idleMs?: number;
  /** Missing: plain HTTP. */
  readonly tls?: TlsOptions;
}

export type Listener = Server | TlsServer;

const IDLE_MS = 30_000;
/** Node's own bound, which would be none once there is none on whole requests. */
const HEADERS_MS = 60_000;
/** How often a connection is looked at within the time it may be silent. */
const CHECKS = 4;

/**
 * Makes a server that does not listen yet. How long a request takes is not bound: files of a gigabyte are taken, over
 * whatever line. Bound are the time for the head of a request, and silence in its body, which closes the connection.
 */
export function createListener({ idleMs = IDLE_MS, tls }: ListenerOptions = {}): Listener {
  const limits = { requestTimeout: 0, headersTimeout: HEADERS_MS };
  const server: Listener = tls === undefined ? createServer(limits) : createTlsServer(tls, limits);
  server.on('request', (request: IncomingMessage) => {
    if (hasBody(request)) closeWhenSilent(request, idleMs);
  });
  server.on('clientError', answerUnreadable);
  return server;
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
  const traceId = randomUUID();
  const problem = unreadableRequest(error.code);
  const body = JSON.stringify({ ...problem, instance: `urn:uuid:${traceId}` });
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `BelGov-Trace-Id: ${traceId}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** A request has a body when it says how long it is, or that it comes in chunks (RFC 9112 §6). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The timeout of a socket would not do: it takes a pause of the reader in here for one of the sender. */
function closeWhenSilent(request: IncomingMessage, idleMs: number): void {
  const { socket } = request;
  let seen = socket.bytesRead;
  let last = performance.now();
  const timer = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(timer);
    // What waits here to be read holds up what comes after it.
    if (socket.bytesRead !== seen || request.readableLength > 0) {
      seen = socket.bytesRead;
      last = performance.now();
    } else if (performance.now() - last >= idleMs) {
      socket.destroy();
    }
  }, idleMs / CHECKS);
  timer.unref();
}
