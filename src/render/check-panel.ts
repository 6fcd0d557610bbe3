/**
 * The panel at the foot of the first page: how to check the document, and what its seal is.
 *
 * Measures for paper: a code is 35 mm wide with its quiet zone of four modules. The address takes 41 modules (0.85 mm
 * each), the offline code at most 69 (0.51 mm; 0.43 mm when printed at 85 %), where 0.33 mm is what telephones and office
 * printers manage. Error correction M mends 15 % of a code, which is more than a fold or a stamp takes; Q would cost a
 * fifth of the module for paper that is seldom that bad.
 */
import type { Element, Sheet } from './sheet.ts';
import {
  ADDRESS,
  HEADING,
  LABEL,
  LINE_WIDTH,
  mm,
  PAGE,
  SMALL,
  type TextStyle,
  TINT,
  WHITE,
} from './style.ts';
import { drawLines, type Lines, lineOf, linesOf, type Phrase, widthOf } from './text.ts';
import type { Wording, WordingInput } from './wording.ts';

/** The panel, measured, and how to draw it at a height of the page. */
export interface CheckPanel {
  readonly height: number;
  readonly draw: (parent: Element, y: number) => void;
}

/** What the panel says of one document. */
export type CheckInput = Pick<WordingInput, 'type' | 'number' | 'verificationUrl' | 'offlineCode' | 'byHand'>;

/** Side of a QR code with its quiet zone. */
const QR_SIZE = mm(35);
const PADDING = mm(3);
const TEXT_GAP = mm(5);
/** Behind a label, and between the number and the code that are typed. */
const LABEL_GAP = mm(1.5);
const TYPED_GAP = mm(6);

/** The keys of what the panel says; without `seal` it says nothing of the seal. */
export interface PanelWords {
  readonly heading: string;
  readonly text: string;
  readonly seal?: string | undefined;
}

/** Prepares the panel: codes, heading, instruction, what to type by hand, and the note on the seal. */
export function prepareCheckPanel(
  sheet: Sheet,
  wording: Wording,
  input: CheckInput,
  words: PanelWords,
): CheckPanel {
  const [first, second] = codesOf(wording, input);
  const textX = PADDING + QR_SIZE + TEXT_GAP;
  const right = second === undefined ? PADDING : PADDING + QR_SIZE + TEXT_GAP;
  const width = LINE_WIDTH - textX - right;
  const parts = [
    prepareText(sheet, 'H2', HEADING, wording.word(words.heading), width, 2),
    prepareText(sheet, 'P', SMALL, wording.word(instructionOf(words.text, first, second)), width, 4),
    prepareText(sheet, 'P', SMALL, wording.word('checkByHand'), width, 2),
    prepareTyped(sheet, wording, input, width),
    ...(words.seal === undefined ? [] : [prepareText(sheet, 'P', SMALL, wording.word(words.seal), width, 0)]),
  ];
  const textHeight = parts.reduce((sum, { height }) => sum + height, 0);
  const captionHeight = second === undefined ? 0 : LABEL.leading;
  const height = Math.max(QR_SIZE + captionHeight, textHeight) + 2 * PADDING;
  return {
    height,
    draw: (parent, y) => {
      const left = PAGE.left + PADDING;
      const codeY = y + (height - QR_SIZE - captionHeight) / 2;
      const places = [left, PAGE.right - PADDING - QR_SIZE];
      const codes = second === undefined ? [first] : [first, second];
      sheet.addArtifact('Layout', () => {
        sheet.addBox(PAGE.left, y, LINE_WIDTH, height, 4, TINT);
        for (const [at] of codes.entries())
          sheet.addBox(places[at] ?? left, codeY, QR_SIZE, QR_SIZE, 2, WHITE);
      });
      let top = y + (height - textHeight) / 2;
      for (const [index, part] of parts.entries()) {
        part.draw(parent, PAGE.left + textX, top);
        top += part.height;
        if (index > 0) continue;
        for (const [at, code] of codes.entries())
          drawCode(sheet, parent, code, places[at] ?? left, codeY, captionHeight > 0);
      }
    },
  };
}

/** One code: what it holds, what is said instead of it, and what stands below it where there are two. */
interface Code {
  readonly kind: 'url' | 'offline';
  readonly text: string;
  readonly alt: Phrase;
  readonly caption: Phrase;
}

