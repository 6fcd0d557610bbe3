/** The key of a development machine for offline codes: made at first start, kept beside the other embedded parts. */
import { generateKeyPairSync } from 'node:crypto';
import { keptSecret } from './secret.ts';

/** Gives the JWK kept at a path, making one that counts from `now` on when there is none. */
export function keptCodeKey(path: string, now: Date): string {
  return keptSecret(path, () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), nbf: Math.floor(now.getTime() / 1000) };
    return Buffer.from(JSON.stringify(jwk));
  }).toString('utf8');
}
