/** The public keys of the token issuer: its discovery document, then its key set, both from its own origin. */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';
import { describeError, ServiceError } from '../errors.ts';
import type { GuardedFetch } from '../remote/guarded-fetch.ts';

/**
 * Gives the function that finds the key of a token (OpenID Connect Discovery 1.0 §4, RFC 7517). Keys are kept ten
 * minutes; an unknown key id makes them read again, at most every thirty seconds. The function throws jose's errors
 * when the token names no known key, and `tokenIssuerUnavailable` when the issuer cannot be asked.
 */
export function createIssuerKeys(issuer: string, guardedFetch: GuardedFetch): JWTVerifyGetKey {
  let discovered: Promise<RemoteJWKSet> | undefined;
  const discover = (): Promise<RemoteJWKSet> => {
    discovered ??= discoverKeySet(issuer, guardedFetch).catch((error: unknown) => {
      // The next token asks again: the issuer may be back.
      discovered = undefined;
      throw error;
    });
    return discovered;
  };
  return async (header, token) => {
    try {
      return await (await discover())(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
        throw cause;
      throw new ServiceError(
        'tokenIssuerUnavailable',
        `the keys of ${issuer} cannot be read: ${describeError(cause)}`,
        { cause },
      );
    }
  };
}

async function discoverKeySet(issuer: string, guardedFetch: GuardedFetch): Promise<RemoteJWKSet> {
  const answer = await guardedFetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
  });
  if (answer.status !== 200)
    throw new Error(`its discovery document was answered with status ${answer.status}`);
  const metadata = readMetadata(await answer.json());
  if (metadata.issuer !== issuer) throw new Error('its discovery document names another issuer');
  const address = new URL(metadata.jwksUri);
  if (address.origin !== new URL(issuer).origin) throw new Error('its key set lies on another origin');
  return createRemoteJWKSet(address, {
    [customFetch]: (url, request) => guardedFetch(url, { method: request.method, headers: request.headers }),
  });
}

function readMetadata(document: unknown): { readonly issuer: string; readonly jwksUri: string } {
  if (typeof document === 'object' && document !== null && 'issuer' in document && 'jwks_uri' in document) {
    const { issuer, jwks_uri: jwksUri } = document;
    if (typeof issuer === 'string' && typeof jwksUri === 'string' && URL.canParse(jwksUri))
      return { issuer, jwksUri };
  }
  throw new Error('its discovery document has no issuer or no jwks_uri');
}
