/** Makes small unsigned PDFs of the shape that rendering hands to sealing: tagged PDF/A-2a with one empty signature. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import PdfKit from 'pdfkit';
import { BYTE_RANGE_PLACEHOLDER } from '../../src/pades/byte-range.ts';

/** Changes to the ordinary shape, for tests that need a document of another. */
export interface PdfShape {
  readonly text?: string;
  /** Entries added to the document catalogue, in pdfkit's notation. */
  readonly catalog?: Readonly<Record<string, unknown>>;
  /** Entries added to, or with `undefined` left out of, the signature dictionary. */
  readonly signature?: Readonly<Record<string, unknown>>;
  /** Entries added to the interactive form. */
  readonly form?: Readonly<Record<string, unknown>>;
  readonly docMdpPermission?: number;
  readonly compress?: boolean;
}

/** What pdfkit has and its types do not say: references to other objects and the catalogue. */
interface Reference {
  data: Record<string, unknown>;
  write(content: Buffer): void;
  end(): void;
}
interface Internals {
  readonly _root: Reference;
  ref(data: unknown): Reference;
  readonly page: { readonly annotations: Reference[] };
}

const font = readFileSync(
  createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
);

/** Makes an unsigned PDF with `room` bytes for the signature. */
export async function createPdf(room: number, shape: PdfShape = {}): Promise<Buffer> {
  const document = new PdfKit({
    size: 'A4',
    pdfVersion: '1.7',
    subset: 'PDF/A-2a',
    tagged: true,
    lang: 'en-GB',
    displayTitle: true,
    compress: shape.compress ?? true,
    info: { Title: 'Attestation', CreationDate: new Date('2026-03-01T09:00:00Z') },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<void>((resolve, reject) => {
    document.on('end', resolve).on('error', reject);
  });
  document.registerFont('text', font).font('text');
  const body = document.struct('Document');
  document.addStructure(body);
  body.add(
    document.struct('P', {}, () => {
      document.fontSize(12).text(shape.text ?? 'Łukasz Ångström was quarantined on 1 March 2026.', 60, 60);
    }),
  );
  body.add(
    document.struct('Figure', { alt: 'A grey square' }, () => {
      document.image(greySquare(), 60, 120, { width: 40 });
    }),
  );
  addSignature(document, room, shape);
  body.end();
  document.end();
  await finished;
  return Buffer.concat(chunks);
}

function addSignature(document: PDFKit.PDFDocument, room: number, shape: PdfShape): void {
  // pdfkit has no public way to a signature field; these members are stable since its first versions.
  const pdf = document as unknown as Internals;
  const signature = pdf.ref({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'ETSI.CAdES.detached',
    ByteRange: BYTE_RANGE_PLACEHOLDER,
    Contents: new Uint8Array(room),
    M: new Date('2026-03-01T09:00:00Z'),
    Reference: [
      {
        Type: 'SigRef',
        TransformMethod: 'DocMDP',
        TransformParams: { Type: 'TransformParams', V: '1.2', P: shape.docMdpPermission ?? 1 },
      },
    ],
    ...shape.signature,
  });
  const appearance = pdf.ref({ Type: 'XObject', Subtype: 'Form', BBox: [0, 0, 0, 0] });
  appearance.write(Buffer.from('\n'));
  appearance.end();
  const widget = {
    Subtype: 'Widget',
    FT: 'Sig',
    T: new String('Seal'),
    TU: new String('Seal of the issuing institution'),
    F: 132,
    V: signature,
    AP: { N: appearance },
  };
  document.annotate(0, 0, 0, 0, widget as unknown as PDFKit.Mixins.AnnotationOption);
  document.initForm();
  const form = pdf._root.data['AcroForm'] as Reference;
  form.data = { Fields: [pdf.page.annotations.at(-1)], SigFlags: 3, DR: { Font: {} }, ...shape.form };
  Object.assign(pdf._root.data, { Perms: { DocMDP: signature } }, shape.catalog);
  signature.end();
}

/** A one-pixel greyscale PNG: signature, header, one filtered row, end. */
function greySquare(): Buffer {
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.from('00000001000000010800000000', 'hex')),
    chunk('IDAT', deflateSync(Buffer.from([0, 128]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(content.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
