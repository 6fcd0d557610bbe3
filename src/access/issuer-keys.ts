/** The public keys of a token issuer: given beforehand, or from its discovery document, both from its own origin. */
import { errors, type JWTVerifyGetKey } from 'jose';
import { describeError, ServiceError } from '../errors.ts';
import type { GuardedFetch } from '../remote/guarded-fetch.ts';
import { readKeySet } from './key-set.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** How long keys that were read count without asking again. */
const FRESH_MS = 600_000;
/** How long they count while the issuer cannot be asked: a short absence of its does not become ours. */
const LONGEST_MS = 3_600_000;
/** How long an unknown key id does not make them read again: whoever makes up ids must not have us ask each time. */
const COOL_DOWN_MS = 30_000;
/** How long an issuer that failed to answer is not asked again. */
const REST_MS = 5000;

/**
 * Gives the function that finds the key of a token (OpenID Connect Discovery 1.0 §4, RFC 7517). It throws jose's errors
 * when the token names no known key, and `tokenIssuerUnavailable` when the issuer cannot be asked. Throws
 * `configurationInvalid` when the keys given beforehand are none.
 */
export function createIssuerKeys({ issuer, keys }: Pick<TokenIssuer, 'issuer' | 'keys'>, clock: () => Date) {
  if (keys.kind === 'discovered') return createDiscoveredKeys(issuer, keys.fetch, clock);
  try {
    return readKeySet(keys.keySet);
  } catch (cause) {
    const reason = `the keys given for ${issuer} cannot be used: ${describeError(cause)}`;
    throw new ServiceError('configurationInvalid', reason, { cause });
  }
}

interface Known {
  readonly find: JWTVerifyGetKey;
  /** Milliseconds since 1970. */
  readonly readAt: number;
}

interface Failure {
  readonly cause: unknown;
  readonly at: number;
}

function createDiscoveredKeys(issuer: string, fetch: GuardedFetch, clock: () => Date): JWTVerifyGetKey {
  let known: Known | undefined;
  let failure: Failure | undefined;
  let underway: Promise<Known> | undefined;
  const now = () => clock().getTime();
  const unavailable = (cause: unknown) => {
    const reason = `the keys of ${issuer} cannot be read: ${describeError(cause)}`;
    return new ServiceError('tokenIssuerUnavailable', reason, { cause });
  };
  /** Whoever comes while the issuer is being asked waits for the same answer. */
  const read = (): Promise<Known> => {
    if (failure !== undefined && now() - failure.at < REST_MS) throw unavailable(failure.cause);
    underway ??= fetchKeySet(issuer, fetch)
      .then((find) => {
        failure = undefined;
        return (known = { find, readAt: now() });
      })
      .catch((cause: unknown) => {
        failure = { cause, at: now() };
        throw unavailable(cause);
      })
      .finally(() => (underway = undefined));
    return underway;
  };
  const current = async (): Promise<Known> => {
    const age = known === undefined ? Number.POSITIVE_INFINITY : now() - known.readAt;
    if (known !== undefined && age < FRESH_MS) return known;
    try {
      return await read();
    } catch (error) {
      if (known !== undefined && age < LONGEST_MS) return known;
      throw error;
    }
  };
  return async (header, token) => {
    const { find, readAt } = await current();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || now() - readAt < COOL_DOWN_MS) throw error;
      return (await read()).find(header, token);
    }
  };
}

async function fetchKeySet(issuer: string, fetch: GuardedFetch): Promise<JWTVerifyGetKey> {
  const metadata = readMetadata(
    await fetchJson(
      `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      fetch,
      'discovery document',
    ),
  );
  if (metadata.issuer !== issuer) throw new Error('its discovery document names another issuer');
  const address = new URL(metadata.jwksUri);
  if (address.origin !== new URL(issuer).origin) throw new Error('its key set lies on another origin');
  return readKeySet(await fetchJson(address, fetch, 'key set'));
}

async function fetchJson(url: string | URL, fetch: GuardedFetch, what: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { accept: 'application/json' } });
  if (answer.status !== 200) throw new Error(`its ${what} was answered with status ${answer.status}`);
  return answer.json();
}

function readMetadata(document: unknown): { readonly issuer: string; readonly jwksUri: string } {
  if (typeof document === 'object' && document !== null && 'issuer' in document && 'jwks_uri' in document) {
    const { issuer, jwks_uri: jwksUri } = document;
    if (typeof issuer === 'string' && typeof jwksUri === 'string' && URL.canParse(jwksUri))
      return { issuer, jwksUri };
  }
  throw new Error('its discovery document has no issuer or no jwks_uri');
}
