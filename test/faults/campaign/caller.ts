/** Calls the service as a careful program does: again with the same key until it has an answer that is about the call. */
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOfPerson } from '../../../src/cli/token.ts';
import { clientToken } from '../../../src/embedded/login/tokens.ts';
import type { World } from './world.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** A demo client with its scopes, or a demo person; undefined: anybody. */
  readonly as?: { readonly client: string; readonly scope: string } | { readonly person: string };
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly key?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** Gave up: the campaign is over. */
export class Over extends Error {}

/** What says nothing about the call itself: the service or the way to it is not well, or a clock is wrong. */
const UNSETTLED = [401, 408, 429, 500, 502, 503, 504];
const TOKEN_MS = 3 * 60_000;
const CALL_MS = 25_000;

export class Caller {
  readonly #world: World;
  readonly #tokens = new Map<string, { readonly token: Promise<string>; readonly since: number }>();
  readonly #isOver: () => boolean;
  /** How often a call had to be repeated. */
  repeats = 0;

  constructor(world: World, isOver: () => boolean) {
    this.#world = world;
    this.#isOver = isOver;
  }

  /** Whether nobody waits any more. */
  get isOver(): boolean {
    return this.#isOver();
  }

  /** Calls until there is an answer; throws `Over` when there is none in the end. */
  async call(wish: Call): Promise<Answer> {
    for (let tried = 0; ; tried += 1) {
      const answer = await this.#try(wish).catch(() => undefined);
      if (answer !== undefined && !UNSETTLED.includes(answer.status)) return answer;
      if (answer?.status === 401) this.#tokens.delete(nameOf(wish));
      if (this.#isOver()) throw new Over(`${wish.path}: ${answer?.status ?? 'no answer'}`);
      this.repeats += 1;
      await sleep(Math.min(100 * 2 ** tried, 1000));
    }
  }

  async #try({ method = 'GET', path, type, body, key, ...wish }: Call): Promise<Answer> {
    const name = nameOf(wish);
    const token = wish.as === undefined ? undefined : await this.#token(name, wish.as);
    const response = await fetch(path.startsWith('http') ? path : this.#world.publicUrl + path, {
      method,
      headers: {
        'x-caller': name,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(type !== undefined && { 'content-type': type }),
        ...(key !== undefined && { 'idempotency-key': `"${key}"` }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      signal: AbortSignal.timeout(CALL_MS),
      redirect: 'manual',
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  }

  #token(name: string, as: NonNullable<Call['as']>): Promise<string> {
    const known = this.#tokens.get(name);
    if (known !== undefined && Date.now() - known.since < TOKEN_MS) return known.token;
    const { login, publicUrl } = this.#world;
    const token =
      'person' in as
        ? tokenOfPerson({ ...login, publicUrl }, as.person, 'ebox:consult')
        : clientToken({ ...login, clientId: as.client, scope: as.scope });
    this.#tokens.set(name, { token, since: Date.now() });
    token.catch(() => this.#tokens.delete(name));
    return token;
  }
}

function nameOf({ as }: Pick<Call, 'as'>): string {
  if (as === undefined) return 'anybody';
  return 'person' in as ? as.person : `${as.client} ${as.scope}`;
}

/** The body of an answer that is JSON. */
export function jsonOf<T>({ bytes }: Answer): T {
  // The document says what is in it.
  return JSON.parse(bytes.toString('utf8')) as T;
}
