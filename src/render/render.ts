/** Renders attestations: one tagged PDF/A-2a page or more, with room left for the seal. */
import type { Emblem, Issuer, LayoutBlock } from '../domain/attestation-type.ts';
import { formatInstant } from './calendar.ts';
import { prepareCheckPanel } from './check-panel.ts';
import { type ColumnContent, writeColumns } from './columns.ts';
import { type CommitteeName, writeDayTable } from './day-table.ts';
import { type Conformance, closeDocument, openDocument } from './document.ts';
import { Flow } from './flow.ts';
import { type FontFiles, type Fonts, loadFonts } from './font.ts';
import { drawFurniture, drawLetterhead } from './letterhead.ts';
import { addSignatureField } from './signature-field.ts';
import { BODY, PAGE, SECTION_GAP } from './style.ts';
import { createWording, type Wording, type WordingInput } from './wording.ts';

export interface RendererOptions {
  readonly issuer: Issuer;
  readonly emblem: Emblem;
  /** Gives the short name of a joint committee, printed behind its number. */
  readonly jointCommitteeName: CommitteeName;
  /** TrueType files of the institution's own typeface; missing: Noto Sans. */
  readonly fonts?: FontFiles;
  /** `PDF/A-2a` unless a twin is wanted for a validator that knows part 1 only. */
  readonly conformance?: Conformance;
}

/** One document to render; the same input gives the same bytes. */
export interface RenderInput extends WordingInput {
  readonly issuedAt: Date;
  /** Bytes to leave for the signature in `/Contents`. */
  readonly signatureRoom: number;
  /** The number of the attestation that this one replaces. */
  readonly supersedes?: string;
}

export interface Renderer {
  /**
   * Renders one attestation, ready to be sealed.
   * @throws ServiceError `renderingFailed` when a character has no glyph (the field is named, not its value), a
   * placeholder has no value, or a field is too long for a page
   */
  readonly render: (input: RenderInput) => Promise<Buffer>;
}

/** Makes a renderer; parses the typeface once for all documents. */
export function createRenderer(options: RendererOptions): Renderer {
  const fonts = loadFonts(options.fonts);
  return { render: (input) => renderAttestation(options, fonts, input) };
}

async function renderAttestation(
  options: RendererOptions,
  fonts: Fonts,
  input: RenderInput,
): Promise<Buffer> {
  const { issuer, emblem, conformance = 'PDF/A-2a' } = options;
  const { language, issuedAt, verificationUrl } = input;
  const wording = createWording(input, issuer, fonts);
  const number = wording.print('number', input.number);
  const document = openDocument({
    title: `${wording.title} ${number}`,
    author: wording.print('issuer', issuer.name[language]),
    language: `${language}-BE`,
    createdAt: issuedAt,
    fonts,
    conformance,
  });
  const start = drawLetterhead(document, wording, issuer, emblem);
  const panel = prepareCheckPanel(document, wording, verificationUrl, issuer.colour);
  const panelY = PAGE.footer - SECTION_GAP - panel.height;

  const flow = new Flow(document, issuer.colour, start, panelY - SECTION_GAP);
  writeIdentity(flow, wording, number, input);
  for (const blocks of groupBlocks(input.type.layout))
    writeBlocks(flow, wording, blocks, input, options.jointCommitteeName);
  document.pdf.switchToPage(0);
  panel.draw(document.root, panelY);
  addSignatureField(document, {
    room: input.signatureRoom,
    signedAt: issuedAt,
    name: wording.print('issuer', issuer.name[language]),
    tooltip: wording.word('sealName'),
  });
  drawFurniture(document, wording, issuer, number);
  return closeDocument(document.pdf);
}

/** Number, date of issue and what the document replaces, below the title. */
function writeIdentity(flow: Flow, wording: Wording, number: string, input: RenderInput): void {
  const value = (key: 'number' | 'issuedOn' | 'supersedes', text: string) => ({
    label: wording.word(key),
    value: wording.print(key, text),
    isAbsent: false,
  });
  const replaced = input.supersedes === undefined ? [] : [value('supersedes', input.supersedes)];
  const issuedOn = value('issuedOn', formatInstant(input.issuedAt, wording.language));
  writeColumns(flow, [
    { kind: 'values', values: [value('number', number), ...replaced] },
    { kind: 'values', values: [issuedOn] },
  ]);
}

/** Two blocks of fields, or two notices, that follow each other go side by side. */
function groupBlocks(layout: readonly LayoutBlock[]): LayoutBlock[][] {
  const groups: LayoutBlock[][] = [];
  for (const block of layout) {
    const last = groups.at(-1);
    const mayPair = block.kind === 'fields' || block.kind === 'notice';
    if (mayPair && last?.length === 1 && last[0]?.kind === block.kind) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

function writeBlocks(
  flow: Flow,
  wording: Wording,
  blocks: readonly LayoutBlock[],
  { facts }: RenderInput,
  committeeName: CommitteeName,
): void {
  const columns: ColumnContent[] = [];
  for (const block of blocks) {
    switch (block.kind) {
      case 'paragraph':
        flow.y += SECTION_GAP;
        flow.writeText('P', BODY, wording.word(block.text));
        break;
      case 'days':
        writeDayTable(flow, wording, block.heading, block.columns, facts.days, committeeName);
        break;
      case 'fields': {
        const values = block.fields.map((name) => wording.field(name));
        columns.push({ kind: 'values', heading: wording.word(block.heading), values });
        break;
      }
      case 'notice':
        columns.push({ kind: 'text', heading: wording.word(block.heading), text: wording.word(block.text) });
        break;
    }
  }
  if (columns.length > 0) writeColumns(flow, columns);
}
