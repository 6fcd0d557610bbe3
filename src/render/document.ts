/** Opens and closes one PDF: tagged, PDF/A-3a and PDF/UA-1, deterministic; the only file that knows pdfkit's inner members. */
import { hash } from 'node:crypto';
import PdfKit from 'pdfkit';
import type { Fonts } from './font.ts';
import type { Embedding } from './shared-face.ts';
import type { ElementOptions } from './sheet.ts';
import { createSrgbProfile, SRGB_NAME } from './srgb.ts';
import { type Face, PAGE } from './style.ts';
import { writeXmp } from './xmp.ts';

export type Pdf = PDFKit.PDFDocument;
export type PdfElement = PDFKit.PDFStructureElement;

/**
 * PDF/A-3a is what is issued, and PDF/UA-1 too; PDF/A-1a is its twin without attached data, for validators that know
 * part 1 only.
 */
export type Conformance = 'PDF/A-3a' | 'PDF/A-1a';

export interface DocumentInput {
  readonly title: string;
  readonly author: string;
  /** Language tag, `nl-BE`. */
  readonly language: string;
  readonly createdAt: Date;
  readonly fonts: Fonts;
  readonly conformance: Conformance;
  /** Whether page contents are written as they are, to be taken apart. */
  readonly isOpen?: boolean;
}

/** A document being drawn, and the element that all others hang under. */
export interface OpenDocument {
  readonly pdf: Pdf;
  readonly root: PdfElement;
}

/** Options of a structure element, also those that the type declarations leave out. */
export interface PdfElementOptions extends Omit<ElementOptions, 'alt'> {
  readonly alt?: string;
}

/** Members of pdfkit's document and references that the type declarations leave out. */
interface Inner {
  _root: {
    data: Record<string, unknown> & {
      Names: { data: object };
      StructTreeRoot: { data: { ParentTree: { limits: boolean } } };
    };
  };
  _id: Uint8Array;
  _font: { id: string; subset: { encode(): Uint8Array }; ref(): object } & Pick<
    Embedding,
    'unicode' | 'widths'
  >;
  compress: boolean;
  outline: { dictionary: { data: object } };
  registerFont(name: string, font: unknown): void;
  endMetadata(): void;
  endSubset(): void;
  endAcroForm(): void;
}

const PRODUCT = 'Citizen eBox document service';
const PRODUCER = 'PDFKit';
const SRGB = createSrgbProfile();

/** Opens a document with its first page; nothing in it depends on clock or chance. */
export function openDocument(input: DocumentInput): OpenDocument {
  const info = {
    Title: input.title,
    Author: input.author,
    Creator: PRODUCT,
    Producer: PRODUCER,
    CreationDate: input.createdAt,
    ModDate: input.createdAt,
  };
  const isTwin = input.conformance === 'PDF/A-1a';
  const pdf = new PdfKit({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    pdfVersion: isTwin ? '1.4' : '1.7',
    subset: input.conformance,
    tagged: true,
    lang: input.language,
    displayTitle: true,
    bufferPages: true,
    compress: input.isOpen !== true,
    // Empty: otherwise Helvetica is loaded, which may not be used because it is never embedded.
    font: '',
    info,
  });
  const inner = innerOf(pdf);
  inner._id = Buffer.from(fileId(input), 'hex');
  inner.registerFont('regular', input.fonts.regular.font);
  inner.registerFont('bold', input.fonts.bold.font);
  inner.endMetadata = () => {
    const xmp = writeXmp({
      title: input.title,
      author: input.author,
      language: input.language,
      createdAt: input.createdAt,
      creator: PRODUCT,
      producer: PRODUCER,
      part: isTwin ? 1 : 3,
      conformance: 'A',
    });
    const metadata = pdf.ref({ Type: 'Metadata', Subtype: 'XML' });
    // A reader that is no PDF reader finds the packet by scanning the file (ISO 19005-3, 6.6.2.1).
    metadata.compress = false;
    metadata.end(Buffer.from(xmp, 'utf8'));
    inner._root.data.Metadata = metadata;
  };
  inner.endSubset = () => {
    setIntent(pdf);
  };
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  // Only the lower nodes of a number tree have limits (ISO 32000-1, 7.9.7).
  inner._root.data.StructTreeRoot.data.ParentTree.limits = false;
  // pdfkit writes an outline even when there is nothing in it; an object that nothing refers to would look hidden.
  Object.assign(inner.outline.dictionary.data, { Type: 'Outlines' });
  inner._root.data.Outlines = inner.outline.dictionary;
  return { pdf, root };
}

