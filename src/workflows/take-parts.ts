/** Takes in the parts of a publication as they arrive, in whatever order: the JSON part read, the files hashed and put by. */
import { randomUUID } from 'node:crypto';
import { type SpooledFile, spool } from '../archive/spool.ts';
import { type Publication, PublicationRefusal } from '../ebox/publication.ts';
import { type FilePart, MOST_FILES, type NamedFile, nameFile } from '../ebox/publication-files.ts';
import { type RegistryVersion, readPublication } from '../ebox/publication-reader.ts';
import { parseStrictText } from '../flow/strict-json.ts';

/** What is done with each part; whatever these throw ends the reading of the form. */
export interface PartTaker {
  /** A part without a file name. */
  text(name: string, text: string): void;
  /** A part with a file; takes its bytes as they arrive. */
  file(part: FilePart, chunks: AsyncIterable<Buffer>): Promise<void>;
}

/** Reads a form to its end, part by part. */
export type FormReader = (taker: PartTaker) => Promise<void>;

/** A file that has arrived. */
export interface ArrivedFile extends Omit<NamedFile, 'attachment'> {
  /** The name of its part. */
  readonly name: string;
  readonly sha256: Buffer;
  readonly spooled: SpooledFile;
}

/** Everything that was sent. */
export interface Arrived {
  readonly publication: Publication;
  /** The JSON part as it came. */
  readonly json: string;
  readonly files: readonly ArrivedFile[];
}

/** The part that holds the JSON. */
export const JSON_PART = 'messageToPublish';

/**
 * Takes in a publication, calls `work` with it and lets go of the files, whatever comes of it. `check` sees the JSON
 * part as soon as it is there, so that files are not waited for in vain. Throws `PublicationRefusal`, and what reading
 * the form throws.
 */
export async function withParts<T>(
  version: RegistryVersion,
  readForm: FormReader,
  check: (publication: Publication) => void,
  work: (arrived: Arrived) => Promise<T>,
): Promise<T> {
  const files: ArrivedFile[] = [];
  let found: Omit<Arrived, 'files'> | undefined;
  let announced = 0;
  try {
    await readForm({
      text: (name, text) => {
        if (name !== JSON_PART) throw invalid('Missing mediaType or fileName in part');
        if (found !== undefined) throw invalid(`There are several parts ${JSON_PART}`);
        const publication = readPublication(version, readJson(text));
        check(publication);
        found = { publication, json: text };
      },
      file: async (part, chunks) => {
        announced += 1;
        if (announced > MOST_FILES) throw invalid(`More than ${MOST_FILES} files`);
        const { name } = part;
        const named = nameFile(part);
        const spooled = await spool(chunks, randomUUID());
        files.push({ name, ...named, sha256: spooled.sha256, spooled });
      },
    });
    if (found === undefined) throw invalid(`There is no part ${JSON_PART}`);
    return await work({ ...found, files });
  } finally {
    await Promise.all(files.map(({ spooled }) => spooled.discard()));
  }
}

function readJson(text: string): unknown {
  const parsed = parseStrictText(text);
  if (parsed.kind === 'value') return parsed.value;
  throw invalid(`${JSON_PART} ${parsed.detail}`);
}

function invalid(message: string): PublicationRefusal {
  return new PublicationRefusal('INVALID_INPUT', message);
}
