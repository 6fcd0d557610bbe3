/** Says who we are to a token endpoint, with a key (`private_key_jwt`, RFC 7523 §2.2 and §3). */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { readClientKey } from './client-key.ts';

/** Writes an assertion for an audience, good for five minutes and for one use. */
export type ClientAssertion = (audience: string) => Promise<string>;

/** What every assertion is good for. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const SECONDS = 300;

/** Makes the writer of assertions of one client. Throws `keyUnfit` when the key, PEM or JWK, cannot be used. */
export async function createClientAssertion(
  clientId: string,
  keyText: string,
  clock: () => Date,
): Promise<ClientAssertion> {
  const { key, kid } = await readClientKey('the key for the other registry', keyText);
  const alg = key.algorithm.name === 'ECDSA' ? 'ES256' : key.algorithm.name === 'RSA-PSS' ? 'PS256' : 'RS256';
  return (audience) => {
    const now = Math.floor(clock().getTime() / 1000);
    return new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== undefined && { kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + SECONDS)
      .sign(key);
  };
}
