/** Attaches the data of an attestation to its document, for programs (ISO 19005-3, 6.8; ISO 32000-1, 7.11.4). */
import { hash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type OpenDocument, setCatalogEntry, setNames, textString } from './document.ts';
import { storeWhole } from './stitch.ts';

/** What the embedded file holds and says of itself. */
export interface DataFile {
  /** Length of the JSON text in bytes. */
  readonly size: number;
  /** MD5 of the JSON text in hexadecimal: PDF knows no other checksum (ISO 32000-1, table 46). */
  readonly checksum: string;
  /** The JSON text as a zlib stream. */
  readonly stream: Uint8Array;
  /** What it is called, if not as the data of an attestation are. */
  readonly name?: string;
}

/** The name of the file in every attestation. */
const NAME = 'attestation.json';

/** Writes data as the file that is attached. */
export function packData(data: object): DataFile {
  const text = `${JSON.stringify(data, undefined, 1)}\n`;
  const bytes = Buffer.from(text);
  // What looks like the bones of a PDF is deflated whatever its length, so that whoever looks for them finds only those.
  const isStored = bytes.length <= MOST_STORED && !BONES.test(text);
  return {
    size: bytes.length,
    checksum: hash('md5', bytes),
    stream: isStored ? storeWhole(bytes) : deflateSync(bytes),
  };
}

/** Deflating a few rows takes longer than all else of the file, and saves little. */
const MOST_STORED = 1500;

const BONES = /ByteRange|Contents|obj|stream|xref|trailer|%/;

/**
 * Attaches the file to the whole document.
 * @param description what readers show beside its name, in the language of the document
 */
export function attachData({ pdf }: OpenDocument, file: DataFile, description: string, at: Date): void {
  const embedded = pdf.ref({
    Type: 'EmbeddedFile',
    Subtype: 'application#2Fjson',
    // pdfkit's own attachment writes the digits of the checksum instead of its bytes.
    Params: { Size: file.size, ModDate: at, CheckSum: Buffer.from(file.checksum, 'hex') },
    Filter: 'FlateDecode',
  });
  embedded.end(file.stream);
  const specification = pdf.ref({
    Type: 'Filespec',
    AFRelationship: 'Data',
    F: textString(file.name ?? NAME),
    UF: textString(file.name ?? NAME),
    Desc: textString(description),
    EF: { F: embedded, UF: embedded },
  });
  specification.end(undefined);
  setCatalogEntry(pdf, 'AF', [specification]);
  setNames(pdf, { EmbeddedFiles: { Names: [textString(file.name ?? NAME), specification] } });
}
