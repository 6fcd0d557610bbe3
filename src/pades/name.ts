/** Distinguished names of X.509, written for people. */

import { TAG } from './der.ts';
import { type Element, MalformedDer, ofTag, readChildren, readOid, readSequence } from './der-reader.ts';

/**
 * The attributes shown, with their short names (RFC 4514 §3; 2.5.4.97 is organizationIdentifier of ETSI EN 319 412-1).
 * `serialNumber`, given name and surname are left out: in a personal certificate of Belgium they are the SSIN and the person.
 */
const SHOWN: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.97': 'organizationIdentifier',
  '2.5.4.11': 'OU',
  '2.5.4.10': 'O',
  '2.5.4.6': 'C',
};

/** No name is shown beyond this; longer ones only waste the reader's page. */
const MAX_SHOWN = 300;

/** Gives a Name (RFC 5280 §4.1.2.4) as `CN=…, O=…, C=…`, in the order of the certificate. Throws `MalformedDer`. */
export function describeName(name: Element): string {
  const shown: string[] = [];
  for (const relative of readSequence(name)) {
    for (const attribute of readChildren(ofTag(relative, TAG.set))) {
      const [type, value, ...others] = readSequence(attribute);
      if (value === undefined || others.length > 0) throw new MalformedDer('a name attribute is no pair');
      const label = SHOWN[readOid(type)];
      if (label !== undefined) shown.push(`${label}=${readText(value)}`);
    }
  }
  return shown.join(', ').slice(0, MAX_SHOWN);
}

const BMP_STRING = 0x1e;

function readText(value: Element): string {
  return decode(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
}

function decode({ tag, content }: Element): string {
  if (tag === BMP_STRING && content.length % 2 === 0)
    return Buffer.from(content).swap16().toString('utf16le');
  return content.toString(tag === TAG.utf8String ? 'utf8' : 'latin1');
}