/** Says what colours mean (ISO 19005-3, 6.2.3), by a profile a third as large as pdfkit's own. */
function setIntent(pdf: Pdf): void {
  const profile = pdf.ref({ N: 3 });
  profile.end(SRGB);
  const intent = pdf.ref({
    Type: 'OutputIntent',
    S: 'GTS_PDFA1',
    Info: textString(SRGB_NAME),
    OutputConditionIdentifier: textString(SRGB_NAME),
    DestOutputProfile: profile,
  });
  intent.end(undefined);
  setCatalogEntry(pdf, 'OutputIntents', [intent]);
}

/** Names a file (ISO 32000-1, 14.4): two documents of one title, which holds its number, and one time are the same. In hexadecimal. */
export function fileId({ title, createdAt }: Pick<DocumentInput, 'title' | 'createdAt'>): string {
  return hash('sha256', `${title}\n${createdAt.toISOString()}`).slice(0, 32);
}

/** Finishes the document and gives its bytes. */
export async function closeDocument(pdf: Pdf): Promise<Buffer> {
  innerOf(pdf).compress = true;
  stateFontLengths(pdf);
  pdf.end();
  const chunks: Buffer[] = [];
  for await (const chunk of pdf) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A TrueType program states its length (ISO 32000-1, table 127), which pdfkit leaves out. */
function stateFontLengths(pdf: Pdf): void {
  const make = pdf.ref.bind(pdf);
  pdf.ref = (data) => {
    const reference = make(data ?? {});
    if (data !== undefined) return reference;
    // Of what has no dictionary beforehand, only font programs are bytes.
    const end = reference.end.bind(reference);
    reference.end = (chunk) => {
      if (chunk instanceof Uint8Array) Object.assign(reference.data, { Length1: chunk.length });
      end(chunk);
    };
    return reference;
  };
}

/** Adds an element to the structure; what it holds is drawn when functions are added to it. */
export function addElement(
  parent: PdfElement,
  pdf: Pdf,
  tag: string,
  options: PdfElementOptions = {},
): PdfElement {
  const { columnSpan, ...others } = options;
  const element = pdf.struct(tag, others);
  const { data } = (element as unknown as { dictionary: { data: { A?: object } } }).dictionary;
  if (columnSpan !== undefined) data.A = { ...data.A, O: 'Table', ColSpan: columnSpan };
  parent.add(element);
  return element;
}

/** Draws what belongs to the page and not to its content (ISO 32000-1, 14.8.2.2). */
export function drawArtifact(pdf: Pdf, type: 'Layout' | 'Pagination', draw: () => void): void {
  pdf.markContent('Artifact', { type });
  draw();
  pdf.endMarkedContent();
}

/** Lets a document embed the shared part of a face as it is, instead of a part of its own. */
export function shareFace(pdf: Pdf, face: Face, { file, unicode, widths }: Embedding): void {
  const { _font } = innerOf(pdf.font(face));
  _font.subset.encode = () => file;
  Object.assign(_font, { unicode, widths });
}

/** Makes a face known to the page being drawn on; gives its name there. */
export function nameFace(pdf: Pdf, face: Face): string {
  const { _font } = innerOf(pdf.font(face));
  const { fonts } = pdf.page as unknown as { fonts: Record<string, object> };
  fonts[_font.id] ??= _font.ref();
  return _font.id;
}

/** Sets an entry of the catalogue. */
export function setCatalogEntry(pdf: Pdf, key: string, value: unknown): void {
  innerOf(pdf)._root.data[key] = value;
}

/** Sets the name trees of the catalogue (ISO 32000-1, 7.7.4), instead of the empty one of destinations. */
export function setNames(pdf: Pdf, names: object): void {
  innerOf(pdf)._root.data.Names.data = names;
}

/** pdfkit writes a plain string as a name and a `String` object as a text string. */
export function textString(text: string): object {
  return Object(text) as object;
}

/**
 * Gives the document its interactive form. pdfkit's own asks readers to draw fields themselves (`NeedAppearances`),
 * which PDF/A forbids (ISO 19005-3, 6.4.1).
 */
export function setForm(pdf: Pdf, form: Record<string, unknown>): void {
  const reference = pdf.ref(form);
  setCatalogEntry(pdf, 'AcroForm', reference);
  innerOf(pdf).endAcroForm = () => {
    reference.end(undefined);
  };
}

/** The type declarations hide what PDF/A and the seal need; this is the one place that looks behind them. */
function innerOf(pdf: Pdf): Inner {
  return pdf as unknown as Inner;
}
