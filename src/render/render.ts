/** Renders attestations: one tagged PDF/A-2a page or more, with room left for the seal. */
import type { ValidationData } from '../pades/validation-data.ts';
import { compile, type Template } from './compile.ts';
import type { Conformance } from './document.ts';
import { fill } from './fill.ts';
import { type FontFiles, loadFonts } from './font.ts';
import { type House, type LayoutInput, layOut } from './layout.ts';
import { drawPlainly } from './plain.ts';
import { Shapes } from './shapes.ts';
import { createWording, type FixedPhrases } from './wording.ts';

export interface RendererOptions extends House {
  /** TrueType files of the institution's own typeface; missing: Noto Sans. */
  readonly fonts?: FontFiles;
  /** `PDF/A-2a` unless a twin is wanted for a validator that knows part 1 only. */
  readonly conformance?: Conformance;
}

/** One document to render; the same input gives the same bytes. */
export interface RenderInput extends LayoutInput {
  /** Bytes to leave for the signature in `/Contents`. */
  readonly signatureRoom: number;
  /** What the document carries along so that its seal can be judged without asking anybody. */
  readonly validationData?: ValidationData | undefined;
}

export interface Renderer {
  /**
   * Renders one attestation, ready to be sealed.
   * @throws ServiceError `renderingFailed` when a character has no glyph (the field is named, not its value), a
   * placeholder has no value, or a field is too long for a page
   */
  readonly render: (input: RenderInput) => Promise<Buffer>;
}

/**
 * How many templates a renderer keeps, some 60 kB each. A type has one for each language, number of days and number of
 * lines of each name; nearly all documents of a day share a few dozen.
 */
const MOST_TEMPLATES = 200;

/**
 * Makes a renderer; parses the typeface once for all documents. Each document is laid out by itself, which costs little.
 * What costs, writing it as PDF, is done once for all documents that differ only in the text of the same places.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { issuer, conformance = 'PDF/A-2a' } = options;
  const fonts = loadFonts(options.fonts);
  const known: FixedPhrases = new WeakMap();
  const templates = new Shapes<Template>(MOST_TEMPLATES);
  return {
    render: async (input) => {
      const { language, issuedAt, signatureRoom: room, validationData } = input;
      const wording = createWording(input, issuer, fonts, known);
      const sheet = layOut(options, fonts, wording, input);
      const title = `${wording.title.text} ${wording.print('number', input.number).text}`;
      const common = {
        author: wording.fixed('issuer', issuer.name[language]).text,
        language: `${language}-BE`,
        conformance,
        validationData,
      };
      if (!sheet.isShared) return drawPlainly(sheet, { ...common, title, createdAt: issuedAt, fonts }, room);
      const shape = validationData === undefined ? sheet.shape : [...sheet.shape, validationData.id];
      const template = await templates.get(shape, () => compile(sheet, common));
      return fill(template, sheet, { title, createdAt: issuedAt, room });
    },
  };
}
