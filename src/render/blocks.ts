/** Writes the blocks of a layout in their order, those that belong together at once. */
import type { CheckBlock, FieldsBlock, LayoutBlock, SealBlock } from '../domain/page-layout.ts';
import { type PanelWords, prepareCheckPanel } from './check-panel.ts';
import { type ColumnContent, writeColumns } from './columns.ts';
import type { Flow } from './flow.ts';
import type { LayoutInput } from './layout.ts';
import type { Sheet } from './sheet.ts';
import { BODY, LINE_WIDTH, SMALL } from './style.ts';
import { writeTable } from './table.ts';
import { linesOf, type Phrase } from './text.ts';
import type { Wording } from './wording.ts';

/** A block with what belongs to it: the heading above, what stands beside it, the seal in the panel. */
export interface Section {
  /** The key of the heading. */
  readonly heading?: string;
  readonly blocks: readonly LayoutBlock[];
  /** Of the panel: what it says. */
  readonly check?: PanelWords;
}

/** The sections of layouts that were asked for; all documents of a type have the same one. */
const known = new WeakMap<readonly LayoutBlock[], readonly Section[]>();

/** Puts together what belongs together. */
export function sectionsOf(layout: readonly LayoutBlock[]): readonly Section[] {
  const sections = known.get(layout) ?? toSections(layout);
  known.set(layout, sections);
  return sections;
}

function toSections(layout: readonly LayoutBlock[]): Section[] {
  const sections: { heading?: string; blocks: LayoutBlock[]; check?: PanelWords }[] = [];
  let heading: string | undefined;
  for (const block of layout) {
    const last = sections.at(-1);
    if (block.kind === 'heading') heading = block.text;
    else if (last !== undefined && isPartOf(last.blocks, block)) {
      last.blocks.push(block);
      if (last.check && block.kind === 'seal') last.check = { ...last.check, seal: block.text };
    } else {
      sections.push({
        blocks: [block],
        ...(heading !== undefined && { heading }),
        ...(block.kind === 'check' && { check: wordsOfPanel(block) }),
      });
      heading = undefined;
    }
  }
  return sections;
}

function isPartOf(blocks: readonly LayoutBlock[], block: LayoutBlock): boolean {
  if (block.kind === 'seal') return blocks.at(-1)?.kind === 'check';
  return (block.kind === 'fields' || block.kind === 'notice') && block.beside === true;
}

function wordsOfPanel({ heading, text }: CheckBlock): PanelWords {
  return { heading, text };
}

/** Writes a section. @throws ServiceError `renderingFailed` when what must stay together is longer than a page */
export function writeSection(flow: Flow, wording: Wording, section: Section, input: LayoutInput): void {
  const heading = section.heading === undefined ? undefined : wording.word(section.heading);
  const columns: ColumnContent[] = [];
  for (const block of section.blocks) {
    switch (block.kind) {
      case 'heading':
        break;
      case 'paragraph':
        writeParagraph(flow, wording.word(block.text), heading, block.keepTogether === true);
        break;
      case 'fields':
        columns.push(...contentOf(wording, block));
        break;
      case 'table': {
        const own = block.heading === undefined ? undefined : wording.word(block.heading);
        writeTable(flow, wording, block, input.type.facts, own ?? heading);
        break;
      }
      case 'notice':
        columns.push({ kind: 'text', heading: wording.word(block.heading), text: wording.word(block.text) });
        break;
      case 'check':
        writePanel(flow, wording, section, input);
        break;
      case 'seal':
        if (section.check === undefined) writeSmall(flow, wording.word(block.text), heading);
        prepareSeal(flow.sheet, wording, block, input.isSpecimen === true);
        break;
    }
  }
  if (columns.length > 0) writeColumns(flow, columns, heading);
}

/** Fields of which none has a value take no room. */
function contentOf(wording: Wording, { heading, fields }: FieldsBlock): ColumnContent[] {
  const values = fields.map((use) => wording.field(use)).filter((value) => value !== undefined);
  if (values.length === 0) return [];
  return [{ kind: 'values', values, ...(heading !== undefined && { heading: wording.word(heading) }) }];
}

/** A paragraph may be broken anywhere, also right away; kept together or under a heading it needs room first. */
function writeParagraph(flow: Flow, text: Phrase, heading: Phrase | undefined, isWhole: boolean): void {
  const lines = linesOf(flow.sheet, BODY, text, LINE_WIDTH).texts.length;
  const atLeast = heading === undefined ? 0 : Math.min(2, lines);
  const following = (isWhole ? lines : atLeast) * BODY.leading;
  flow.startSection(heading, following > flow.wholePage ? BODY.leading : following);
  flow.writeText('P', BODY, text);
}

function writeSmall(flow: Flow, text: Phrase, heading: Phrase | undefined): void {
  flow.startSection(heading, linesOf(flow.sheet, SMALL, text, LINE_WIDTH).texts.length * SMALL.leading);
  flow.writeText('P', SMALL, text);
}

function writePanel(flow: Flow, wording: Wording, { check }: Section, input: LayoutInput): void {
  if (check === undefined) return;
  const panel = prepareCheckPanel(flow.sheet, wording, input, check);
  flow.startSection(undefined, panel.height);
  panel.draw(flow.sheet.root, flow.y);
  flow.y += panel.height;
}

/** Places the field of the seal on the page, in the structure behind what was said of it. */
export function prepareSeal(sheet: Sheet, wording: Wording, { field }: SealBlock, isSpecimen: boolean): void {
  if (!isSpecimen) sheet.addField(sheet.addElement(sheet.root, 'Form'), wording.word(field));
}
