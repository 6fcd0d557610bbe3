/** Looks at the seal certificate before anything is sealed with it: at start, and again each day. */
import { ServiceError } from '../errors.ts';
import type { KeyIdentity } from '../keys/signer.ts';
import { openPublicKey } from '../pades/algorithm.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import { sealPurposeFault } from '../pades/profile.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Qualified issuers take weeks to identify an institution again. */
const RENEWAL_DAYS = 60;

/**
 * Gives what the operator should know of the seal certificate at a moment: one sentence each, none when all is well.
 * Throws `keyUnfit`, in one sentence, when it may not seal: expired, not yet valid, meant for another purpose, a key too
 * weak, or not followed by the certificate of its issuer. Where the next key is there already (`isFollowed`), that this
 * one expires soon is no news.
 */
export function checkSealCertificate(
  signer: Pick<KeyIdentity, 'certificate' | 'chain'>,
  at: Date,
  { isFollowed }: { readonly isFollowed: boolean } = { isFollowed: false },
): readonly string[] {
  const certificate = readCertificate(signer.certificate);
  const name = `seal certificate ${certificate.serialNumber}`;
  const fault =
    validityFault(certificate, at) ?? sealPurposeFault(certificate) ?? chainFault(certificate, signer.chain);
  if (fault !== undefined) throw new ServiceError('keyUnfit', `${name} ${fault}`);
  return warningsFor(certificate, at, isFollowed).map((warning) => `${name} ${warning}`);
}

function validityFault({ notBefore, notAfter }: Certificate, at: Date): string | undefined {
  if (at < notBefore) return `is valid only from ${notBefore.toISOString()}`;
  if (at > notAfter) return `expired on ${notAfter.toISOString()}; obtain a new one`;
  return undefined;
}

function chainFault(certificate: Certificate, chain: readonly Buffer[]): string | undefined {
  if (openPublicKey(certificate.publicKeyInfo) === undefined)
    return 'has a key that is too weak or of an unknown kind';
  const [issuer] = chain.map(readCertificate);
  if (issuer !== undefined && !issuer.subject.equals(certificate.issuer)) {
    return `was issued by ${certificate.issuerName}, but the certificate that follows it is that of ${issuer.subjectName}`;
  }
  return undefined;
}

function warningsFor(certificate: Certificate, at: Date, isFollowed: boolean): string[] {
  const warnings: string[] = [];
  const days = Math.floor((certificate.notAfter.getTime() - at.getTime()) / DAY);
  if (days < RENEWAL_DAYS && !isFollowed) warnings.push(`expires in ${days} days; obtain the next one`);
  const key = openPublicKey(certificate.publicKeyInfo);
  if (key?.type === 'rsa' && key.bits < 3072) {
    warnings.push('has an RSA-2048 key, which European catalogues accept only for a few more years');
  }
  if (certificate.ocspUrls.length + certificate.crlUrls.length === 0) {
    warnings.push(
      'names no OCSP responder and no revocation list: viewers cannot tell whether it was revoked',
    );
  }
  return warnings;
}

function readCertificate(der: Buffer): Certificate {
  try {
    return parseCertificate(der);
  } catch (cause) {
    if (!(cause instanceof MalformedDer)) throw cause;
    throw new ServiceError('keyUnfit', 'a certificate of the seal cannot be read', { cause });
  }
}
