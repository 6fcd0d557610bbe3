/**
 * Loaded before each test file of a whole run, and in its threads: keeps what goes over HTTP and what processes write, where no
 * number of a person should be. Node tells of every request and process by itself (`node:diagnostics_channel`), so no test has to know of this, and none is changed by it.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { watchChild } from './children.ts';
import { keep } from './keep.ts';

/** Answers of these hold nothing of anybody. */
const IMPERSONAL = /^\/(?:health|metrics)(?:\?|$)/;

/** Answers of these speak of persons by ids alone, whoever asks. */
const BY_IDS =
  /^\/(?:access\/v1\/|evidence\/v1\/|register\/v1\/files|verifications\/v1\/(?:keys|statusLists))/;

function watchAnswer(request: IncomingMessage, response: ServerResponse): void {
  const isStore = request.headers.authorization?.startsWith('AWS4-') === true;
  const { method, url = '', headers } = request;
  const place = `${method} ${isStore ? 'object store' : 'server'}`;
  keep(isStore ? 'request to the store' : 'address asked for', place, url);
  if (isStore) {
    const said = Object.entries(headers).filter(([name]) => /^x-amz-(?:meta|tagging|object)/.test(name));
    keep('request to the store', place, said.map(([name, value]) => `${name}: ${String(value)}`).join('\n'));
    return;
  }
  const isImpersonal = IMPERSONAL.test(url);
  const isByIds = BY_IDS.test(url);
  const chunks = collect(response, () => isImpersonal || isByIds || response.statusCode >= 400);
  response.once('close', () => {
    const answered = `${place} ${response.statusCode}`;
    keep('answer header', answered, JSON.stringify(response.getHeaders()));
    if (response.statusCode >= 400) keep('refusal', answered, Buffer.concat(chunks));
    else if (isByIds) keep('answer', answered, Buffer.concat(chunks));
    if (isImpersonal) keep('health', url, Buffer.concat(chunks));
  });
}

/** Collects the bytes of an answer as they are written, where they are wanted. */
function collect(response: ServerResponse, isWanted: () => boolean): readonly Buffer[] {
  const chunks: Buffer[] = [];
  const take = (chunk: unknown, encoding: unknown) => {
    if (!isWanted()) return;
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    if (typeof chunk === 'string')
      chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
  };
  for (const name of ['write', 'end'] as const) {
    const original = response[name].bind(response) as (...words: unknown[]) => never;
    response[name] = (...words: unknown[]) => {
      take(words[0], words[1]);
      return original(...words);
    };
  }
  return chunks;
}

if (process.env.SINKS_FOLDER !== undefined) {
  subscribe('child_process', (message) => watchChild((message as { process: ChildProcess }).process));
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    watchAnswer(request, response);
  });
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    keep('address called', `${request.method} ${request.host}`, request.path);
  });
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: { origin: string; method: string; path: string } };
    keep('address called', `${request.method} ${request.origin}`, request.path);
  });
}
