/** Reads the extensions of a certificate that decide what it may be used for (RFC 5280 §4.2). */

import { TAG } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readBoolean,
  readChildren,
  readNumber,
  readOid,
  readOnly,
  readSequence,
} from './der-reader.ts';

/** The key usages that matter here, by their bit (RFC 5280 §4.2.1.3). */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

export interface Extensions {
  /** Undefined when the certificate does not restrict its key. */
  readonly keyUsage?: readonly KeyUsage[];
  /** Object identifiers; undefined when the certificate does not restrict its purposes. */
  readonly extendedKeyUsage?: readonly string[];
  /** Whether the purposes are a critical extension, as RFC 3161 §2.3 wants it of time-stamping authorities. */
  readonly isPurposeCritical: boolean;
  readonly isCa: boolean;
  /** How many CA certificates may follow this one in a chain; undefined for no limit. */
  readonly pathLength?: number;
  /** Object identifiers of the certificate policies. */
  readonly policies: readonly string[];
  readonly ocspUrls: readonly string[];
  /** Where the issuer's certificate can be fetched. */
  readonly issuerUrls: readonly string[];
  readonly crlUrls: readonly string[];
  /** Critical extensions this reader does not know: whoever relies on the certificate must refuse it (§4.2). */
  readonly unknownCritical: readonly string[];
}

/** An extension read: its part of the result. */
type Reading = Partial<Extensions>;

const EXTENDED_KEY_USAGE = '2.5.29.37';

const READERS: Readonly<Record<string, (value: Element) => Reading>> = {
  '2.5.29.15': readKeyUsage,
  '2.5.29.19': readBasicConstraints,
  '2.5.29.31': (value) => ({ crlUrls: readSequence(value).flatMap(readDistributionPoint) }),
  '2.5.29.32': (value) => ({
    policies: readSequence(value).map((policy) => readOid(readSequence(policy)[0])),
  }),
  [EXTENDED_KEY_USAGE]: (value) => ({ extendedKeyUsage: readSequence(value).map(readOid) }),
  '1.3.6.1.5.5.7.1.1': readAuthorityInformation,
};

/** Reads the elements of Extensions. Throws `MalformedDer`, also when an extension stands twice (§4.2). */
export function readExtensions(extensions: readonly Element[]): Extensions {
  const seen = new Set<string>();
  const unknownCritical: string[] = [];
  let found: Reading = {};
  let isPurposeCritical = false;
  for (const extension of extensions) {
    const [id, ...others] = readSequence(extension);
    const type = readOid(id);
    if (seen.has(type)) throw new MalformedDer(`extension ${type} stands twice`);
    seen.add(type);
    const value = ofTag(others.at(-1), TAG.octetString).content;
    const isCritical = others.length > 1 && readBoolean(others[0]);
    if (type === EXTENDED_KEY_USAGE) isPurposeCritical = isCritical;
    const read = READERS[type];
    if (read !== undefined) found = { ...found, ...read(readOnly(value)) };
    else if (isCritical) unknownCritical.push(type);
  }
  const none = { isCa: false, policies: [], ocspUrls: [], issuerUrls: [], crlUrls: [] };
  return { ...none, ...found, isPurposeCritical, unknownCritical };
}

function readKeyUsage(value: Element): Reading {
  const bits = ofTag(value, TAG.bitString).content;
  return { keyUsage: KEY_USAGES.filter((_, bit) => ((bits[1] ?? 0) & (0x80 >> bit)) !== 0) };
}

function readBasicConstraints(value: Element): Reading {
  const [first, second] = readSequence(value);
  const isCa = first !== undefined && readBoolean(first);
  return second === undefined ? { isCa } : { isCa, pathLength: readNumber(second) };
}

const OCSP = '1.3.6.1.5.5.7.48.1';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

function readAuthorityInformation(value: Element): Reading {
  const places = readSequence(value).map((description) => readSequence(description));
  const urlsOf = (method: string) =>
    places.filter(([id]) => readOid(id) === method).flatMap(([, place]) => urlOf(place));
  return { ocspUrls: urlsOf(OCSP), issuerUrls: urlsOf(CA_ISSUERS) };
}

const DISTRIBUTION_POINT_NAME = 0xa0;
const FULL_NAME = 0xa0;

function readDistributionPoint(point: Element): string[] {
  const name = readSequence(point).find((part) => part.tag === DISTRIBUTION_POINT_NAME);
  if (name === undefined) return [];
  const full = readOnly(name.content);
  return full.tag === FULL_NAME ? readChildren(full).flatMap(urlOf) : [];
}

/** GeneralName of the form uniformResourceIdentifier [6]; other forms name no address. */
const URI = 0x86;

function urlOf(name: Element | undefined): string[] {
  return name?.tag === URI ? [name.content.toString('latin1')] : [];
}
