/** AWS Signature Version 4 as S3 checks it: in the Authorization header, or in the query of a presigned URL. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal, type RefusalCode } from './refusal.ts';
import { type S3Request, uriEncode } from './request.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** What the client vouched for of its body. */
export type PayloadClaim =
  | { readonly kind: 'hash'; readonly sha256: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'chunked'; readonly isSigned: boolean; readonly hasTrailer: boolean };

/** A request that proved to come from the holder of the secret, with what the check of signed chunks goes on from. */
export interface Authentication {
  readonly payload: PayloadClaim;
  readonly signingKey: Buffer;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;
  readonly scope: string;
  readonly signature: string;
}

/** What a signature states of itself, wherever it stood. */
interface Statement {
  readonly place: 'header' | 'query';
  readonly accessKeyId: string;
  readonly scope: string;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Seconds a presigned URL lives. */
  readonly lifetime: number | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SKEW_MS = 15 * 60_000;
const LONGEST_LIFETIME_S = 7 * 24 * 3600;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Checks the signature of a request at the time `now` (milliseconds since 1970). Throws `AccessDenied` (none, expired,
 * or a header unsigned that must be), `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `RequestTimeTooSkewed` and the
 * codes for what cannot be read.
 */
export function authenticate(request: S3Request, credentials: Credentials, now: number): Authentication {
  const statement = parseStatement(request);
  if (request.headers.has('x-amz-security-token') || request.query.has('X-Amz-Security-Token')) {
    throw new Refusal('InvalidToken');
  }
  checkScope(statement, credentials);
  checkTime(statement, now);
  checkSignedHeaders(request, statement);
  const payload = request.headers.get('x-amz-content-sha256') ?? missingPayload(statement);
  const signingKey = deriveKey(credentials, statement.date.slice(0, 8));
  const expected = sign(signingKey, [
    ALGORITHM,
    statement.date,
    statement.scope,
    // Header values are the bytes as sent, which Node gives as Latin-1; all else in it is ASCII.
    sha256(Buffer.from(canonicalRequest(request, statement, payload), 'latin1')),
  ]);
  if (!isSame(expected, statement.signature)) throw new Refusal('SignatureDoesNotMatch');
  const { date, scope, signature } = statement;
  return { payload: parsePayload(payload), signingKey, date, scope, signature };
}

/** The hexadecimal signature of a text of several lines. */
export function sign(key: Buffer, lines: readonly string[]): string {
  return createHmac('sha256', key).update(lines.join('\n')).digest('hex');
}

/** Compares two hexadecimal signatures in a time that tells nothing of where they differ. */
export function isSame(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function parseStatement(request: S3Request): Statement {
  const authorization = request.headers.get('authorization');
  const isPresigned = request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm');
  if (authorization !== undefined && isPresigned) {
    throw new Refusal('InvalidArgument', 'Only one way to authenticate may be used.');
  }
  if (authorization !== undefined) return parseHeader(authorization, request.headers.get('x-amz-date'));
  if (isPresigned) return parsePresigned(request.query);
  throw new Refusal('AccessDenied');
}

function parseHeader(authorization: string, date: string | undefined): Statement {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw new Refusal('InvalidRequest', `Only ${ALGORITHM} is supported.`);
  }
  const parts = new Map(
    authorization
      .slice(ALGORITHM.length)
      .split(',')
      .map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
      }),
  );
  if (date === undefined) throw new Refusal('AccessDenied', 'The x-amz-date header is required.');
  return statementOf(
    'header',
    parts.get('Credential'),
    date,
    parts.get('SignedHeaders'),
    parts.get('Signature'),
  );
}

function parsePresigned(query: ReadonlyMap<string, string>): Statement {
  const lifetime = query.get('X-Amz-Expires') ?? '';
  if (
    query.get('X-Amz-Algorithm') !== ALGORITHM ||
    !/^\d{1,6}$/.test(lifetime) ||
    Number(lifetime) < 1 ||
    Number(lifetime) > LONGEST_LIFETIME_S
  ) {
    throw new Refusal('AuthorizationQueryParametersError');
  }
  const [credential, date, headers, signature] = ['Credential', 'Date', 'SignedHeaders', 'Signature'].map(
    (name) => query.get(`X-Amz-${name}`),
  );
  return statementOf('query', credential, date, headers, signature, Number(lifetime));
}

function statementOf(
  place: Statement['place'],
  credential = '',
  date = '',
  signedHeaders = '',
  signature = '',
  lifetime?: number,
): Statement {
  const at = credential.indexOf('/');
  if (at === -1 || !/^\d{8}T\d{6}Z$/.test(date) || signedHeaders === '' || !HEX_SHA256.test(signature)) {
    throw new Refusal(MALFORMED[place]);
  }
  return {
    place,
    accessKeyId: credential.slice(0, at),
    scope: credential.slice(at + 1),
    date,
    signedHeaders: signedHeaders.split(';'),
    signature,
    lifetime,
  };
}

const MALFORMED: Readonly<Record<Statement['place'], RefusalCode>> = {
  header: 'AuthorizationHeaderMalformed',
  query: 'AuthorizationQueryParametersError',
};

function checkScope(statement: Statement, credentials: Credentials): void {
  if (!isSame(sha256(credentials.accessKeyId), sha256(statement.accessKeyId))) {
    throw new Refusal('InvalidAccessKeyId');
  }
  const wanted = `${statement.date.slice(0, 8)}/${credentials.region}/s3/aws4_request`;
  if (statement.scope !== wanted) {
    throw new Refusal(MALFORMED[statement.place], `The credential scope must be ${wanted}.`);
  }
}

function checkTime(statement: Statement, now: number): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(statement.date) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) throw new Refusal(MALFORMED[statement.place]);
  const { lifetime } = statement;
  if (time - now > SKEW_MS) throw new Refusal('RequestTimeTooSkewed');
  if (lifetime === undefined && now - time > SKEW_MS) throw new Refusal('RequestTimeTooSkewed');
  if (lifetime !== undefined && now > time + lifetime * 1000) {
    throw new Refusal('AccessDenied', 'Request has expired');
  }
}

/** Without this rule whoever sees a signed request could add `x-amz-copy-source` or a retention to it. */
function checkSignedHeaders(request: S3Request, { signedHeaders }: Statement): void {
  const isSigned = (name: string) => signedHeaders.includes(name);
  const unsigned = [...request.headerNames].filter((name) => name.startsWith('x-amz-') && !isSigned(name));
  if (!isSigned('host') || unsigned.length > 0) {
    throw new Refusal('AccessDenied', 'There were headers present in the request which were not signed');
  }
}

function missingPayload({ place }: Statement): string {
  if (place === 'query') return 'UNSIGNED-PAYLOAD';
  throw new Refusal('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
}

function parsePayload(text: string): PayloadClaim {
  if (HEX_SHA256.test(text)) return { kind: 'hash', sha256: text };
  switch (text) {
    case 'UNSIGNED-PAYLOAD':
      return { kind: 'unsigned' };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunked', isSigned: false, hasTrailer: true };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunked', isSigned: true, hasTrailer: false };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunked', isSigned: true, hasTrailer: true };
    default:
      throw new Refusal('InvalidArgument', 'x-amz-content-sha256 has no value known here.');
  }
}

/** "Create a canonical request" of the S3 API reference: S3 encodes the path once and does not normalise it. */
function canonicalRequest(request: S3Request, { signedHeaders }: Statement, payload: string): string {
  const path = uriEncode(decodeURIComponent(request.path), true);
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name, false), uriEncode(value, false)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const values = signedHeaders.map((name) => `${name}:${canonicalValue(request, name)}\n`).join('');
  return [request.method, path, query, values, signedHeaders.join(';'), payload].join('\n');
}

function canonicalValue(request: S3Request, name: string): string {
  const value = request.headerNames.has(name) ? (request.headers.get(name) ?? '') : '';
  return value.trim().replace(/ +/g, ' ');
}

/** The key of the day that was asked for last, of each server's credentials. */
const derived = new WeakMap<Credentials, { readonly day: string; readonly key: Buffer }>();

function deriveKey(credentials: Credentials, day: string): Buffer {
  const known = derived.get(credentials);
  if (known?.day === day) return known.key;
  const { secretAccessKey, region } = credentials;
  const step = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
  const key = step(step(step(step(`AWS4${secretAccessKey}`, day), region), 's3'), 'aws4_request');
  derived.set(credentials, { day, key });
  return key;
}
