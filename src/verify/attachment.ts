/** Checks what is attached to a document: the data of the attestation and nothing else, or nothing at all. */
import type { PdfLayout } from './layout.ts';
import { require, resolve } from './objects.ts';
import { asDictionary, asName, asReference, type PdfDictionary, type PdfValue } from './syntax.ts';

/**
 * Throws `MalformedPdf` unless the file has the one embedded file that our documents have, JSON data of the whole
 * document (ISO 19005-3, 6.8), or none: there are documents of the time before anything was attached. Any other way to
 * hold or name a file is refused, wherever it stands.
 */
export function checkAttachments(layout: PdfLayout, catalog: PdfDictionary): void {
  const expected = hasData(layout, catalog) ? ONE_FILE : NO_FILE;
  const found: Census = { ...NO_FILE };
  // Also in objects that nothing refers to.
  for (const value of layout.objects.values()) countIn(value, found);
  const isRight = Object.entries(expected).every(([key, count]) => found[key as keyof Census] === count);
  require(isRight, 'holds or names a file other than the data of its attestation');
}

interface Census {
  AF: number;
  EF: number;
  EmbeddedFiles: number;
  /** Embedded file streams. */
  streams: number;
  /** Entries that name a file: the specification, and what it leads to. */
  named: number;
  /** Anything else that holds or shows a file. */
  others: number;
}

const NO_FILE: Readonly<Census> = { AF: 0, EF: 0, EmbeddedFiles: 0, streams: 0, named: 0, others: 0 };
const ONE_FILE: Readonly<Census> = { AF: 1, EF: 1, EmbeddedFiles: 1, streams: 1, named: 2, others: 0 };

/** What each dictionary of the chain may have, in any order: whoever adds an entry adds another meaning. */
const SPECIFICATION_ENTRIES = ['AFRelationship', 'Desc', 'EF', 'F', 'Type', 'UF'];
const STREAM_ENTRIES = ['Filter', 'Length', 'Params', 'Subtype', 'Type'];
const PARAMETERS = ['CheckSum', 'ModDate', 'Size'];

/** Tells whether there are data, which /AF and the name tree must both lead to. */
function hasData(layout: PdfLayout, catalog: PdfDictionary): boolean {
  const associated = catalog.get('AF');
  const names = resolve(layout, catalog.get('Names'))?.get('EmbeddedFiles');
  if (associated === undefined && names === undefined) return false;
  const [specification] = listOf(associated, 1);
  const [, named] = listOf(asDictionary(names)?.get('Names'), 2);
  const number = asReference(specification);
  require(number !== undefined &&
    asReference(named) === number &&
    hasOnly(asDictionary(names), ['Names']), 'has attached data that it does not name');
  checkSpecification(layout, resolve(layout, specification));
  return true;
}

function checkSpecification(layout: PdfLayout, specification: PdfDictionary | undefined): void {
  const files = asDictionary(specification?.get('EF'));
  const stream = asReference(files?.get('F'));
  require(hasOnly(specification, SPECIFICATION_ENTRIES) &&
    asName(specification?.get('Type')) === 'Filespec' &&
    asName(specification?.get('AFRelationship')) === 'Data' &&
    hasOnly(files, ['F', 'UF']) &&
    stream !== undefined &&
    asReference(files?.get('UF')) === stream, 'has attached data that are not those of an attestation');
  const embedded = resolve(layout, files?.get('F'));
  require(hasOnly(embedded, STREAM_ENTRIES) &&
    asName(embedded?.get('Type')) === 'EmbeddedFile' &&
    asName(embedded?.get('Subtype')) === 'application/json' &&
    asName(embedded?.get('Filter')) === 'FlateDecode' &&
    hasOnly(
      asDictionary(embedded?.get('Params')),
      PARAMETERS,
    ), 'has attached data of another kind than an attestation');
}

/** Annotations that hold a file or something else to play (ISO 32000-1, table 169). */
const HOLDERS: ReadonlySet<string> = new Set([
  'FileAttachment',
  'Movie',
  'RichMedia',
  'Screen',
  'Sound',
  '3D',
]);

function countIn(value: PdfValue, found: Census): void {
  if (Array.isArray(value)) for (const one of value) countIn(one, found);
  const dictionary = asDictionary(value);
  if (dictionary === undefined) return;
  for (const key of ['AF', 'EF', 'EmbeddedFiles'] as const) if (dictionary.has(key)) found[key] += 1;
  if (asName(dictionary.get('Type')) === 'EmbeddedFile') found.streams += 1;
  const name = dictionary.get('F');
  // The flags of an annotation have the same key.
  if (name !== undefined && typeof name !== 'number') found.named += 1;
  // A portable collection, related files (ISO 32000-1, 7.11.6, 7.11.4.3), filters of a stream that lies outside (7.3.8.2).
  const isForeign = ['Collection', 'RF', 'FFilter', 'FDecodeParms'].some((key) => dictionary.has(key));
  if (isForeign || HOLDERS.has(asName(dictionary.get('Subtype')) ?? '')) found.others += 1;
  for (const entry of dictionary.values()) countIn(entry, found);
}

function listOf(value: PdfValue | undefined, length: number): readonly PdfValue[] {
  return Array.isArray(value) && value.length === length ? value : [];
}

function hasOnly(dictionary: PdfDictionary | undefined, keys: readonly string[]): boolean {
  return dictionary?.size === keys.length && keys.every((key) => dictionary.has(key));
}
