/** Takes the files of a form as they arrive, most often one: bounded while it streams, and only once the form's token was found right. */
import type { Request, Response } from 'express';
import multer from 'multer';
import { PageRefusal } from './refusal.ts';

/** A file on its way in. Its name is what the sender's browser says: shown, never used as a path. */
export interface IncomingFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Does something with a file while it arrives. What it throws is thrown on. */
export type Take<T> = (file: IncomingFile) => Promise<T>;

/** What a form brought: the fruit of its files in their order, the first apart, or none when nothing was chosen. */
export type Upload<T> =
  | { readonly kind: 'taken'; readonly value: T; readonly values: readonly T[] }
  | { readonly kind: 'nothing' };

export interface UploadOptions {
  /** The most bytes the file may have. */
  readonly limitBytes: number;
  /** How many files the form may have; 1 unless given. Together they are no larger than two of the largest. */
  readonly mostFiles?: number;
  /** Throws when the fields read so far do not allow the file to be taken; the token stands before the file. */
  readonly checkFields: () => void;
}

/** The fields around the file, with their boundaries. */
const ROOM_FOR_FIELDS = 64 * 1024;
/** How long a sender may go on sending what nobody reads. */
const LINGER_MS = 2000;

/**
 * Reads a form with a file. Throws `PageRefusal` `tooLarge`, at once where the sender announces it, and `wrongForm` for
 * what is no form or breaks off, which `take` sees as an error in the chunks; throws on what `checkFields` or `take`
 * throw.
 */
export async function takeUpload<T>(
  request: Request,
  response: Response,
  { limitBytes, checkFields, mostFiles = 1 }: UploadOptions,
  take: Take<T>,
): Promise<Upload<T>> {
  const announced = Number(request.get('content-length') ?? 0);
  const mostBytes = mostFiles === 1 ? limitBytes : 2 * limitBytes;
  if (announced > mostBytes + ROOM_FOR_FIELDS) {
    discardRest(request);
    throw new PageRefusal('tooLarge');
  }
  const works: Promise<T>[] = [];
  let room = mostBytes;
  const own: Faults = { thrown: [] };
  const form = multer({
    defParamCharset: 'utf8',
    limits: { fields: 10, fieldSize: 1024, fieldNameSize: 100, files: mostFiles, parts: 11 + mostFiles },
    fileFilter: (_request, _file, done) => {
      try {
        checkFields();
        done(null, true);
      } catch (error) {
        own.thrown.push(error);
        discardRest(request);
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
    storage: {
      _handleFile: (_request, file, done) => {
        const isWithin = (size: number, more: number) => size <= limitBytes && (room -= more) >= 0;
        const chunks = limited(file.stream, isWithin, () => discardRest(request));
        const work = take({ name: file.originalname, chunks });
        works.push(work);
        void settle(work, own, done);
      },
      _removeFile: (_request, _file, done) => done(null),
    },
  }).array('file', mostFiles);
  await new Promise<void>((resolve, reject) => {
    void form(request, response, (error: unknown) =>
      error === undefined || error === null ? resolve() : reject(asRefusal(error, own)),
    );
  }).finally(() => discardRest(request));
  checkFields();
  const [value, ...others] = await Promise.all(works);
  return value === undefined ? { kind: 'nothing' } : { kind: 'taken', value, values: [value, ...others] };
}

/** What was thrown by us while a form was read; whatever else is, comes from the form. */
interface Faults {
  readonly thrown: unknown[];
}

/** Tells whoever waits with a function how work ended. */
async function settle(
  work: Promise<unknown>,
  { thrown }: Faults,
  done: (error: unknown, info?: Record<string, never>) => void,
): Promise<void> {
  let fault: unknown = null;
  try {
    await work;
  } catch (error) {
    thrown.push(error);
    fault = error;
  }
  if (fault === null) done(null, {});
  else done(fault);
}

async function* limited(
  stream: AsyncIterable<Buffer>,
  isWithin: (size: number, more: number) => boolean,
  onExcess: () => void,
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of ofTheForm(stream)) {
    size += chunk.length;
    if (!isWithin(size, chunk.length)) {
      onExcess();
      throw new PageRefusal('tooLarge');
    }
    yield chunk;
  }
}

/** The file of a form that breaks off breaks off with it, and `take` throws that on as if it were its own. */
async function* ofTheForm(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (cause) {
    throw new PageRefusal('wrongForm', { cause });
  }
}

/** A form with other parts than ours, or one that nobody can read, was not written by a page of ours. */
function asRefusal(error: unknown, { thrown: [first] }: Faults): unknown {
  return first ?? new PageRefusal('wrongForm', { cause: error });
}

/**
 * Throws away what is left of a body, for a moment: closing the connection at once, with bytes underway, could take the
 * answer with it (RFC 9112 §9.6).
 */
export function discardRest(request: Request): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
