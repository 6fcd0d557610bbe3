/** Reads what a request brings: bodies within their limits, and zod's findings as Belgif issues. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { findTextFault, TEXT_FAULTS, writeLine } from '../domain/text.ts';
import { parseStrictJson, writePath } from '../flow/strict-json.ts';
import { unpackGzip } from './gzip.ts';
import { payloadTooLarge } from './limits.ts';
import {
  badRequest,
  exactlyOneExpected,
  type InputIssue,
  type InputPlace,
  inputIssue,
  Refusal,
  unsupportedMediaType,
} from './problems.ts';
import type { Body } from './route.ts';

/** A text of one line that is shown or printed again, composed and with single spaces; others are refused with a reason. */
export function lineOfText(longest: number) {
  return z.string().transform((text, context) => {
    const fault = findTextFault(text, longest);
    if (fault === undefined) return writeLine(text);
    context.issues.push({ code: 'custom', message: TEXT_FAULTS[fault], input: text });
    return z.NEVER;
  });
}

/** Checks a value against a schema; throws a `Refusal` that names every fault. */
export function parseInput(schema: z.ZodType, value: unknown, place: InputPlace): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(badRequest(result.error.issues.flatMap((issue) => toIssues(issue, place))));
}

function toIssues(issue: z.core.$ZodIssue, place: InputPlace): InputIssue[] {
  const name = issue.path.length === 0 ? undefined : writePath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      inputIssue(
        'unknownInput',
        place,
        name === undefined ? key : `${name}.${key}`,
        'this property is not known',
      ),
    );
  }
  // A schema that knows Belgif's name for its rule says so in the issue's parameters.
  if (issue.code === 'custom' && issue.params?.issueType === 'exactlyOneOfExpected')
    return [exactlyOneExpected(place, issue.params.inputs as readonly string[])];
  // The message says what was expected; what came is not repeated.
  return [inputIssue('schemaViolation', place, name, issue.message)];
}

/** Throws a `Refusal` when the body is of another media type, character set or coding than the route takes. */
export function checkMediaType({ headers }: IncomingMessage, body: Body): void {
  if (body.kind === 'none') return;
  const accepted = body.mediaTypes ?? ['application/json'];
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (!accepted.includes(mediaType.trim()))
    throw new Refusal(unsupportedMediaType(`The body must be ${accepted.join(' or ')}`));
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='));
  // JSON has one character set; XML says itself in which it is.
  if (mediaType.includes('json') && charset !== undefined && !/^\s*charset="?utf-8"?\s*$/.test(charset))
    throw new Refusal(unsupportedMediaType('The body must be in UTF-8'));
  if (codingOf(headers) === 'identity') return;
  if (body.kind !== 'stream' || body.mayBeGzip !== true)
    throw new Refusal(unsupportedMediaType('The body must come as it is, without a content coding'));
  if (codingOf(headers) !== 'gzip')
    throw new Refusal(unsupportedMediaType('The body must come as it is, or in gzip'));
}

function codingOf(headers: IncomingMessage['headers']): string {
  return (headers['content-encoding'] ?? 'identity').toLowerCase();
}

/** Gives the body of a route that takes a stream, unpacked where it comes packed; an empty one of any other route. */
export function readStream(request: IncomingMessage, body: Body): AsyncGenerator<Buffer> {
  const limit = body.kind === 'stream' ? body.limit : 0;
  const arriving = readLimited(request, limit);
  return codingOf(request.headers) === 'gzip' ? unpackGzip(arriving, limit) : arriving;
}

/** Gives the body as it arrives and throws a `Refusal` once it passes the limit. */
export async function* readLimited(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new Refusal(payloadTooLarge(limit));
  let size = 0;
  // The connection outlives a refusal, so that the answer can be read.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new Refusal(payloadTooLarge(limit));
    yield chunk;
  }
}

/** Takes the whole body into memory, within the limit. */
export async function readWhole(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readLimited(request, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Reads strict JSON in UTF-8; throws a `Refusal` for anything else. */
export function parseJson(bytes: Buffer): unknown {
  const parsed = parseStrictJson(bytes);
  if (parsed.kind === 'value') return parsed.value;
  throw new Refusal(badRequest([inputIssue('schemaViolation', 'body', parsed.name, parsed.detail)]));
}
