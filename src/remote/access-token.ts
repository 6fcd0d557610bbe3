/** Gets access tokens for calls to others (RFC 6749 §4.4) by a client assertion (RFC 7523 §2.2), and keeps them while they last. */
import { ServiceError } from '../errors.ts';
import type { GuardedFetch } from './guarded-fetch.ts';

export interface TokenOptions {
  readonly tokenUrl: string;
  readonly scope: string;
  /** Writes an assertion for an audience. */
  readonly assert: (audience: string) => Promise<string>;
  readonly assertionType: string;
  readonly fetch: GuardedFetch;
  readonly clock: () => Date;
}

export interface TokenSource {
  /** Gives a token. Throws `remoteUnavailable`, and `remoteRefused` when the endpoint does not accept who we are. */
  token(): Promise<string>;
  /** The last one was not accepted: the next is a new one. */
  forget(): void;
}

/** A token is not used in the last seconds of its time: the call has to arrive. */
const MARGIN_MS = 30_000;

/** Makes the source of one scope; several calls at once share one request. */
export function createTokenSource(options: TokenOptions): TokenSource {
  let held: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async () => {
    const { token, seconds } = await requestToken(options);
    held = { token, until: options.clock().getTime() + seconds * 1000 - MARGIN_MS };
    return token;
  };
  return {
    token() {
      if (held !== undefined && options.clock().getTime() < held.until) return Promise.resolve(held.token);
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    forget() {
      held = undefined;
    },
  };
}

async function requestToken(options: TokenOptions): Promise<{ token: string; seconds: number }> {
  const { tokenUrl, scope, assert, assertionType, fetch } = options;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: assertionType,
    client_assertion: await assert(tokenUrl),
  });
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: body.toString(),
  });
  const { origin } = new URL(tokenUrl);
  const given: unknown = await answer.json().catch(() => undefined);
  const { access_token: token, expires_in: seconds, error } = (given ?? {}) as Record<string, unknown>;
  if (answer.status === 200 && typeof token === 'string' && token !== '')
    return { token, seconds: typeof seconds === 'number' && seconds > 0 ? seconds : 60 };
  const why = typeof error === 'string' && /^\w{1,50}$/.test(error) ? ` ${error}` : '';
  throw new ServiceError('remoteRefused', `${origin} gave no token: ${answer.status}${why}`);
}
