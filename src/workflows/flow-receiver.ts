/** The certificate that a receiver wants files encrypted to. */
import { defectOfReceiverKey } from '../keys/receiver-key.ts';
import { parseCertificate } from '../pades/certificate.ts';

/** Says what keeps a certificate (DER) from being used at a moment; undefined for one that can be. */
export function defectOfCertificate(der: Buffer, now: Date): string | undefined {
  try {
    const { notBefore, notAfter, publicKeyInfo } = parseCertificate(der);
    if (now < notBefore || now > notAfter) return 'is not valid today';
    return defectOfReceiverKey(publicKeyInfo);
  } catch {
    return 'is no X.509 certificate of version 3';
  }
}
