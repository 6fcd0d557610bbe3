/** Renders attestations: one tagged page or more (PDF/A-3a, PDF/UA-1), with room left for the seal. */
import { attestationData } from '../domain/attestation-data.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { type Unsealed, unhashed } from '../pades/unsealed.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import { type CheckRecordInput, renderCheckRecord } from './check-record.ts';
import type { CommonTexts } from './common.ts';
import { compile, type Template } from './compile.ts';
import { checkCoverage } from './coverage.ts';
import { packData } from './data-file.ts';
import type { Conformance } from './document.ts';
import { type EvidenceInput, renderEvidence } from './evidence.ts';
import { fill } from './fill.ts';
import { canPrint, type FontFiles, isShared, loadFonts } from './font.ts';
import { type House, type LayoutInput, layOut } from './layout.ts';
import { drawPlainly } from './plain.ts';
import { Shapes } from './shapes.ts';
import { createWording } from './wording.ts';

export interface RendererOptions extends House {
  /** What will be rendered: the typeface is held against its words at once. */
  readonly types?: ReadonlyMap<string, AttestationType>;
  /** TrueType files of the institution's own typeface; missing: Noto Sans. */
  readonly fonts?: FontFiles;
  /** `PDF/A-3a` unless a twin is wanted for a validator that knows part 1 only. */
  readonly conformance?: Conformance;
}

/** One document to render; the same input gives the same bytes. */
export interface RenderInput extends LayoutInput {
  /** Bytes to leave for the signature in `/Contents`. */
  readonly signatureRoom: number;
  /** What the document carries along so that its seal can be judged without asking anybody. */
  readonly validationData?: ValidationData | undefined;
  /** Where the description of the attached data is published, which they name. */
  readonly schemaUrl: string;
}

export interface Renderer {
  /**
   * Renders one attestation, ready to be sealed.
   * @throws ServiceError `renderingFailed` when a character has no glyph (the field is named, not its value), a
   * placeholder has no value, or a field is too long for a page
   */
  readonly renderToSeal: (input: RenderInput) => Promise<Unsealed>;
  /** The same, for who wants to see the document and not to seal it. */
  readonly render: (input: RenderInput) => Promise<Buffer>;
  /** Renders the evidence of a message, ready to be sealed. @throws ServiceError `renderingFailed` */
  readonly renderEvidence: (input: EvidenceInput) => Promise<Unsealed>;
  /** Renders the record of a check likewise. @throws ServiceError `renderingFailed` */
  readonly renderCheckRecord: (input: CheckRecordInput) => Promise<Unsealed>;
  /** Tells whether a text can stand in a document exactly as it is, so that nothing is taken in that cannot be issued. */
  readonly canPrint: (text: string) => boolean;
}

/**
 * How many templates a renderer keeps, some 60 kB each. A type has one for each language, number of days and number of
 * lines of each name; nearly all documents of a day share a few dozen.
 */
const MOST_TEMPLATES = 200;

/**
 * Makes a renderer; parses the typeface once for all documents. Each document is laid out by itself, which costs little.
 * What costs, writing it as PDF, is done once for all documents that differ only in the text of the same places.
 * @throws ServiceError `templateInvalid` when the typeface cannot be read or lacks a character of the templates
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { issuer, conformance = 'PDF/A-3a' } = options;
  const fonts = loadFonts(options.fonts);
  const known: CommonTexts = new WeakMap();
  const templates = new Shapes<Template | undefined>(MOST_TEMPLATES);
  const isPrinted = (text: string) => isShared(fonts, text) || canPrint(fonts, text.normalize('NFC'));
  checkCoverage(options.types?.values() ?? [], issuer, isPrinted);
  const renderToSeal = async (input: RenderInput): Promise<Unsealed> => {
    const { language, issuedAt, signatureRoom: room, validationData } = input;
    const wording = createWording(input, options, fonts, known);
    const { measure, key, place } = layOut(options, fonts, wording, input);
    const title = `${wording.title.text} ${wording.number.text}`;
    const common = {
      author: wording.issuer.text,
      language: `${language}-BE`,
      conformance,
      description: wording.title.text,
      validationData,
    };
    const data = conformance === 'PDF/A-1a' ? undefined : packData(attestationData(input, issuer));
    const about = { title, createdAt: issuedAt, data };
    const shape = validationData === undefined ? key : [...key, validationData.id];
    const compileSheet = async () => {
      const sheet = place();
      return sheet.isShared ? compile(sheet, common) : undefined;
    };
    const template = measure.isShared ? await templates.get(shape, compileSheet) : undefined;
    if (template === undefined)
      return unhashed(await drawPlainly(place(), { ...common, ...about, fonts }, room));
    return fill(template, measure, { ...about, room });
  };
  return {
    renderToSeal,
    render: async (input) => (await renderToSeal(input)).bytes,
    renderEvidence: (input) => renderEvidence(options, fonts, input),
    renderCheckRecord: (input) => renderCheckRecord(options, fonts, input),
    canPrint: isPrinted,
  };
}
