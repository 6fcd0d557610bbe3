/**
 * Reads the validation data of a seal (ETSI EN 319 142-1 §5.4.2, /DSS) in the one shape in which we write them: in the
 * revision that the seal covers, certificates, OCSP answers and revocation lists as plain streams, and nothing else.
 */
import { parseCertificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import { type OcspAnswer, parseOcspAnswer } from '../pades/ocsp.ts';
import type { Evidence } from '../pades/revocation.ts';
import { parseRevocationList, type RevocationList } from '../pades/revocation-list.ts';
import type { PdfLayout } from './layout.ts';
import { asDictionary, asName, asReference, MalformedPdf, type PdfDictionary } from './syntax.ts';

export interface SecurityStore {
  readonly answers: readonly OcspAnswer[];
  readonly lists: readonly RevocationList[];
}

const KEYS: ReadonlySet<string> = new Set(['Type', 'Certs', 'OCSPs', 'CRLs']);
/** Two chains of a few certificates need about ten. */
const MOST_ENTRIES = 100;
/** Longer lists are not carried; and what all take together. */
const MOST_BYTES = 256 * 1024;
const MOST_BYTES_ALTOGETHER = 2 * 1024 * 1024;

/** Gives the validation data, or undefined when there are none. Throws `MalformedPdf` when they have another shape. */
export function readSecurityStore(
  pdf: Buffer,
  layout: PdfLayout,
  catalog: PdfDictionary,
): SecurityStore | undefined {
  if (!catalog.has('DSS')) return undefined;
  const number = asReference(catalog.get('DSS')) ?? 0;
  const store = asDictionary(layout.objects.get(number));
  const foreign = [...(store?.keys() ?? [])].find((key) => !KEYS.has(key));
  if (store === undefined || asName(store.get('Type')) !== 'DSS' || foreign !== undefined) {
    throw new MalformedPdf('has validation data of another shape');
  }
  const taken: Taken = { objects: new Set(), bytes: 0 };
  const read = <T>(key: string, parse: (der: Buffer) => T) =>
    readStreams(pdf, layout, store, key, taken).map((der) => parsed(der, parse));
  read('Certs', parseCertificate);
  return { answers: read('OCSPs', parseOcspAnswer), lists: read('CRLs', parseRevocationList) };
}

/** What was read of the store so far. */
interface Taken {
  readonly objects: Set<number>;
  bytes: number;
}

function readStreams(
  pdf: Buffer,
  { objects, streams }: PdfLayout,
  store: PdfDictionary,
  key: string,
  taken: Taken,
): Buffer[] {
  const references = store.get(key) ?? [];
  if (!Array.isArray(references) || references.length > MOST_ENTRIES) {
    throw new MalformedPdf(`has validation data whose ${key} are no list`);
  }
  return references.map((reference) => {
    const number = asReference(reference) ?? 0;
    const stream = streams.get(number);
    if (stream === undefined || taken.objects.has(number) || asDictionary(objects.get(number))?.size !== 1) {
      throw new MalformedPdf(`has validation data whose ${key} are not plain streams, each once`);
    }
    taken.objects.add(number);
    taken.bytes += stream.end - stream.start;
    if (stream.end - stream.start > MOST_BYTES || taken.bytes > MOST_BYTES_ALTOGETHER) {
      throw new MalformedPdf('has more validation data than a seal needs');
    }
    return pdf.subarray(stream.start, stream.end);
  });
}

function parsed<T>(der: Buffer, parse: (der: Buffer) => T): T {
  try {
    return parse(der);
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    throw new MalformedPdf(`has validation data that cannot be read: ${error.message}`);
  }
}

/** Adds what a document carries to what is pinned: the seal covers it, and its issuers signed it. */
export function addEvidence(
  pinned: Evidence | undefined,
  store: SecurityStore | undefined,
): Evidence | undefined {
  if (store === undefined) return pinned;
  return {
    lists: [...(pinned?.lists ?? []), ...store.lists],
    answers: [...(pinned?.answers ?? []), ...store.answers],
  };
}
