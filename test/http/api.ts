/** Calls a service over HTTP; each answer is held against the service's own document and the rules for all answers. */
import assert from 'node:assert/strict';
import request, { type Response } from 'supertest';
import type { TestService } from '../support/service.ts';
import { type Document, readDocument } from './document.ts';

export interface Call {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The media type of the body; default `application/json`. */
  readonly type?: string;
  /** A text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Buffer;
  /** The JSON value, undefined where the answer is none. */
  readonly body: Response['body'];
}

export type Method = 'get' | 'head' | 'post' | 'patch' | 'put' | 'delete' | 'options';

export interface Api {
  readonly document: Document;
  /** Everything that was answered so far. */
  readonly answers: readonly Answer[];
  call(method: Method, path: string, call?: Call): Promise<Answer>;
  get(path: string, token?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Follows a link that the service gave. */
  follow(link: string | undefined, token?: string): Promise<Answer>;
}

/** Makes the caller of a service. */
export async function createApi(service: Pick<TestService, 'url'>): Promise<Api> {
  const document = await readDocument(service.url);
  const answers: Answer[] = [];
  const traceIds = new Set<string>();
  const call = async (method: Method, path: string, options: Call = {}) => {
    const answer = await send(service.url, method, path, options);
    answers.push(answer);
    checkHeaders(answer, traceIds, MAY_BE_KEPT.test(path.split('?')[0] ?? '') && answer.status < 400);
    if (method !== 'options') document.checkAnswer(method, path.split('?')[0] ?? '', answer);
    return answer;
  };
  const get: Api['get'] = (path, token, headers = {}) =>
    call('get', path, { headers, ...(token !== undefined && { token }) });
  return {
    document,
    answers,
    call,
    get,
    follow: (link, token) => {
      assert.ok(
        link !== undefined && link.startsWith(`${service.url}/`),
        `${link} is no address of the service`,
      );
      return get(link.slice(service.url.length), token);
    },
  };
}

async function send(url: string, method: Method, path: string, options: Call): Promise<Answer> {
  const { token, headers = {}, type = 'application/json', body } = options;
  const call = request(url)[method](path).set(headers).redirects(0).buffer(true).parse(collect);
  if (token !== undefined) call.auth(token, { type: 'bearer' });
  if (body !== undefined) {
    call.set('Content-Type', type);
    call.serialize((sent: string) => sent);
    call.send(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }
  const response = await call;
  const bytes = Buffer.isBuffer(response.body) ? response.body : Buffer.alloc(0);
  const isJson = /\bjson/.test(String(response.headers['content-type'])) && bytes.length > 0;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    body: isJson ? JSON.parse(bytes.toString('utf8')) : undefined,
  };
}

/** superagent would read each media type in its own way; tests want what came. */
function collect(response: Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  // A parser is given the stream itself, whatever its type says.
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}

/** What is of nobody in particular, and the same for all. */
const MAY_BE_KEPT =
  /^\/(?:verifications\/v1\/(?:keys|statusLists(?:\/[^/]*)?)|ebox\/citizen\/v2\/referenceData\/.*)$/;

/** What every answer has, whatever it says. */
function checkHeaders({ headers }: Answer, traceIds: Set<string>, mayBeKept: boolean): void {
  const traceId = headers['belgov-trace-id'] ?? '';
  assert.match(traceId, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  assert.ok(!traceIds.has(traceId), 'a trace id came twice');
  traceIds.add(traceId);
  assert.match(
    headers['cache-control'] ?? '',
    mayBeKept ? /^public, (?:no-transform, proxy-revalidate, )?max-age=\d+$/ : /^no-store$/,
  );
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.match(headers['content-security-policy'] ?? '', /default-src 'none'.*frame-ancestors 'none'/);
  assert.match(headers['strict-transport-security'] ?? '', /max-age=\d{8,}/);
  assert.equal(headers['x-powered-by'], undefined);
}
