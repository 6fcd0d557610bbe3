/** Another message registry, v3, with its own store and its own token endpoint: what a sender publishes to. */
import { createHash, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import type { TlsEnd } from './tls.ts';

export interface StoredMessage {
  readonly messageId: string;
  readonly idempotencyKey: string;
  readonly ssin: string;
  readonly messageTypeId: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly fileName: string;
  readonly sha256: string;
  readonly partition: string | undefined;
  isRead: boolean;
}

/** What is answered instead of what the contract says, for one call each. */
export type Trick =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** Publishes, and then ends the connection without an answer. */
  | 'loseAnswer'
  /** Takes the call and says nothing. */
  | 'silence';

export interface TestRegistry {
  readonly url: string;
  readonly publishUrl: string;
  readonly statusUrl: string;
  readonly tokenUrl: string;
  readonly messages: StoredMessage[];
  /** Tricks for the next calls to publish, one each. */
  readonly tricks: Trick[];
  /** Who never opened an eBox. */
  readonly withoutEbox: Set<string>;
  /** How often each path was called. */
  readonly calls: Record<string, number>;
  /** Ends every token that was given. */
  endTokens(): void;
  stop(): Promise<void>;
}

export interface RegistryWish {
  readonly clientId: string;
  /** By which assertions are checked. */
  readonly publicKey: KeyObject;
  /** With it the registry speaks TLS. */
  readonly end?: TlsEnd;
}

/** Starts the registry on a port of its own. */
export async function startRegistry(wish: RegistryWish): Promise<TestRegistry> {
  const state = new State(wish);
  const listener: RequestListener = (request, response) => {
    state.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  };
  const { end } = wish;
  const server =
    end === undefined ? createServer(listener) : createTlsServer({ cert: end.cert, key: end.key }, listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo;
  const url = `${end === undefined ? 'http' : 'https'}://localhost:${port}`;
  state.tokenUrl = `${url}/oauth/token`;
  return {
    url,
    publishUrl: `${url}/v3/ebox/messages`,
    statusUrl: `${url}/v3/searchMessageStatus`,
    tokenUrl: state.tokenUrl,
    messages: state.messages,
    tricks: state.tricks,
    withoutEbox: state.withoutEbox,
    calls: state.calls,
    endTokens: () => state.tokens.clear(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class State {
  readonly messages: StoredMessage[] = [];
  readonly tricks: Trick[] = [];
  readonly withoutEbox = new Set<string>();
  readonly calls: Record<string, number> = {};
  readonly tokens = new Set<string>();
  tokenUrl = '';
  readonly #assertions = new Set<string>();
  readonly #wish: RegistryWish;

  constructor(wish: RegistryWish) {
    this.#wish = wish;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.calls[path] = (this.calls[path] ?? 0) + 1;
    const body = await buffer(request);
    const send = (status: number, content: unknown, headers = {}) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(content));
    if (path === '/oauth/token')
      return send(...(await this.#giveToken(new URLSearchParams(body.toString()))));
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokens.has(token)) return send(401, statusMessage('INVALID_TOKEN'));
    if (path === '/v3/searchMessageStatus') return send(201, this.#statuses(JSON.parse(body.toString())));
    if (path !== '/v3/ebox/messages') return send(404, statusMessage('NOT_FOUND'));
    const trick = this.tricks.shift();
    if (trick === 'silence') return;
    if (typeof trick === 'object') return send(trick.status, trick.body ?? {}, trick.headers);
    const [status, content, headers] = await this.#publish(request, body);
    if (trick === 'loseAnswer') return void response.destroy();
    send(status, content, headers);
  }

  async #giveToken(form: URLSearchParams): Promise<[number, unknown]> {
    const { clientId, publicKey } = this.#wish;
    const assertion = form.get('client_assertion') ?? '';
    const isRightType =
      form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const checked = await jwtVerify(assertion, publicKey, {
      issuer: clientId,
      subject: clientId,
      audience: this.tokenUrl,
      requiredClaims: ['jti', 'iat', 'exp'],
    }).catch(() => undefined);
    const jti = checked?.payload.jti ?? '';
    // An assertion is good once (RFC 7523 §3).
    const isFresh = jti !== '' && !this.#assertions.has(jti);
    this.#assertions.add(jti);
    if (!isRightType || !isFresh || form.get('grant_type') !== 'client_credentials')
      return [401, { error: 'invalid_client' }];
    if (form.get('scope') !== 'publish') return [400, { error: 'invalid_scope' }];
    const token = randomUUID();
    this.tokens.add(token);
    return [200, { access_token: token, token_type: 'Bearer', expires_in: 300 }];
  }

  async #publish(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<[number, unknown, Record<string, string>?]> {
    const key = /^"([\da-f-]{36})"$/.exec(String(request.headers['idempotency-key']))?.[1];
    if (key === undefined) return [400, statusMessage('INVALID_INPUT')];
    if (Number(request.headers['content-length']) !== body.length)
      return [411, statusMessage('INVALID_INPUT')];
    const known = this.messages.find(({ idempotencyKey }) => idempotencyKey === key);
    if (known !== undefined)
      return [409, statusMessage('CONFLICT'), { location: `/v3/ebox/messages/${known.messageId}` }];
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData();
    const [json, file] = [form.get('messageToPublish'), form.get('upfile1')];
    if (!(file instanceof File) || json === null) return [400, statusMessage('INVALID_INPUT')];
    const message = JSON.parse(typeof json === 'string' ? json : await json.text());
    const bytes = Buffer.from(await file.arrayBuffer());
    const digest = createHash('sha256').update(bytes).digest();
    if (message.attachments[0].digest.digestValue !== digest.toString('base64url'))
      return [400, statusMessage('DIGEST_DO_NOT_MATCH')];
    const stored: StoredMessage = {
      messageId: `ext-${this.messages.length + 1}-${key.slice(0, 8)}`,
      idempotencyKey: key,
      ssin: message.recipient.ssin,
      messageTypeId: message.messageTypeId,
      subject: message.subject,
      fileName: file.name,
      sha256: digest.toString('hex'),
      partition: message.sender.partition,
      isRead: false,
    };
    this.messages.push(stored);
    const isUnused = this.withoutEbox.has(stored.ssin);
    return [
      201,
      {
        messageId: stored.messageId,
        expirationDate: '2027-01-01T00:00:00+01:00',
        ...(isUnused && { code: 'NO_DIGITAL_USER' }),
      },
      { location: `/v3/ebox/messages/${stored.messageId}` },
    ];
  }

  #statuses(asked: readonly { messageId: string; eboxId: { eboxIdValue: string } }[]) {
    return asked.flatMap(({ messageId, eboxId }) => {
      const found = this.messages.find(
        (one) => one.messageId === messageId && one.ssin === eboxId.eboxIdValue,
      );
      return found === undefined ? [] : [{ messageId, eboxId, readStatus: found.isRead, visible: true }];
    });
  }
}

function statusMessage(code: string) {
  return { id: randomUUID(), code, message: `${code} for 81050003552` };
}
