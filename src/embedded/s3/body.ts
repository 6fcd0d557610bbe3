/** Takes in the body of a request and gives it to a sink; nothing counts before every promise made of it was checked. */
import { createHash } from 'node:crypto';
import {
  type Checksum,
  type ChecksumClaim,
  checksumHeader,
  checkValue,
  createDigest,
  parseChecksumClaim,
} from './checksum.ts';
import { decodeChunks } from './chunked.ts';
import { Refusal } from './refusal.ts';
import type { S3Request } from './request.ts';
import type { Authentication } from './signature.ts';

/** A body that arrived whole and kept all promises. */
export interface ReceivedBody {
  readonly size: number;
  /** The ETag of what was stored in one piece: its MD5, hexadecimal, unless something else was asked for. */
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  /** Whether `Content-MD5` or a checksum vouched for it, which S3 demands for some requests. */
  readonly isVouchedFor: boolean;
}

/** One body, read at most once. */
export interface BodySource {
  readonly request: S3Request;
  readonly authentication: Authentication;
  /** Asks the client to go on where it waits for that (`Expect: 100-continue`). */
  proceed(): void;
}

type Sink = (chunk: Buffer) => void | Promise<void>;

/**
 * What `etag` may be of a body that its SHA-256 vouches for. An ETag need not be an MD5 (S3 says so itself), and one with
 * a dash is taken for none; so that the body is not hashed a second time for nothing but a name.
 */
export type Tagging = 'md5' | 'anyHash';

/**
 * Reads the body to its end. `limit` is the most bytes it may decode to. Throws, in the order found: what is wrong
 * with the headers (before the first byte), `EntityTooLarge`, `IncompleteBody`, `SignatureDoesNotMatch` (of a chunk),
 * `XAmzContentSHA256Mismatch`, `BadDigest`.
 */
export async function receiveBody(
  source: BodySource,
  limit: number,
  sink: Sink,
  tagging: Tagging = 'md5',
): Promise<ReceivedBody> {
  const { request, authentication } = source;
  const { payload } = authentication;
  const announced = announcedLength(source);
  if (announced > limit) throw new Refusal('EntityTooLarge');
  const claim = parseChecksumClaim(request.headers);
  const contentMd5 = parseContentMd5(request.headers.get('content-md5'));
  checkTrailerClaim(source, claim);
  const sha256 = payload.kind === 'hash' ? createHash('sha256') : undefined;
  // Who sends the SHA-256 twice, as what is signed and as what is kept, has it computed once.
  const isSameHash = sha256 !== undefined && claim?.algorithm === 'sha256';
  const digest = claim && !isSameHash ? createDigest(claim.algorithm) : undefined;
  const isTaggedBySha256 = isSameHash && tagging === 'anyHash' && contentMd5 === undefined;
  const md5 = isTaggedBySha256 ? undefined : createHash('md5');
  let size = 0;
  const take: Sink = (chunk) => {
    size += chunk.length;
    if (size > announced) throw new Refusal('IncompleteBody');
    md5?.update(chunk);
    sha256?.update(chunk);
    digest?.update(chunk);
    return sink(chunk);
  };
  const trailer = await readBody(source, take);
  // All is here: from now on it is the client who waits, as long as the work takes.
  request.message.socket.setTimeout(0);
  if (size !== announced) throw new Refusal('IncompleteBody');
  const hashed = sha256?.digest();
  if (payload.kind === 'hash' && hashed?.toString('hex') !== payload.sha256) {
    throw new Refusal('XAmzContentSHA256Mismatch');
  }
  const bytes = md5?.digest();
  if (contentMd5 !== undefined && bytes?.equals(contentMd5) !== true) throw new Refusal('BadDigest');
  // A trailer nobody announced would go unchecked.
  if (trailer.size > (claim !== undefined && claim.value === undefined ? 1 : 0)) {
    throw new Refusal('MalformedTrailerError');
  }
  const computed = isSameHash ? hashed : digest?.digest();
  const checksum = claim && computed && finishChecksum(claim, computed.toString('base64'), trailer);
  return {
    size,
    etag: bytes?.toString('hex') ?? `${hashed?.toString('hex', 0, 16)}-1`,
    checksum,
    isVouchedFor: contentMd5 !== undefined || checksum !== undefined,
  };
}

/** Reads a short body whole, for the requests that send XML or nothing (`limit` 0). */
export async function receiveText(source: BodySource, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  await receiveBody(source, limit, (chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString('utf8');
}

async function readBody(source: BodySource, take: Sink): Promise<ReadonlyMap<string, string>> {
  const { request, authentication } = source;
  source.proceed();
  // Not destroyed on a refusal: the answer still has to go out on the same socket.
  const chunks: AsyncIterableIterator<Buffer> = request.message.iterator({ destroyOnReturn: false });
  if (authentication.payload.kind === 'chunked') {
    return decodeChunks(chunks, authentication.payload.isSigned ? authentication : undefined, take);
  }
  for await (const chunk of chunks) {
    const taken = take(chunk);
    // Most of what is taken is gathered only, which needs no turn.
    if (taken !== undefined) await taken;
  }
  return new Map();
}

/** The length of the decoded body. Throws `MissingContentLength` or `InvalidRequest`. */
function announcedLength({ request, authentication }: BodySource): number {
  const { headers } = request;
  const isChunked = authentication.payload.kind === 'chunked';
  if (!isChunked && /\baws-chunked\b/i.test(headers.get('content-encoding') ?? '')) {
    throw new Refusal('InvalidRequest', 'aws-chunked needs a STREAMING- value of x-amz-content-sha256.');
  }
  const isTransferChunked = headers.has('transfer-encoding');
  const text = headers.get(isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined) {
    // Neither length nor encoding: HTTP says that there is no body (RFC 9112 §6.3).
    if (!isChunked && !isTransferChunked && request.method !== 'PUT' && request.method !== 'POST') return 0;
    throw new Refusal('MissingContentLength');
  }
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('InvalidArgument', 'The length is not readable.');
  return Number(text);
}

function checkTrailerClaim({ request, authentication }: BodySource, claim: ChecksumClaim | undefined): void {
  const { payload } = authentication;
  const hasTrailer = payload.kind === 'chunked' && payload.hasTrailer;
  if (request.headers.has('x-amz-trailer') !== hasTrailer || (hasTrailer && claim === undefined)) {
    throw new Refusal('InvalidRequest', 'x-amz-trailer and x-amz-content-sha256 do not agree.');
  }
}

function finishChecksum(
  claim: ChecksumClaim,
  computed: string,
  trailer: ReadonlyMap<string, string>,
): Checksum {
  const value = claim.value ?? trailer.get(checksumHeader(claim.algorithm));
  if (value === undefined) throw new Refusal('MalformedTrailerError');
  if (checkValue(claim.algorithm, value) !== computed) throw new Refusal('BadDigest');
  return { algorithm: claim.algorithm, value, type: 'FULL_OBJECT' };
}

function parseContentMd5(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) throw new Refusal('InvalidDigest');
  return bytes;
}
