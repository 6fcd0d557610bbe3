/** One request and its reply over HTTP: read, authenticate, run, send; whatever goes wrong becomes S3's error document. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { describeError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Reply, Stores } from './call.ts';
import { Refusal } from './refusal.ts';
import { parseRequest } from './request.ts';
import { findOperation } from './routes.ts';
import { authenticate, type Credentials } from './signature.ts';
import { errorDocument } from './xml.ts';

export interface Exchange {
  readonly credentials: Credentials;
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly log: Log | undefined;
  readonly stores: Stores;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** Tells a client that waits for it to send its body. */
  readonly proceed: () => void;
}

/** A refused body up to this length is read to its end, so that the answer arrives and the connection lives on. */
const DRAIN_BYTES = 8 * 1024 * 1024;

/** Answers one request, whatever happens. */
export async function answer(exchange: Exchange): Promise<void> {
  const { message, response, log, idleTimeout, stores } = exchange;
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  response.setHeader('x-amz-request-id', requestId);
  // The clock that signatures are held against; the SDK corrects its own by it.
  response.setHeader('Date', new Date(stores.now()).toUTCString());
  const started = performance.now();
  const outcome = await operate(exchange).catch((error: unknown) => ({ error }));
  const reply = 'reply' in outcome ? outcome.reply : replyOf(outcome.error, requestId);
  try {
    await send(message, response, reply, idleTimeout);
  } catch (error) {
    // The client went away; nobody is left to be told.
    log?.debug({ requestId, cause: describeError(error) }, 's3: reply not delivered');
  }
  const milliseconds = Math.round(performance.now() - started);
  const facts = { requestId, method: message.method, status: reply.status, milliseconds };
  if (!('error' in outcome)) log?.debug({ ...facts, operation: outcome.operation }, 's3: request answered');
  else if (outcome.error instanceof Refusal)
    log?.debug({ ...facts, code: outcome.error.code }, 's3: request refused');
  else log?.error({ ...facts, cause: describeError(outcome.error) }, 's3: request failed');
}

async function operate({
  credentials,
  stores,
  message,
  proceed,
}: Exchange): Promise<{ operation: string; reply: Reply }> {
  const request = parseRequest(message);
  const authentication = authenticate(request, credentials, stores.now());
  const operation = findOperation(request);
  const { bucket = '', key = '', query, headers } = request;
  const reply = await operation.run({
    stores,
    request,
    authentication,
    proceed,
    bucket,
    key,
    query,
    headers,
  });
  return { operation: operation.name, reply };
}

function replyOf(error: unknown, requestId: string): Reply {
  const refusal =
    error instanceof Refusal ? error : new Refusal('InternalError', undefined, { cause: error });
  return {
    status: refusal.status,
    headers: { 'Content-Type': 'application/xml' },
    body: errorDocument(refusal.code, refusal.message, requestId),
  };
}

async function send(
  message: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  idle: number,
): Promise<void> {
  const { status, headers = {}, body = '' } = reply;
  const isBodyAllowed = message.method !== 'HEAD' && status !== 204 && status !== 304;
  if (!message.complete) abandonBody(message, response);
  message.socket.setTimeout(idle);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body instanceof Readable) {
    await pipeline(body, response);
    return;
  }
  const bytes = Buffer.from(body);
  if (isBodyAllowed) response.setHeader('Content-Length', bytes.length);
  response.end(isBodyAllowed ? bytes : undefined);
  await finished(response);
}

/** What is left of a refused body is read away: a socket closed with bytes unread would take the answer with it. */
function abandonBody(message: IncomingMessage, response: ServerResponse): void {
  const length = Number(message.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (message.headers.expect !== undefined || length > DRAIN_BYTES) response.setHeader('Connection', 'close');
  message.resume();
}
