/** Reads a request line and its headers into bucket, key, query and headers, before anything is believed. */
import type { IncomingMessage } from 'node:http';
import { isChecksumOfNothing } from './checksum.ts';
import { Refusal } from './refusal.ts';

export interface S3Request {
  readonly method: string;
  /** The path as it came, still percent-encoded. */
  readonly path: string;
  readonly bucket: string | undefined;
  /** Decoded; never a file path. */
  readonly key: string | undefined;
  /** Decoded parameters in their order; what S3 calls subresources are parameters with an empty value. */
  readonly query: ReadonlyMap<string, string>;
  /**
   * Header names in lower case, repeated headers joined by a comma. `x-amz-` parameters of a presigned URL count as
   * headers, as the SDK moves them there.
   */
  readonly headers: ReadonlyMap<string, string>;
  /** The names of the headers that really came as headers. */
  readonly headerNames: ReadonlySet<string>;
  readonly message: IncomingMessage;
}

/** The longest key, in bytes of UTF-8. */
const KEY_BYTES = 1024;

/** Reads a request. Throws `InvalidURI`, `InvalidBucketName`, `InvalidArgument` (a parameter twice) or `KeyTooLongError`. */
export function parseRequest(message: IncomingMessage): S3Request {
  const [path = '', search = ''] = splitOnce(message.url ?? '', '?');
  // A proxy's absolute form has no place here, and no `#` ever reaches a server.
  if (!path.startsWith('/')) throw new Refusal('InvalidURI');
  const [rawBucket = '', rawKey = ''] = splitOnce(path.slice(1), '/');
  const bucket = rawBucket === '' ? undefined : decodePart(rawBucket);
  const key = rawKey === '' ? undefined : decodePart(rawKey);
  if (bucket !== undefined && !isBucketName(bucket)) throw new Refusal('InvalidBucketName');
  if (key !== undefined) checkKey(key);
  const query = parseQuery(search);
  const headers = new Map(
    Object.entries(message.headersDistinct).map(([name, values = []]) => [name, values.join(',')]),
  );
  const headerNames = new Set(headers.keys());
  if (query.has('X-Amz-Signature')) liftParameters(query, headers);
  return { method: message.method ?? '', path, bucket, key, query, headers, headerNames, message };
}

/** Splits `bucket/key` as `x-amz-copy-source` writes it (percent-encoded, `?versionId=` after it). Throws `InvalidArgument`. */
export function parseCopySource(text: string): {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
} {
  const [path = '', search = ''] = splitOnce(text.replace(/^\//, ''), '?');
  const [bucket = '', key = ''] = splitOnce(decodePart(path), '/');
  if (!isBucketName(bucket) || key === '')
    throw new Refusal('InvalidArgument', 'The copy source is not readable.');
  checkKey(key);
  return { bucket, key, versionId: parseQuery(search).get('versionId') };
}

/** Tells whether a text may name a bucket; such a text is also a safe folder name. */
export function isBucketName(text: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) &&
    !text.includes('..') &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(text)
  );
}

/** Tells whether a text can travel in a header (RFC 9110 §5.5). */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Percent-encodes as SigV4 does: everything but `A-Z a-z 0-9 - . _ ~`, with `/` kept where `keepSlash` says so. */
export function uriEncode(text: string, keepSlash: boolean): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return keepSlash ? encoded.replaceAll('%2F', '/') : encoded;
}

/** Decodes `%XX`. Throws `InvalidURI` where the bytes are no UTF-8. */
function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new Refusal('InvalidURI', undefined, { cause });
  }
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > KEY_BYTES) throw new Refusal('KeyTooLongError');
}

function parseQuery(search: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of search.split('&').filter((text) => text !== '')) {
    const [name = '', value = ''] = splitOnce(pair.replaceAll('+', ' '), '=');
    const decoded = decodePart(name);
    // Two values would let a signature cover the one and the server use the other.
    if (query.has(decoded)) throw new Refusal('InvalidArgument', 'A query parameter stands twice.');
    query.set(decoded, decodePart(value));
  }
  return query;
}

/** Parameters read where the signature is checked, and the name of an algorithm, which says nothing without a value. */
const UNLIFTED =
  /^(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)|x-amz-sdk-checksum-algorithm)$/;

function liftParameters(query: Map<string, string>, headers: Map<string, string>): void {
  for (const [name, value] of query) {
    if (!/^x-amz-/i.test(name) || UNLIFTED.test(name)) continue;
    const header = name.toLowerCase();
    // The SDK signs URLs before there is a body and then adds the checksum of none; any other value is meant.
    if (isChecksumOfNothing(header, value)) continue;
    if (!isHeaderValue(value)) throw new Refusal('InvalidArgument', 'A parameter cannot stand for a header.');
    if (headers.has(header) && headers.get(header) !== value) {
      throw new Refusal('InvalidArgument', 'A header and a query parameter contradict each other.');
    }
    headers.set(header, value);
  }
}

function splitOnce(text: string, separator: string): [string] | [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
