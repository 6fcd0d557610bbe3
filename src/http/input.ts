/** Reads what a request brings: bodies within their limits, and zod's findings as Belgif issues. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import {
  badRequest,
  type InputIssue,
  inputIssue,
  payloadTooLarge,
  Refusal,
  unsupportedMediaType,
} from './problems.ts';
import type { Body } from './route.ts';

/** Checks a value against a schema; throws a `Refusal` that names every fault. */
export function parseInput(schema: z.ZodType, value: unknown, place: InputIssue['in']): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(badRequest(result.error.issues.flatMap((issue) => toIssues(issue, place))));
}

function toIssues(issue: z.core.$ZodIssue, place: InputIssue['in']): InputIssue[] {
  const name = nameOf(issue.path);
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
  // The message says what was expected; what came is not repeated.
  return [inputIssue('schemaViolation', place, name, issue.message)];
}

/** Writes a path as Belgif does, `items[0].ssin`. */
function nameOf(path: readonly PropertyKey[]): string | undefined {
  if (path.length === 0) return undefined;
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** Throws a `Refusal` when the media type of the body is none of those the route takes. */
export function checkMediaType(request: IncomingMessage, body: Body): void {
  if (body.kind === 'none') return;
  const accepted = body.kind === 'json' ? ['application/json'] : body.mediaTypes;
  const given = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!accepted.includes(given)) throw new Refusal(unsupportedMediaType(accepted));
}

/** Gives the body as it arrives and throws a `Refusal` once it passes the limit. */
export async function* readLimited(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new Refusal(payloadTooLarge(limit));
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
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

/** Reads UTF-8 JSON; throws a `Refusal` for anything else. */
export function parseJson(bytes: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(
      badRequest([inputIssue('schemaViolation', 'body', undefined, 'the body is not JSON in UTF-8')]),
    );
  }
}
