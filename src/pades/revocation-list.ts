/** Reads certificate revocation lists (RFC 5280 §5). */
import type { Certificate } from './certificate.ts';
import { TAG } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readBitString,
  readBoolean,
  readInteger,
  readOnly,
  readSequence,
  readTime,
} from './der-reader.ts';
import { keepLatest } from './kept.ts';
import { isSignedBy } from './signed.ts';

export interface RevocationList {
  /** The whole list, DER. */
  readonly der: Buffer;
  /** Name, DER. */
  readonly issuer: Buffer;
  readonly tbs: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Whether it covers all certificates of its issuer: critical extensions may say otherwise (§5.2). */
  readonly isComplete: boolean;
  /** Serial number in upper-case hexadecimal → since when. */
  readonly revoked: ReadonlyMap<string, Date>;
}

/** Lists may be long and are asked for each document: each is read once. */
const known = new WeakMap<Buffer, RevocationList>();

/** The documents of a day carry the same few. */
const keptList = keepLatest(100, readList);

/** Reads one list from DER; the same buffer is read once, and a short list with the same bytes. Throws `MalformedDer`. */
export function parseRevocationList(der: Buffer): RevocationList {
  const list = known.get(der) ?? keptList(der);
  known.set(der, list);
  return list;
}

/** Tells whether a list is one that this authority signed and may sign. */
export function isListOf(list: RevocationList, issuer: Certificate): boolean {
  return (
    list.issuer.equals(issuer.subject) &&
    issuer.keyUsage?.includes('cRLSign') !== false &&
    isSignedBy(list, issuer.publicKeyInfo)
  );
}

const EXTENSIONS = 0xa0;

function readList(der: Buffer): RevocationList {
  const [tbs, signatureAlgorithm, signature] = readSequence(readOnly(der));
  // The version is optional; without it the list is of version 1.
  const fields = readSequence(tbs).filter((field, at) => at > 0 || field.tag !== TAG.integer);
  const [algorithm, issuer, thisUpdate, nextUpdate, ...optional] = fields;
  if (signatureAlgorithm === undefined || algorithm?.raw.equals(signatureAlgorithm.raw) !== true) {
    throw new MalformedDer('a revocation list names two signature algorithms');
  }
  const entries = optional.find((field) => field.tag === TAG.sequence);
  const extensions = optional.find((field) => field.tag === EXTENSIONS);
  return {
    der,
    issuer: ofTag(issuer, TAG.sequence).raw,
    tbs: ofTag(tbs, TAG.sequence).raw,
    signatureAlgorithm: signatureAlgorithm.raw,
    signature: readBitString(signature),
    thisUpdate: readTime(thisUpdate),
    nextUpdate: readTime(nextUpdate),
    isComplete: extensions === undefined || !readSequence(readOnly(extensions.content)).some(isCritical),
    revoked: new Map(entries === undefined ? [] : readSequence(entries).map(readEntry)),
  };
}

function readEntry(entry: Element): [serialNumber: string, since: Date] {
  const [serial, since] = readSequence(entry);
  return [readInteger(serial).toString('hex').toUpperCase(), readTime(since)];
}

function isCritical(extension: Element): boolean {
  const second = readSequence(extension)[1];
  return second?.tag === TAG.boolean && readBoolean(second);
}