/** A document prepared before there were offline codes has the other one, whatever its type wants now. */
function codesOf(wording: Wording, input: CheckInput): readonly [Code, Code?] {
  const { type, verificationUrl, offlineCode } = input;
  const { word } = wording;
  const url: Code = { kind: 'url', text: verificationUrl, alt: word('qrAlt'), caption: word('qrOnline') };
  if (type.qr === 'url' || offlineCode === undefined) return [url];
  const alt = word('qrOfflineAlt');
  const offline: Code = { kind: 'offline', text: offlineCode, alt, caption: word('qrOffline') };
  return type.qr === 'both' ? [url, offline] : [offline];
}

/** The words that every type has fit the form of the code; words of the type's own are printed as they are. */
function instructionOf(text: string, first: Code, second: Code | undefined): string {
  if (text !== 'checkText') return text;
  if (second !== undefined) return 'checkTextBoth';
  return first.kind === 'offline' ? 'checkTextOffline' : 'checkText';
}

function drawCode(
  sheet: Sheet,
  parent: Element,
  { text, alt, caption }: Code,
  x: number,
  y: number,
  hasCaption: boolean,
): void {
  const figure = sheet.addElement(parent, 'Figure', { alt, bbox: [x, y, x + QR_SIZE, y + QR_SIZE] });
  sheet.addContent(figure, () => {
    sheet.addCode(text, x, y, QR_SIZE);
  });
  if (!hasCaption) return;
  const middle = x + (QR_SIZE - widthOf(sheet, LABEL, caption.text)) / 2;
  sheet.addContent(sheet.addElement(parent, 'P'), () => {
    drawLines(sheet, LABEL, lineOf(sheet, LABEL, caption), middle, y + QR_SIZE);
  });
}

/** A piece of the text, with the space below it. */
interface Part {
  readonly height: number;
  readonly draw: (parent: Element, x: number, y: number) => void;
}

function prepareText(
  sheet: Sheet,
  tag: string,
  style: TextStyle,
  phrase: Phrase,
  width: number,
  gap: number,
): Part {
  const lines = linesOf(sheet, style, phrase, width);
  return {
    height: lines.texts.length * style.leading + gap,
    draw: (parent, x, y) => {
      write(sheet, parent, tag, [{ style, lines, x, y }]);
    },
  };
}

/** What is typed by hand, each behind its label: on one line, or on two where it is too narrow. */
function prepareTyped(sheet: Sheet, wording: Wording, { number, byHand }: CheckInput, width: number): Part {
  const pairs = [
    { label: wording.word('number'), value: wording.print('number', number) },
    { label: wording.word('checkCode'), value: wording.print('checkCode', byHand.code) },
  ].map(({ label, value }) => {
    const indent = widthOf(sheet, LABEL, label.text) + LABEL_GAP;
    return { label, value, indent, width: indent + widthOf(sheet, ADDRESS, value.text) };
  });
  const total = pairs.reduce((sum, pair) => sum + pair.width + TYPED_GAP, -TYPED_GAP);
  const isStacked = total > width;
  // Smaller type, on the same line.
  const drop = (ADDRESS.leading - LABEL.leading) / 2 + 0.4;
  return {
    height: ADDRESS.leading * (isStacked ? pairs.length : 1) + 4,
    draw: (parent, x, y) => {
      let [left, top] = [x, y];
      for (const { label, value, indent, width: own } of pairs) {
        // The blank is for who reads aloud or copies.
        const labelled = lineOf(sheet, LABEL, { ...label, text: `${label.text} ` });
        write(sheet, parent, 'P', [
          { style: LABEL, lines: labelled, x: left, y: top + drop },
          { style: ADDRESS, lines: lineOf(sheet, ADDRESS, value), x: left + indent, y: top },
        ]);
        if (isStacked) top += ADDRESS.leading;
        else left += own + TYPED_GAP;
      }
    },
  };
}

interface Written {
  readonly style: TextStyle;
  readonly lines: Lines;
  readonly x: number;
  readonly y: number;
}

function write(sheet: Sheet, parent: Element, tag: string, pieces: readonly Written[]): void {
  sheet.addContent(sheet.addElement(parent, tag), () => {
    for (const { style, lines, x, y } of pieces) drawLines(sheet, style, lines, x, y);
  });
}
