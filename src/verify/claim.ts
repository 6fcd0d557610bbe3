/** Tells in whose name a file was sealed, or pretends to be: said of it even where the seal itself cannot be read. */
import { parseCertificate } from '../pades/certificate.ts';

/**
 * Tells whether a file carries a seal in the name of the holder of `certificate` (DER). It proves nothing: anybody can
 * write a name. But what carries ours and has no seal of ours that holds was altered, or made to deceive.
 */
export function isInNameOf(pdf: Buffer, certificate: Buffer): boolean {
  const { subject } = parseCertificate(certificate);
  // A signature value stands in a PDF as hexadecimal, in either case, or as it is.
  const hexadecimal = subject.toString('hex');
  const forms = [subject, Buffer.from(hexadecimal), Buffer.from(hexadecimal.toUpperCase())];
  return forms.some((form) => pdf.includes(form));
}
