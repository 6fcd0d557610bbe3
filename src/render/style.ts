/** How the page looks: its measures in points, its type and its greys. */

/** Converts millimetres to points. */
export function mm(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

/** A4 and its margins, from the top left; the footer lies between `footer` and the lower edge. */
export const PAGE = {
  width: 595.28,
  height: 841.89,
  left: mm(22),
  right: 595.28 - mm(22),
  top: mm(15),
  footer: 841.89 - mm(22),
} as const;

/** Width of the lines that run over the whole page. */
export const LINE_WIDTH = PAGE.right - PAGE.left;

/** Width of each of two columns, and where the second begins. */
export const HALF_WIDTH = (LINE_WIDTH - mm(8)) / 2;
export const SECOND_COLUMN = PAGE.left + HALF_WIDTH + mm(8);

/** Space before a section, and between its heading and what follows. */
export const SECTION_GAP = 15;
export const HEADING_GAP = 3;

/** Greys that stay apart from each other and readable on paper printed in black and white. */
const INK = '#1a1a1a';
const MUTED = '#565b60';
export const RULE = '#c3c9cf';
export const TINT = '#f3f5f7';
export const WHITE = '#ffffff';

export type Face = 'regular' | 'bold';

/** One way to set text: face, size and distance of lines in points; without colour it takes the issuer's. */
export interface TextStyle {
  readonly face: Face;
  readonly size: number;
  readonly leading: number;
  readonly colour?: string;
}

export const ISSUER_NAME: TextStyle = { face: 'bold', size: 12, leading: 16 };
export const TITLE: TextStyle = { face: 'bold', size: 21, leading: 27 };
export const HEADING: TextStyle = { face: 'bold', size: 10.5, leading: 15 };
export const BODY: TextStyle = { face: 'regular', size: 9.75, leading: 14, colour: INK };
export const NOTE: TextStyle = { face: 'regular', size: 9, leading: 13, colour: INK };
export const LABEL: TextStyle = { face: 'regular', size: 8, leading: 11, colour: MUTED };
export const VALUE: TextStyle = { face: 'bold', size: 10, leading: 14, colour: INK };
export const ABSENT: TextStyle = { face: 'regular', size: 10, leading: 14, colour: MUTED };
export const COLUMN_HEAD: TextStyle = { face: 'bold', size: 8, leading: 11, colour: MUTED };
export const CELL: TextStyle = { face: 'regular', size: 9.5, leading: 13, colour: INK };
export const TOTAL: TextStyle = { face: 'bold', size: 9.5, leading: 13, colour: INK };
export const SMALL: TextStyle = { face: 'regular', size: 8.25, leading: 11.5, colour: INK };
export const ADDRESS: TextStyle = { face: 'bold', size: 9, leading: 13, colour: INK };
export const FURNITURE: TextStyle = { face: 'regular', size: 7.25, leading: 10, colour: MUTED };
/** Light enough that what stands on it is read without effort. */
export const WATERMARK: TextStyle = { face: 'bold', size: 96, leading: 96, colour: '#e8ecef' };
