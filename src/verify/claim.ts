/** Tells in whose name a file was sealed, or pretends to be: said of it even where the seal itself cannot be read. */
import { parseCertificate } from '../pades/certificate.ts';

/**
 * Tells whether a file carries a seal in the name of the holder of `certificate` (DER). It proves nothing: anybody can
 * write a name. But what carries ours and has no seal of ours that holds was altered, or made to deceive.
 */
export function isInNameOf(pdf: Buffer, certificate: Buffer): boolean {
  const { subject } = parseCertificate(certificate);
  if (pdf.includes(subject)) return true;
  // A signature value stands in a PDF as hexadecimal, each digit in either case; one byte is one character.
  return pdf.toString('latin1').toLowerCase().includes(subject.toString('hex'));
}
