/** Blocks that stand alone or two side by side: values under their labels, and notices. */
import type { Place } from './flow.ts';
import { heightOf, type Lines } from './lines.ts';
import type { Measure } from './measure.ts';
import type { Phrase } from './phrase.ts';
import type { Element, Sheet } from './sheet.ts';
import {
  ABSENT,
  HALF_WIDTH,
  HEADING,
  HEADING_GAP,
  LABEL,
  LINE_WIDTH,
  NOTE,
  PAGE,
  SECOND_COLUMN,
  VALUE,
} from './style.ts';
import type { LabelledValue } from './wording.ts';

/** What one column shows: values that form a list, or a text; under a heading or without. */
export type ColumnContent =
  | { readonly kind: 'values'; readonly heading?: Phrase; readonly values: readonly LabelledValue[] }
  | { readonly kind: 'text'; readonly heading: Phrase; readonly text: Phrase };

/** A column, measured. */
interface Column {
  readonly height: number;
  readonly heading: Lines | undefined;
  readonly body: Lines | readonly Item[];
}

/** A value under its label. */
interface Item {
  readonly label: Lines;
  readonly value: Lines;
}

const VALUE_GAP = 5;

/**
 * Measures one column, or two side by side, under a heading if there is one; they stay together on a page.
 * Placing them throws ServiceError `renderingFailed` when they are longer than a page.
 */
export function measureColumns(
  measure: Measure,
  contents: readonly ColumnContent[],
  above: Lines | undefined,
): Place {
  const width = contents.length > 1 ? HALF_WIDTH : LINE_WIDTH;
  measure.note(contents.length);
  const columns = contents.map((content, index) =>
    measureColumn(measure, content, index === 0 ? PAGE.left : SECOND_COLUMN, width),
  );
  return (flow) => {
    const height = Math.max(...columns.map((column) => column.height));
    flow.startSection(above, height);
    for (const column of columns) placeColumn(flow.sheet, column, flow.y);
    flow.y += height;
  };
}

function measureColumn(measure: Measure, content: ColumnContent, x: number, width: number): Column {
  measure.note(content.heading === undefined ? 0 : 1);
  const heading = content.heading && measure.lines(HEADING, content.heading, x, width);
  const above = heading === undefined ? 0 : heightOf(heading) + HEADING_GAP;
  if (content.kind === 'text') {
    const body = measure.lines(NOTE, content.text, x, width);
    return { heading, body, height: above + heightOf(body) };
  }
  const body = content.values.map((value) => measureValue(measure, value, x, width));
  measure.note(body.length);
  return { heading, body, height: above + heightOfList(body) };
}

function measureValue(
  measure: Measure,
  { label, value, isAbsent }: LabelledValue,
  x: number,
  width: number,
): Item {
  measure.note(isAbsent ? 1 : 0);
  return {
    label: measure.lines(LABEL, label, x, width),
    value: measure.lines(isAbsent ? ABSENT : VALUE, value, x, width),
  };
}

function heightOfList(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + heightOfItem(item), VALUE_GAP * (items.length - 1));
}

function heightOfItem({ label, value }: Item): number {
  return heightOf(label) + heightOf(value);
}

function placeColumn(sheet: Sheet, { heading, body }: Column, y: number): void {
  let top = y;
  if (heading !== undefined) {
    placeText(sheet, sheet.root, 'H2', heading, top);
    top += heightOf(heading) + HEADING_GAP;
  }
  if ('style' in body) placeText(sheet, sheet.root, 'P', body, top);
  else placeList(sheet, body, top);
}

function placeList(sheet: Sheet, items: readonly Item[], y: number): void {
  const list = sheet.addElement(sheet.root, 'L');
  let top = y;
  for (const item of items) {
    const element = sheet.addElement(list, 'LI');
    placeText(sheet, element, 'Lbl', item.label, top);
    placeText(sheet, element, 'LBody', item.value, top + heightOf(item.label));
    top += heightOfItem(item) + VALUE_GAP;
  }
}

function placeText(sheet: Sheet, parent: Element, tag: string, lines: Lines, y: number): void {
  sheet.addContent(sheet.addElement(parent, tag), () => {
    sheet.addLines(lines, y);
  });
}
