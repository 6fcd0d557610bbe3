/** Blocks that stand alone or two side by side: values under their labels, and notices. */
import type { Flow } from './flow.ts';
import type { Element } from './sheet.ts';
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
  type TextStyle,
  VALUE,
} from './style.ts';
import { drawLines, linesOf, type Phrase } from './text.ts';
import type { LabelledValue } from './wording.ts';

/** What one column shows: values that form a list, or a text; under a heading or without. */
export type ColumnContent =
  | { readonly kind: 'values'; readonly heading?: Phrase; readonly values: readonly LabelledValue[] }
  | { readonly kind: 'text'; readonly heading: Phrase; readonly text: Phrase };

/** Something measured that knows how to draw itself at a place. */
interface Drawing {
  readonly height: number;
  readonly draw: (parent: Element, x: number, y: number) => void;
}

const VALUE_GAP = 5;

/**
 * Writes one column, or two side by side, under a heading if there is one; they stay together on a page.
 * @throws ServiceError `renderingFailed` when they are longer than a page
 */
export function writeColumns(flow: Flow, contents: readonly ColumnContent[], above?: Phrase): void {
  const width = contents.length > 1 ? HALF_WIDTH : LINE_WIDTH;
  const drawings = contents.map((content) => prepareColumn(flow, content, width));
  const height = Math.max(...drawings.map((drawing) => drawing.height));
  flow.startSection(above, height);
  for (const [index, drawing] of drawings.entries()) {
    drawing.draw(flow.sheet.root, index === 0 ? PAGE.left : SECOND_COLUMN, flow.y);
  }
  flow.y += height;
}

function prepareColumn(flow: Flow, content: ColumnContent, width: number): Drawing {
  const body =
    content.kind === 'text'
      ? prepareText(flow, 'P', NOTE, content.text, width)
      : prepareValues(flow, content.values, width);
  if (content.heading === undefined) return body;
  const heading = prepareText(flow, 'H2', HEADING, content.heading, width);
  const bodyAt = heading.height + HEADING_GAP;
  return {
    height: bodyAt + body.height,
    draw: (parent, x, y) => {
      heading.draw(parent, x, y);
      body.draw(parent, x, y + bodyAt);
    },
  };
}

function prepareValues(flow: Flow, values: readonly LabelledValue[], width: number): Drawing {
  const items = values.map((value) => prepareValue(flow, value, width));
  return {
    height: items.reduce((sum, { height }) => sum + height, VALUE_GAP * (items.length - 1)),
    draw: (parent, x, y) => {
      const list = flow.sheet.addElement(parent, 'L');
      let top = y;
      for (const item of items) {
        item.draw(list, x, top);
        top += item.height + VALUE_GAP;
      }
    },
  };
}

function prepareValue(flow: Flow, { label, value, isAbsent }: LabelledValue, width: number): Drawing {
  const above = prepareText(flow, 'Lbl', LABEL, label, width);
  const below = prepareText(flow, 'LBody', isAbsent ? ABSENT : VALUE, value, width);
  return {
    height: above.height + below.height,
    draw: (list, x, y) => {
      const item = flow.sheet.addElement(list, 'LI');
      above.draw(item, x, y);
      below.draw(item, x, y + above.height);
    },
  };
}

function prepareText({ sheet }: Flow, tag: string, style: TextStyle, text: Phrase, width: number): Drawing {
  const lines = linesOf(sheet, style, text, width);
  return {
    height: lines.texts.length * style.leading,
    draw: (parent, x, y) => {
      sheet.addContent(sheet.addElement(parent, tag), () => {
        drawLines(sheet, style, lines, x, y);
      });
    },
  };
}
