/** Which certificates may seal: the rule that the sealer asks of its own and the verifier of everybody's. */
import type { Certificate } from './certificate.ts';

/**
 * The purposes a seal certificate may have beside others: signing documents (RFC 9336), the same in the words of
 * Microsoft and Adobe, and e-mail protection, which issuers of seal certificates add out of habit.
 */
const SEAL_PURPOSES: ReadonlySet<string> = new Set([
  '1.3.6.1.5.5.7.3.36',
  '1.3.6.1.4.1.311.10.3.12',
  '1.2.840.113583.1.1.5',
  '1.3.6.1.5.5.7.3.4',
]);

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/**
 * Says in words that follow "the certificate" why it may not seal, or gives undefined when it may: it must name digital
 * signature or non-repudiation as its key usage, be no CA, serve no time-stamping or OCSP responder, and have no
 * critical extension that we do not understand.
 */
export function sealPurposeFault(certificate: Certificate): string | undefined {
  const { keyUsage, extendedKeyUsage, isCa, unknownCritical } = certificate;
  if (isCa) return 'is that of a certification authority';
  if (keyUsage?.some((usage) => usage === 'digitalSignature' || usage === 'nonRepudiation') !== true) {
    return 'is not meant for signatures: its key usage names neither digital signature nor non-repudiation';
  }
  if (extendedKeyUsage?.some((purpose) => purpose === TIME_STAMPING || purpose === OCSP_SIGNING) === true) {
    return 'is that of a time-stamping authority or an OCSP responder';
  }
  if (extendedKeyUsage?.some((purpose) => SEAL_PURPOSES.has(purpose)) === false) {
    return 'serves other purposes than sealing documents';
  }
  if (unknownCritical.length > 0) return `has the unknown critical extension ${unknownCritical.join(', ')}`;
  return undefined;
}

/**
 * Says in words that follow "the certificate" why it may not time-stamp, or gives undefined when it may: time-stamping is
 * its only purpose and critical (RFC 3161 §2.3), its key may sign, it is no CA, and nothing critical in it is unknown.
 */
export function timeStampPurposeFault(certificate: Certificate): string | undefined {
  const { keyUsage, extendedKeyUsage = [], isPurposeCritical, isCa, unknownCritical } = certificate;
  if (isCa) return 'is that of a certification authority';
  if (extendedKeyUsage.length !== 1 || extendedKeyUsage[0] !== TIME_STAMPING || !isPurposeCritical) {
    return 'is not meant for time-stamping alone, as a critical purpose';
  }
  if (keyUsage?.some((usage) => usage === 'digitalSignature' || usage === 'nonRepudiation') === false) {
    return 'is not meant for signatures: its key usage names neither digital signature nor non-repudiation';
  }
  if (unknownCritical.length > 0) return `has the unknown critical extension ${unknownCritical.join(', ')}`;
  return undefined;
}
