/**
 * The offline form of the code printed on a document: what is attested in short, signed, as text for a QR code. Its
 * form is described in the README beside this file. Without any API of Node, so that a page in a browser can read it.
 */
import { encode } from 'cborg';
import { decodeBase45, encodeBase45 } from './base45.ts';
import { readCbor, readSign1, type Sign1, toBeSigned, writeProtectedHeader, writeSign1 } from './cose.ts';

/** What the offline form says of an attestation: enough to compare with the paper and with who shows it. */
export interface OfflineClaims {
  /** The enterprise number of the issuer. */
  readonly issuer: string;
  /** Whole seconds. */
  readonly issuedAt: Date;
  /** Until when the code may be relied on; whole seconds. */
  readonly expiresAt: Date;
  /** The attestation number. */
  readonly number: string;
  /** The id of the attestation type. */
  readonly type: string;
  /** Of the person: given name, then family name, as in `A.P.` */
  readonly initials: string;
  readonly birthYear: number;
  /** First and last day attested, `yyyy-MM-dd`, without `until` where it is still open; undefined where there are none. */
  readonly period: { readonly from: string; readonly until?: string } | undefined;
  /** Where in the status lists the attestation stands. */
  readonly status: { readonly list: number; readonly index: number };
}

/** An offline code that was read: its signature is still to be checked. */
export interface OfflineCode extends Sign1 {
  readonly claims: OfflineClaims;
}

/** Begins every offline code: attestation, form 1. */
export const OFFLINE_PREFIX = 'EBA1:';

/** Signs bytes with ES256 (SHA-256) and gives r and s, 64 bytes. */
export interface Es256Signer {
  readonly keyId: Uint8Array;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** Claims of a CBOR Web Token (RFC 8392 §4), and one of our own from the range for private use. */
const ISSUER = 1;
const EXPIRES_AT = 4;
const ISSUED_AT = 6;
const ATTESTATION = -65_537;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Writes and signs an offline code. */
export async function writeOfflineCode(claims: OfflineClaims, signer: Es256Signer): Promise<string> {
  const unsigned = { protectedHeader: writeProtectedHeader(signer.keyId), payload: writeClaims(claims) };
  const signature = await signer.sign(toBeSigned(unsigned));
  return OFFLINE_PREFIX + encodeBase45(writeSign1({ ...unsigned, signature }));
}

/** Tells whether a text is meant as an offline code. */
export function isOfflineCode(text: string): boolean {
  return text.trimStart().startsWith(OFFLINE_PREFIX);
}

/**
 * Reads an offline code as it was scanned, or pasted with line breaks; undefined when it is none. A blank is a character
 * of Base45, but never the last one, so nothing is lost where a text is trimmed.
 */
export function readOfflineCode(text: string): OfflineCode | undefined {
  if (!isOfflineCode(text)) return undefined;
  const code = text
    .trimStart()
    .slice(OFFLINE_PREFIX.length)
    .replace(/[\r\n\t]/g, '');
  const bytes = decodeBase45(code);
  const sign1 = bytes && readSign1(bytes);
  const claims = sign1 && readClaims(readCbor(sign1.payload));
  return claims && { ...sign1, claims };
}

function writeClaims(claims: OfflineClaims): Uint8Array {
  const { period, status } = claims;
  return encode(
    new Map<number, unknown>([
      [ISSUER, claims.issuer],
      [EXPIRES_AT, toSeconds(claims.expiresAt)],
      [ISSUED_AT, toSeconds(claims.issuedAt)],
      [
        ATTESTATION,
        [
          claims.number,
          claims.type,
          claims.initials,
          claims.birthYear,
          period === undefined ? null : toDay(period.from),
          period?.until === undefined ? null : toDay(period.until),
          status.list,
          status.index,
        ],
      ],
    ]),
  );
}

function readClaims(payload: unknown): OfflineClaims | undefined {
  if (!(payload instanceof Map)) return undefined;
  const [issuer, expiresAt, issuedAt] = [ISSUER, EXPIRES_AT, ISSUED_AT].map((key): unknown =>
    payload.get(key),
  );
  const about: unknown = payload.get(ATTESTATION);
  if (!Array.isArray(about) || about.length !== 8) return undefined;
  const [number, type, initials, birthYear, from, until, list, index] = about as readonly unknown[];
  if (!isText(issuer) || !isText(number) || !isText(type) || !isText(initials)) return undefined;
  if (!isCount(expiresAt) || !isCount(issuedAt) || !isCount(birthYear)) return undefined;
  if (!isCount(list) || !isCount(index)) return undefined;
  if (!isDayOrNone(from) || !isDayOrNone(until) || (from === null && until !== null)) return undefined;
  return {
    issuer,
    issuedAt: new Date(issuedAt * 1000),
    expiresAt: new Date(expiresAt * 1000),
    number,
    type,
    initials,
    birthYear,
    period:
      from === null ? undefined : { from: fromDay(from), ...(until !== null && { until: fromDay(until) }) },
    status: { list, index },
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 64;
}

/** No count of ours, not even seconds, needs more than 40 bits; a date made of it is always one. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 40;
}

/** Up to the end of the year 9999. */
function isDayOrNone(value: unknown): value is number | null {
  return value === null || (isCount(value) && value < 2_932_897);
}

function toSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

/** Days since 1 January 1970: three bytes instead of eleven. */
function toDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

function fromDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
