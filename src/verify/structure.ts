/** Checks that a PDF has the structure of our sealed documents: one revision, one seal that covers it, nothing active. */
import { readSealGap, type SealGap } from '../pades/byte-range.ts';
import { checkAttachments } from './attachment.ts';
import { type PdfLayout, readLayout } from './layout.ts';
import { dictionaryAt, require, resolve } from './objects.ts';
import { readSecurityStore, type SecurityStore } from './security-store.ts';
import {
  asDictionary,
  asName,
  asReference,
  MalformedPdf,
  type PdfDictionary,
  type PdfValue,
} from './syntax.ts';
import { type Fault, failed } from './verdict.ts';

/** Documents of ours have some hundred kilobytes; an upload may have up to 20 MB. */
const MAX_BYTES = 20_000_000;

/** What the seal stands in. */
export interface Structure {
  readonly gap: SealGap;
  /** The validation data beside it, if any. */
  readonly store: SecurityStore | undefined;
}

/** Gives the place of the seal and the validation data, or why the file is no sealed document of ours. Never throws. */
export function checkStructure(pdf: Buffer): Structure | Fault {
  if (pdf.length > MAX_BYTES)
    return failed('FORMAT_FAILURE', 'the file is larger than any document of this service');
  if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-')))
    return failed('FORMAT_FAILURE', 'the file is not a PDF');
  if (!pdf.includes('/ByteRange')) return failed('FORMAT_FAILURE', 'the PDF carries no seal');
  const gap = readSealGap(pdf);
  if (gap === undefined) return failed('FORMAT_FAILURE', 'the seal of the PDF does not cover the whole file');
  try {
    const layout = readLayout(pdf);
    const catalog = checkObjects(layout, gap);
    return { gap, store: readSecurityStore(pdf, layout, catalog) };
  } catch (error) {
    if (!(error instanceof MalformedPdf)) throw error;
    return failed('FORMAT_FAILURE', `the file ${error.message}`);
  }
}

function checkObjects(layout: PdfLayout, gap: SealGap): PdfDictionary {
  for (const value of layout.objects.values()) checkValue(value);
  const root = asReference(layout.trailer.get('Root')) ?? 0;
  const catalog = dictionaryAt(layout, root, 'document catalogue');
  require(asName(catalog.get('Type')) === 'Catalog', 'has no document catalogue');
  const permissions = asDictionary(catalog.get('Perms'));
  const seal = asReference(permissions?.get('DocMDP')) ?? 0;
  require(permissions?.size === 1, 'does not say that nothing may be changed');
  checkField(layout, catalog, seal);
  checkAttachments(layout, catalog);
  checkSeal(dictionaryAt(layout, seal, 'seal'), gap);
  return catalog;
}

/** What makes a document do or show something of its own accord (ISO 32000-1 §12.6, §12.7, §8.11). */
const ACTIVE_ENTRIES: ReadonlySet<string> = new Set([
  'AA',
  'JS',
  'JavaScript',
  'NeedAppearances',
  'OCProperties',
  'OpenAction',
  'XFA',
]);
const ACTIONS: ReadonlySet<string> = new Set([
  'GoToE',
  'GoToR',
  'Hide',
  'ImportData',
  'JavaScript',
  'Launch',
  'Movie',
  'Named',
  'Rendition',
  'ResetForm',
  'RichMediaExecute',
  'SetOCGState',
  'Sound',
  'SubmitForm',
  'Thread',
  'Trans',
]);
/** Streams that hold objects would be read past our layout. */
const CONTAINERS: ReadonlySet<string> = new Set(['ObjStm', 'XRef']);

function checkValue(value: PdfValue): void {
  if (Array.isArray(value)) value.forEach(checkValue);
  const dictionary = asDictionary(value);
  if (dictionary === undefined) return;
  for (const [key, entry] of dictionary) {
    require(!ACTIVE_ENTRIES.has(key), `has active content: ${key}`);
    checkValue(entry);
  }
  const action = asName(dictionary.get('S')) ?? '';
  require(!ACTIONS.has(action), `has active content: ${action}`);
  require(!CONTAINERS.has(asName(dictionary.get('Type')) ?? ''), 'hides objects in a stream');
}

function checkField(layout: PdfLayout, catalog: PdfDictionary, seal: number): void {
  const form = resolve(layout, catalog.get('AcroForm'));
  const fields = form?.get('Fields');
  const [only] = Array.isArray(fields) ? fields : [];
  require(Array.isArray(fields) && fields.length === 1, 'has not exactly one form field');
  const field = resolve(layout, only);
  require(asName(field?.get('FT')) === 'Sig' &&
    asReference(field?.get('V')) === seal, 'has a form field that is not its seal');
  let fieldsAnywhere = 0;
  for (const value of layout.objects.values()) fieldsAnywhere += countFields(value);
  require(fieldsAnywhere === 1 && field?.has('Kids') === false, 'has further form fields');
}

/** Also those that are no objects of their own. */
function countFields(value: PdfValue): number {
  let count = 0;
  if (Array.isArray(value)) for (const one of value) count += countFields(one);
  const dictionary = asDictionary(value);
  if (dictionary === undefined) return count;
  for (const entry of dictionary.values()) count += countFields(entry);
  return dictionary.has('FT') ? count + 1 : count;
}

const SEAL_ENTRIES: Readonly<Record<string, string>> = {
  Type: 'Sig',
  Filter: 'Adobe.PPKLite',
  SubFilter: 'ETSI.CAdES.detached',
};

function checkSeal(seal: PdfDictionary, gap: SealGap): void {
  for (const [key, name] of Object.entries(SEAL_ENTRIES)) {
    require(asName(seal.get(key)) === name, `has a seal whose ${key} is not ${name}`);
  }
  const contents = seal.get('Contents');
  const isInGap =
    typeof contents === 'object' &&
    contents !== null &&
    'start' in contents &&
    contents.start === gap.start &&
    contents.end === gap.end;
  require(isInGap && seal.has('ByteRange'), 'has its ByteRange and its signature in different places');
  const references = seal.get('Reference');
  const [only] = Array.isArray(references) ? references : [];
  require(Array.isArray(references) && references.length === 1, 'does not say that nothing may be changed');
  checkPermission(asDictionary(only));
}

/** DocMDP with P=1: no change at all (ISO 32000-1 §12.8.2.2); no digests of objects (ISO 19005-2 §6.1.12). */
function checkPermission(reference: PdfDictionary | undefined): void {
  const parameters = asDictionary(reference?.get('TransformParams'));
  const isNoChange = asName(reference?.get('TransformMethod')) === 'DocMDP' && parameters?.get('P') === 1;
  require(isNoChange, 'does not say that nothing may be changed');
  const foreign = [...(reference?.keys() ?? [])].find((key) => !REFERENCE_ENTRIES.has(key));
  require(foreign === undefined, `has a seal that refers to ${foreign}`);
}

const REFERENCE_ENTRIES: ReadonlySet<string> = new Set(['Type', 'TransformMethod', 'TransformParams']);
