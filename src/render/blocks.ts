/** Measures the blocks of a layout in their order, those that belong together at once. */
import type { CheckBlock, FieldsBlock, LayoutBlock, SealBlock } from '../domain/page-layout.ts';
import { measureCheckPanel, type PanelWords } from './check-panel.ts';
import { type ColumnContent, measureColumns } from './columns.ts';
import type { Place } from './flow.ts';
import type { LayoutInput } from './layout.ts';
import { heightOf, type Lines } from './lines.ts';
import type { Measure } from './measure.ts';
import { nextId, type Phrase } from './phrase.ts';
import type { Sheet } from './sheet.ts';
import { BODY, HEADING, LINE_WIDTH, PAGE, SMALL, type TextStyle } from './style.ts';
import { measureTable } from './table.ts';
import type { Wording } from './wording.ts';

/** A block with what belongs to it: the heading above, what stands beside it, the seal in the panel. */
export interface Section {
  /** The key of the heading. */
  readonly heading?: string;
  readonly blocks: readonly LayoutBlock[];
  /** Of the panel: what it says. */
  readonly check?: PanelWords;
}

/** The sections of a layout, and a number that tells layouts apart. */
interface Sections {
  readonly id: number;
  readonly sections: readonly Section[];
}

/** The sections of layouts that were asked for; all documents of a type have the same ones. */
const known = new WeakMap<readonly LayoutBlock[], Sections>();

/** Puts together what belongs together. */
export function sectionsOf(layout: readonly LayoutBlock[]): Sections {
  const sections = known.get(layout) ?? { id: nextId(), sections: toSections(layout) };
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

/** Measures a section. Placing throws ServiceError `renderingFailed` when what must stay together is longer than a page. */
export function measureSection(
  measure: Measure,
  wording: Wording,
  section: Section,
  input: LayoutInput,
): Place[] {
  const heading =
    section.heading === undefined ? undefined : measureLine(measure, HEADING, wording.word(section.heading));
  const columns: ColumnContent[] = [];
  const places: Place[] = [];
  for (const block of section.blocks) {
    switch (block.kind) {
      case 'heading':
        break;
      case 'paragraph':
        places.push(
          measureParagraph(measure, wording.word(block.text), heading, block.keepTogether === true),
        );
        break;
      case 'fields':
        columns.push(...contentOf(wording, block));
        break;
      case 'table': {
        const own = block.heading && measureLine(measure, HEADING, wording.word(block.heading));
        places.push(measureTable(measure, wording, block, input.type.facts, own || heading));
        break;
      }
      case 'notice':
        columns.push({ kind: 'text', heading: wording.word(block.heading), text: wording.word(block.text) });
        break;
      case 'check':
        if (section.check !== undefined) places.push(measurePanel(measure, wording, section.check, input));
        break;
      case 'seal':
        if (section.check === undefined)
          places.push(measureSmall(measure, wording.word(block.text), heading));
        places.push(measureSeal(measure, wording, block, input.isSpecimen === true));
        break;
    }
  }
  measure.note(columns.length);
  if (columns.length > 0) places.push(measureColumns(measure, columns, heading));
  return places;
}

function measureLine(measure: Measure, style: TextStyle, phrase: Phrase): Lines {
  return measure.lines(style, phrase, PAGE.left, LINE_WIDTH);
}

/** Fields of which none has a value take no room. */
function contentOf(wording: Wording, { heading, fields }: FieldsBlock): ColumnContent[] {
  const values = fields.map((use) => wording.field(use)).filter((value) => value !== undefined);
  if (values.length === 0) return [];
  return [{ kind: 'values', values, ...(heading !== undefined && { heading: wording.word(heading) }) }];
}

/** A paragraph may be broken anywhere, also right away; kept together or under a heading it needs room first. */
function measureParagraph(
  measure: Measure,
  text: Phrase,
  heading: Lines | undefined,
  isWhole: boolean,
): Place {
  const lines = measureLine(measure, BODY, text);
  return (flow) => {
    const count = lines.settings.length;
    const atLeast = heading === undefined ? 0 : Math.min(2, count);
    const following = (isWhole ? count : atLeast) * BODY.leading;
    flow.startSection(heading, following > flow.wholePage ? BODY.leading : following);
    flow.writeText('P', lines);
  };
}

function measureSmall(measure: Measure, text: Phrase, heading: Lines | undefined): Place {
  const lines = measureLine(measure, SMALL, text);
  return (flow) => {
    flow.startSection(heading, heightOf(lines));
    flow.writeText('P', lines);
  };
}

function measurePanel(measure: Measure, wording: Wording, words: PanelWords, input: LayoutInput): Place {
  const panel = measureCheckPanel(measure, wording, input, words);
  return (flow) => {
    flow.startSection(undefined, panel.height);
    panel.place(flow.sheet, flow.y);
    flow.y += panel.height;
  };
}

/** The field of the seal stands on the page, and in the structure behind what was said of it. */
export function measureSeal(
  measure: Measure,
  wording: Wording,
  { field }: SealBlock,
  isSpecimen: boolean,
): (on: { readonly sheet: Sheet }) => void {
  const tooltip = measure.say(wording.word(field));
  return ({ sheet }) => {
    if (!isSpecimen) sheet.addField(sheet.addElement(sheet.root, 'Form'), tooltip);
  };
}
