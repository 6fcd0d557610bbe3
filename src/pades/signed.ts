/** Who signed a certificate, a revocation list or an OCSP answer: asked for each document, answered once for each pair. */
import { isSignature } from './algorithm.ts';

/** What an authority signs (RFC 5280 §4.1.1, §5.1.1; RFC 6960 §4.2.1), as it was read; DER. */
export interface Signed {
  readonly tbs: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
}

/** What was found out, as long as both are kept. */
const known = new WeakMap<Signed, WeakMap<Buffer, boolean>>();

/** Tells whether the key (SubjectPublicKeyInfo, DER) signed this; false when its algorithm or the key is not allowed. */
export function isSignedBy(signed: Signed, publicKeyInfo: Buffer): boolean {
  const answers = known.get(signed) ?? new WeakMap<Buffer, boolean>();
  known.set(signed, answers);
  const { signatureAlgorithm, tbs, signature } = signed;
  const answer = answers.get(publicKeyInfo) ?? isSignature(publicKeyInfo, signatureAlgorithm, tbs, signature);
  answers.set(publicKeyInfo, answer);
  return answer;
}
