/** Looks certificates up in revocation lists (RFC 5280 §5) that the caller holds; nothing is ever fetched. */
import { ServiceError } from '../errors.ts';
import { isSignature } from '../pades/algorithm.ts';
import type { Certificate } from '../pades/certificate.ts';
import { TAG } from '../pades/der.ts';
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
} from '../pades/der-reader.ts';

/** What the lists say of a certificate: `unknown` when none of its issuer is complete and still current. */
export type Revocation = 'good' | 'revoked' | 'unknown';

interface RevocationList {
  readonly issuer: Buffer;
  readonly tbs: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
  readonly nextUpdate: Date;
  /** Whether it covers all certificates of its issuer: critical extensions may say otherwise (§5.2). */
  readonly isComplete: boolean;
  /** Serial number in upper-case hexadecimal → since when. */
  readonly revoked: ReadonlyMap<string, Date>;
}

/**
 * Tells whether a certificate was revoked at a moment. Only a list that its issuer signed counts; a revocation counts for
 * good, its absence only until the list's next update. Throws `configurationInvalid` when a list cannot be read.
 */
export function findRevocation(
  certificate: Certificate,
  issuer: Certificate,
  crls: readonly Buffer[],
  at: Date,
): Revocation {
  const lists = crls.map(readList).filter((list) => isListOf(list, issuer));
  const since = lists.map((list) => list.revoked.get(certificate.serialNumber));
  if (since.some((date) => date !== undefined && date <= at)) return 'revoked';
  return lists.some((list) => list.isComplete && at <= list.nextUpdate) ? 'good' : 'unknown';
}

function isListOf(list: RevocationList, issuer: Certificate): boolean {
  return (
    list.issuer.equals(issuer.subject) &&
    issuer.keyUsage?.includes('cRLSign') !== false &&
    isSignature(issuer.publicKeyInfo, list.signatureAlgorithm, list.tbs, list.signature)
  );
}

/** Lists may be long and are asked for each document: each is read once. */
const known = new WeakMap<Buffer, RevocationList>();

function readList(crl: Buffer): RevocationList {
  const kept = known.get(crl);
  if (kept !== undefined) return kept;
  try {
    const list = parseList(crl);
    known.set(crl, list);
    return list;
  } catch (cause) {
    if (!(cause instanceof MalformedDer)) throw cause;
    throw new ServiceError('configurationInvalid', 'a certificate revocation list cannot be read', { cause });
  }
}

const EXTENSIONS = 0xa0;

function parseList(crl: Buffer): RevocationList {
  const [tbs, signatureAlgorithm, signature] = readSequence(readOnly(crl));
  // The version is optional; without it the list is of version 1.
  const fields = readSequence(tbs).filter((field, at) => at > 0 || field.tag !== TAG.integer);
  const [algorithm, issuer, , nextUpdate, ...optional] = fields;
  if (signatureAlgorithm === undefined || algorithm?.raw.equals(signatureAlgorithm.raw) !== true) {
    throw new MalformedDer('a revocation list names two signature algorithms');
  }
  const entries = optional.find((field) => field.tag === TAG.sequence);
  const extensions = optional.find((field) => field.tag === EXTENSIONS);
  return {
    issuer: ofTag(issuer, TAG.sequence).raw,
    tbs: ofTag(tbs, TAG.sequence).raw,
    signatureAlgorithm: signatureAlgorithm.raw,
    signature: readBitString(signature),
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
