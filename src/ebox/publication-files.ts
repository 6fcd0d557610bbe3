/** The files of a publication against its JSON part: as many, by the same names, of known types, with right digests. */
import { findTextFault, TEXT_FAULTS, writeLine } from '../domain/text.ts';
import { type Publication, PublicationRefusal, type PublishedAttachment } from './publication.ts';

/** The media types of the contract (`Attachment.mediaType`). */
export const MEDIA_TYPES: readonly string[] = [
  'application/pdf',
  'application/zip',
  'text/csv',
  'text/html',
  'text/plain',
  'text/xml',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
  'application/vnd.oasis.opendocument.graphics',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-powerpoint',
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
];

export const MOST_FILES = 6;
const LONGEST_FILE_NAME = 255;

/** A part of the request that is no JSON, as it came. */
export interface FilePart {
  readonly name: string;
  /** As sent, byte by byte (ISO-8859-1). */
  readonly fileName: string | undefined;
  readonly mediaType: string | undefined;
}

/** A file whose part was right. */
export interface NamedFile {
  readonly attachment: PublishedAttachment;
  readonly fileName: string;
  readonly mediaType: string;
}

function refuse(message: string): never {
  throw new PublicationRefusal('INVALID_INPUT', message);
}

/** Refuses a part that can be no file of a message, before its bytes are taken. Throws `PublicationRefusal`. */
export function nameFile({ name, fileName, mediaType }: FilePart): Omit<NamedFile, 'attachment'> {
  if (fileName === undefined || fileName === '' || mediaType === undefined)
    refuse('Missing mediaType or fileName in part');
  if (!MEDIA_TYPES.includes(mediaType)) refuse(`Attachment mime type is not valid for part ${name}`);
  return { fileName: readFileName(fileName), mediaType };
}

/**
 * Reads a file name: ISO-8859-1, and what that cannot write percent-encoded (`encodeURIComponent`). Many clients send
 * UTF-8 (RFC 7578 §4.2); where that stands for letters of ISO-8859-1, these are meant.
 */
function readFileName(sent: string): string {
  const name = writeLine(percentDecoded(fromUtf8(sent) ?? sent));
  if (/[/\\]/.test(name)) refuse('The file name holds a path');
  const fault = findTextFault(name, LONGEST_FILE_NAME);
  if (fault !== undefined) refuse(`The file name ${TEXT_FAULTS[fault]}`);
  return name;
}

const BEYOND_LATIN = /[\u0100-\u{10ffff}]/u;

function fromUtf8(sent: string): string | undefined {
  if (BEYOND_LATIN.test(sent)) notLatin();
  const bytes = Buffer.from(sent, 'latin1');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (BEYOND_LATIN.test(text)) notLatin();
    return text;
  } catch (error) {
    if (error instanceof PublicationRefusal) throw error;
    return undefined;
  }
}

function notLatin(): never {
  refuse('The file name is not in ISO-8859-1: encode it with encodeURIComponent');
}

/** A per cent sign that begins no encoding is one. */
function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Finds the file of each attachment, in the order of the JSON part. Throws `PublicationRefusal`. */
export function matchFiles<File extends { readonly name: string; readonly sha256: Buffer }>(
  { attachments }: Pick<Publication, 'attachments'>,
  files: readonly File[],
): (readonly [PublishedAttachment, File])[] {
  if (attachments.length !== files.length)
    refuse('Json Attachments number is inconsistent with number of parts');
  const byName = new Map(files.map((file) => [file.name, file]));
  return attachments.map((attachment) => {
    const file = byName.get(attachment.partName);
    if (file === undefined) refuse('Some json attachment info do not match any file upload part');
    // A part is the file of one attachment.
    byName.delete(attachment.partName);
    if (attachment.sha256 !== undefined && !attachment.sha256.equals(file.sha256))
      throw new PublicationRefusal(
        'DIGEST_DO_NOT_MATCH',
        `The digest of ${attachment.partName} does not match its content`,
      );
    return [attachment, file] as const;
  });
}
