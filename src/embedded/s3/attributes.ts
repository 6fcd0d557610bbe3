/** The attributes of an object: its headers, metadata and tags, out of a request and back into a reply. */

import { quoted } from './call.ts';
import { checksumHeader } from './checksum.ts';
import type { ObjectAttributes, ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { branch, childOf, document, leaf, parseXml, requiredText } from './xml.ts';

type Headers = ReadonlyMap<string, string>;
type Tag = readonly [key: string, value: string];

/** Headers kept with an object, in the spelling of a reply. */
const KEPT_HEADERS = [
  'Cache-Control',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Type',
  'Expires',
] as const;

const METADATA_PREFIX = 'x-amz-meta-';
const METADATA_BYTES = 2048;

/** Reads the attributes of a new object. Throws `MetadataTooLarge`, `InvalidTag` or `InvalidStorageClass`. */
export function attributesOfRequest(headers: Headers): ObjectAttributes {
  if ((headers.get('x-amz-storage-class') ?? 'STANDARD') !== 'STANDARD')
    throw new Refusal('InvalidStorageClass');
  return {
    headers: keptHeaders(headers),
    metadata: metadataOf(headers),
    tags: tagsOfHeader(headers.get('x-amz-tagging')),
  };
}

/** The tags of an `x-amz-tagging` header, which is written as a query. Throws `InvalidTag`. */
export function tagsOfHeader(text: string | undefined): Tag[] {
  return text === undefined ? [] : checkTags([...new URLSearchParams(text)]);
}

/** The tags of a `Tagging` document. Throws `MalformedXML` or `InvalidTag`. */
export function tagsOfXml(text: string): Tag[] {
  const set = childOf(parseXml(text, 'Tagging'), 'TagSet');
  if (set === undefined) throw new Refusal('MalformedXML');
  return checkTags(set.children.map((tag) => [requiredText(tag, 'Key'), requiredText(tag, 'Value')]));
}

/** The `Tagging` document of an object. */
export function tagsToXml(tags: readonly Tag[]): string {
  const elements = tags.map(([key, value]) => branch('Tag', leaf('Key', key), leaf('Value', value)));
  return document('Tagging', branch('TagSet', ...elements));
}

/** All headers that tell of an object. `withChecksum` is what `x-amz-checksum-mode: ENABLED` asks for. */
export function headersOfRecord(record: ObjectRecord, withChecksum: boolean): Record<string, string> {
  const metadata = Object.entries(record.metadata).map(
    ([name, value]) => [METADATA_PREFIX + name, value] as const,
  );
  return {
    'Accept-Ranges': 'bytes',
    'Last-Modified': new Date(record.modified).toUTCString(),
    ETag: quoted(record.etag),
    ...record.headers,
    ...Object.fromEntries(metadata),
    ...(record.tags.length > 0 && { 'x-amz-tagging-count': String(record.tags.length) }),
    ...versionHeader(record),
    ...(record.retention && {
      'x-amz-object-lock-mode': record.retention.mode,
      'x-amz-object-lock-retain-until-date': new Date(record.retention.until).toISOString(),
    }),
    ...(record.hasLegalHold !== undefined && {
      'x-amz-object-lock-legal-hold': record.hasLegalHold ? 'ON' : 'OFF',
    }),
    ...(withChecksum && checksumHeaders(record)),
  };
}

/** The checksum stored with an object or part. */
export function checksumHeaders({ checksum }: Pick<ObjectRecord, 'checksum'>): Record<string, string> {
  return checksum === undefined
    ? {}
    : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** The version of an object, in buckets that have them. */
export function versionHeader({ versionId }: Pick<ObjectRecord, 'versionId'>): Record<string, string> {
  return versionId === undefined ? {} : { 'x-amz-version-id': versionId };
}

function keptHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers.get(name.toLowerCase());
    const stored = name === 'Content-Encoding' ? withoutTransfer(value) : value;
    if (stored !== undefined && stored !== '') kept[name] = stored;
  }
  return { 'Content-Type': 'binary/octet-stream', ...kept };
}

/** `aws-chunked` is how the body travelled, not what it is. */
function withoutTransfer(value: string | undefined): string | undefined {
  return value
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part.toLowerCase() !== 'aws-chunked')
    .join(',');
}

function metadataOf(headers: Headers): Record<string, string> {
  const entries = [...headers]
    .filter(([name]) => name.startsWith(METADATA_PREFIX))
    .map(([name, value]) => [name.slice(METADATA_PREFIX.length), value] as const);
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > METADATA_BYTES) throw new Refusal('MetadataTooLarge');
  return Object.fromEntries(entries);
}

/** At most ten, keys of 1 to 128 characters, each once, values of at most 256. */
function checkTags(tags: readonly Tag[]): Tag[] {
  const isAllowed =
    tags.length <= 10 &&
    new Set(tags.map(([key]) => key)).size === tags.length &&
    tags.every(([key, value]) => key.length >= 1 && key.length <= 128 && value.length <= 256);
  if (!isAllowed) throw new Refusal('InvalidTag');
  return [...tags];
}
