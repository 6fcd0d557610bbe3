/** Reads a form part by part while it arrives (RFC 7578): nothing of it is held but what is being handed on. */
import { pipeline } from 'node:stream/promises';
import busboy, { type Parser } from 'busboy';
import type { PartTaker } from '../workflows/take-parts.ts';
import { payloadTooLarge } from './limits.ts';
import { badRequest, inputIssue, Refusal } from './problems.ts';
import type { Request } from './route.ts';

/** Limits in bytes of a part, and how many parts there may be. */
export interface FormLimits {
  readonly textBytes: number;
  readonly fileBytes: number;
  readonly parts: number;
}

/**
 * Reads a form to its end. Throws what a part's taker threw first, a `Refusal` (413) for a part that is too large, and a
 * `Refusal` (400) for what is no whole form. Everything that was handed on is done, or failed, when this returns.
 */
export async function readForm(
  { headers, stream }: Pick<Request, 'headers' | 'stream'>,
  limits: FormLimits,
  taker: PartTaker,
): Promise<void> {
  const parser = createParser(headers, limits);
  const work: Promise<void>[] = [];
  let fault: { readonly thrown: unknown } | undefined;
  let giveUp = () => undefined as void;
  const failed = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  const fail = (thrown: unknown) => {
    fault ??= { thrown };
    parser.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    giveUp();
  };
  parser.on('partsLimit', () => fail(malformed('has too many parts')));
  parser.on('field', (name, value, { valueTruncated }) => {
    if (fault !== undefined) return;
    try {
      if (valueTruncated) throw new Refusal(payloadTooLarge(limits.textBytes));
      taker.text(name ?? '', value);
    } catch (error) {
      fail(error);
    }
  });
  parser.on('file', (name = '', file, { filename, mimeType }) => {
    const part = { name, fileName: filename, mediaType: mimeType };
    // What is left of a file that nobody takes goes nowhere.
    file.on('error', () => undefined);
    work.push(taker.file(part, limited(file, limits.fileBytes)).catch(fail));
  });
  const read = pipeline(stream, parser).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  // Whoever is refused is told so, even if they stopped sending.
  const end = await Promise.race([read, failed]);
  await Promise.all(work);
  if (fault !== undefined && !isOfTheForm(fault.thrown)) throw fault.thrown;
  if (end !== undefined)
    throw end.error instanceof Refusal ? end.error : malformed('is no whole form', end.error);
}

function createParser(headers: Request['headers'], limits: FormLimits): Parser {
  try {
    return busboy({
      headers,
      // The contract's; what it cannot write comes percent-encoded.
      defParamCharset: 'latin1',
      preservePath: true,
      limits: { fieldSize: limits.textBytes, fieldNameSize: 100, parts: limits.parts },
    });
  } catch (error) {
    throw malformed('is no form with a boundary', error);
  }
}

async function* limited(file: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of file) {
      size += chunk.length;
      if (size > most) throw new Refusal(payloadTooLarge(most));
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new BrokenOff(error);
  }
}

/** A file ended with its form, which says itself what is wrong. */
class BrokenOff extends Error {
  constructor(cause: unknown) {
    super('the form broke off', { cause });
  }
}

function isOfTheForm(thrown: unknown): boolean {
  return thrown instanceof BrokenOff;
}

function malformed(detail: string, cause?: unknown): Refusal {
  const refusal = new Refusal(badRequest([inputIssue('schemaViolation', 'body', undefined, detail)]));
  refusal.cause = cause;
  return refusal;
}
