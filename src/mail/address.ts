/** The addresses we send mail to: one plain mailbox, nothing that a mail server could read as two. */
import { domainToASCII } from 'node:url';

/** An address that passed `parseMailAddress`: ASCII, the domain in lower case. */
export type MailAddress = string & { readonly __mailAddress: never };

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
/** Dot-string of RFC 5321 §4.1.2; quoted local parts are not taken, for they may hold separators. */
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`);
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads an address such as `an.peeters@example.be`; undefined when it is none (RFC 5321 §4.1.2, §4.5.3.1).
 * A domain with other letters than ASCII is written in its ASCII form (RFC 5890); address literals are refused.
 */
export function parseMailAddress(text: string): MailAddress | undefined {
  const at = text.lastIndexOf('@');
  const localPart = text.slice(0, at);
  if (at < 1 || at > 64 || !LOCAL_PART.test(localPart)) return undefined;
  const domainText = text.slice(at + 1);
  // The conversion drops some characters and reads others as separators; only letters may need it.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domainText)) return undefined;
  const domain = domainToASCII(domainText);
  const labels = domain.split('.');
  const isDomain = labels.length > 1 && labels.every((label) => LABEL.test(label));
  if (!isDomain || /^\d+$/.test(labels.at(-1) ?? '')) return undefined;
  const address = `${localPart}@${domain}`;
  return address.length <= 254 ? (address as MailAddress) : undefined;
}
