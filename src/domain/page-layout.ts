/** The page of an attestation type as data: its blocks from top to bottom, and the words that they print. */
import type { DAY_FORMATS, Fact } from './fact.ts';

/** A fact where a layout prints it. */
export interface FactUse {
  /** The name of the fact. */
  readonly fact: string;
  /** The key of its label in the language files, if it is not the fact's own name. */
  readonly label?: string;
  /** How a day is written, if not as the fact says. */
  readonly format?: (typeof DAY_FORMATS)[number];
  /** Left out, with its label, where there is no value; otherwise a dash stands there. */
  readonly optional?: boolean;
  /** Of a column: it takes the width that the others leave. */
  readonly wide?: boolean;
}

/**
 * One block of the page; `heading`, `text` and `field` name a key of the language files. `beside` puts it to the right
 * of the block before; `keepTogether` moves it to the next page as a whole when it does not fit.
 */
export type LayoutBlock =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string; readonly keepTogether?: boolean }
  | FieldsBlock
  | TableBlock
  | { readonly kind: 'notice'; readonly heading: string; readonly text: string; readonly beside?: boolean }
  | CheckBlock
  | SealBlock;

/** Values under their labels. */
export interface FieldsBlock {
  readonly kind: 'fields';
  readonly heading?: string;
  readonly fields: readonly FactUse[];
  readonly beside?: boolean;
}

/** A row for each day or period; its header is repeated on every page. */
export interface TableBlock {
  readonly kind: 'table';
  readonly heading?: string;
  readonly columns: readonly FactUse[];
  /** The fact that the last row prints with its label: most often the number of rows. */
  readonly total?: string;
  readonly keepTogether?: boolean;
}

/** The panel with QR code and address by which anyone can check the document. */
export interface CheckBlock {
  readonly kind: 'check';
  readonly heading: string;
  readonly text: string;
  /** At the foot of the first page, or `here`, between the blocks around it. */
  readonly place: 'foot' | 'here';
}

/** What the seal is; holds the field of the seal. Right after `check` it stands in that panel. */
export interface SealBlock {
  readonly kind: 'seal';
  readonly text: string;
  /** What a screen reader says of the field. */
  readonly field: string;
}

/** Gives the key of the label of a fact. */
export function labelOf({ fact, label }: FactUse): string {
  return label ?? fact;
}

/** Gives the key of the word that stands for a code. */
export function wordOfCode(fact: string, code: string): string {
  return `${fact}.${code}`;
}

/** Lists the facts that a layout prints, as often as it does. */
export function usesOf(layout: readonly LayoutBlock[]): FactUse[] {
  return layout.flatMap((block): readonly FactUse[] => {
    if (block.kind === 'fields') return block.fields;
    if (block.kind !== 'table') return [];
    return block.total === undefined ? block.columns : [...block.columns, { fact: block.total }];
  });
}

/** Lists the words that a layout prints: its texts and headings, a label for each fact, a word for each of its codes. */
export function wordsOf(layout: readonly LayoutBlock[], facts: ReadonlyMap<string, Fact>): string[] {
  const texts = layout.flatMap((block): (string | undefined)[] => {
    switch (block.kind) {
      case 'heading':
      case 'paragraph':
        return [block.text];
      case 'fields':
      case 'table':
        return [block.heading];
      case 'notice':
      case 'check':
        return [block.heading, block.text];
      case 'seal':
        return [block.text, block.field];
    }
  });
  const ofFacts = usesOf(layout).flatMap((use) => [
    labelOf(use),
    ...(facts.get(use.fact)?.codes ?? []).map((code) => wordOfCode(use.fact, code)),
  ]);
  return [...new Set([...texts.filter((text) => text !== undefined), ...ofFacts])];
}
