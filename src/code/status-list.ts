/**
 * Status lists: what became of attestations, two bits each, signed and short enough to be kept on a telephone (Token
 * Status List, draft-ietf-oauth-status-list). Without any API of Node, so that a page in a browser can read them.
 */
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { isEs256, type PublicCodeKey } from './public-key.ts';

/** What a list says of an attestation. */
export type ListedStatus = 'valid' | 'revoked' | 'superseded';

/** `INVALID` of the draft is revoked; superseded is its `APPLICATION_SPECIFIC`; `SUSPENDED` (2) never occurs. */
const VALUES: Readonly<Record<ListedStatus, number>> = { valid: 0, revoked: 1, superseded: 3 };

/** Entries of one list: 16 KiB before compression. */
export const LIST_SIZE = 65_536;
const BITS = 2;
const PER_BYTE = 8 / BITS;

/** Where one attestation stands. */
export interface StatusPlace {
  readonly list: number;
  readonly index: number;
}

/** One entry that is not `valid`. */
export interface StatusEntry {
  readonly index: number;
  readonly status: ListedStatus;
}

/**
 * Gives the place of an attestation by its sequence number: lists fill one after the other, and inside a list the
 * order is shuffled with a key, so that an index tells nothing of before and after. A Feistel network of four rounds
 * over 16 bits is a permutation, so no two numbers meet.
 */
export function placeOf(sequence: bigint, shuffle: (text: string) => Uint8Array): StatusPlace {
  const list = Number(sequence / BigInt(LIST_SIZE));
  let [left, right] = [Number((sequence >> 8n) & 255n), Number(sequence & 255n)];
  for (let round = 0; round < 4; round += 1)
    [left, right] = [right, left ^ (shuffle(`${list}/${round}/${right}`)[0] ?? 0)];
  return { list, index: left * 256 + right };
}

/** Writes the bits of a list: the first entry in the lowest bits of the first byte (draft §4.1). */
export function writeBits(entries: readonly StatusEntry[]): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(LIST_SIZE / PER_BYTE);
  for (const { index, status } of entries) {
    const at = Math.floor(index / PER_BYTE);
    bits[at] = (bits[at] ?? 0) | (VALUES[status] << (BITS * (index % PER_BYTE)));
  }
  return bits;
}

/** A list as it is signed (draft §5.1). */
export interface StatusListClaims {
  /** The address of the list. */
  readonly subject: string;
  readonly issuedAt: Date;
  /** After this it must not be used any more. */
  readonly expiresAt: Date;
  /** Seconds after which a new one should be asked for. */
  readonly secondsToLive: number;
}

/** The media type of a list, and its `typ` without `application/`. */
export const STATUS_LIST_TYPE = 'application/statuslist+jwt';

/** Writes and signs a list as JWT with ES256; `bits` are compressed (zlib, RFC 1950). */
export async function writeStatusList(
  claims: StatusListClaims,
  bits: Uint8Array<ArrayBuffer>,
  signer: { readonly keyId: Uint8Array; sign(data: Uint8Array): Promise<Uint8Array> },
): Promise<string> {
  const header = { alg: 'ES256', typ: 'statuslist+jwt', kid: toBase64Url(signer.keyId) };
  const payload = {
    sub: claims.subject,
    iat: Math.floor(claims.issuedAt.getTime() / 1000),
    exp: Math.floor(claims.expiresAt.getTime() / 1000),
    ttl: claims.secondsToLive,
    status_list: { bits: BITS, lst: toBase64Url(await pipe(bits, new CompressionStream('deflate'))) },
  };
  const signed = [header, payload].map((part) => toBase64Url(utf8(JSON.stringify(part)))).join('.');
  return `${signed}.${toBase64Url(await signer.sign(utf8(signed)))}`;
}

/** A list whose signature and time were found right. */
export interface StatusList {
  readonly subject: string;
  readonly issuedAt: Date;
  /** What it says of an index; undefined outside the list, and for a value that is not ours. */
  statusAt(index: number): ListedStatus | undefined;
}

/** Reads a list and checks its signature and time; undefined when it is none, not signed by these keys, or too old. */
export async function readStatusList(
  token: string,
  keys: readonly PublicCodeKey[],
  at: Date,
): Promise<StatusList | undefined> {
  const [head = '', body = '', signature = '', ...more] = token.trim().split('.');
  const [header, payload] = [readJson(head), readJson(body)];
  if (more.length > 0 || header?.['alg'] !== 'ES256' || header['typ'] !== 'statuslist+jwt') return undefined;
  const key = keys.find(({ keyId }) => keyId === header['kid']);
  const value = fromBase64Url(signature);
  if (key === undefined || value === undefined) return undefined;
  if (!(await isEs256(key, utf8(`${head}.${body}`), value))) return undefined;
  const { sub, iat, exp, status_list: list } = payload ?? {};
  if (typeof sub !== 'string' || typeof iat !== 'number') return undefined;
  if (typeof exp === 'number' && exp * 1000 <= at.getTime()) return undefined;
  const bits = await readBits(list);
  if (bits === undefined) return undefined;
  return {
    subject: sub,
    issuedAt: new Date(iat * 1000),
    statusAt: (index) => {
      const byte = bits[Math.floor(index / PER_BYTE)];
      const found = byte === undefined ? undefined : (byte >> (BITS * (index % PER_BYTE))) & 3;
      return STATUSES.find((status) => VALUES[status] === found);
    },
  };
}

const STATUSES = ['valid', 'revoked', 'superseded'] as const;

async function readBits(list: unknown): Promise<Uint8Array | undefined> {
  if (typeof list !== 'object' || list === null || !('bits' in list) || !('lst' in list)) return undefined;
  const compressed = list.bits === BITS && typeof list.lst === 'string' ? fromBase64Url(list.lst) : undefined;
  return compressed && pipe(compressed, new DecompressionStream('deflate')).catch(() => undefined);
}

function readJson(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(part)));
    // Whatever else an object has, its keys are texts.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
