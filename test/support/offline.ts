/** Keys for offline codes and codes signed with them. */
import { generateKeyPairSync } from 'node:crypto';
import type { OfflineClaims } from '../../src/code/offline-code.ts';
import type { PublicCodeKey } from '../../src/code/public-key.ts';
import { type CodeSigner, loadCodeSigner } from '../../src/keys/code-key.ts';

/** The moment at which the codes of these tests are signed and checked. */
export const SIGNED_AT = new Date('2026-11-21T15:04:05Z');

/** The text of a new key, JWK, with whatever else is to be in it. */
export function codeKeyText(more: Readonly<Record<string, unknown>> = {}): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...more });
}

/** A new key, and the list of the keys that are published: itself. */
export function codeKeys(): { readonly signer: CodeSigner; readonly published: readonly PublicCodeKey[] } {
  const signer = loadCodeSigner(codeKeyText(), SIGNED_AT);
  return { signer, published: [signer.publicKey] };
}

/** The claims of an ordinary attestation, with the changes asked for. */
export function claims(change: Partial<OfflineClaims> = {}): OfflineClaims {
  return {
    issuer: '0206731645',
    issuedAt: SIGNED_AT,
    expiresAt: new Date('2029-11-21T15:04:05Z'),
    number: 'QUA-2026-00000042-17',
    type: 'quarantine',
    initials: 'A.P.',
    birthYear: 1981,
    period: { from: '2020-08-24', until: '2020-08-26' },
    status: { list: 0, index: 40_211 },
    ...change,
  };
}
