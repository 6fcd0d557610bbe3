/**
 * The panel at the foot of the first page: how to check the document, and what its seal is.
 *
 * Measures for paper: a code is 35 mm wide with its quiet zone of four modules. The address takes 41 modules (0.85 mm
 * each), the offline code at most 69 (0.51 mm; 0.43 mm when printed at 85 %), where 0.33 mm is what telephones and office
 * printers manage. Error correction M mends 15 % of a code, which is more than a fold or a stamp takes; Q would cost a
 * fifth of the module for paper that is seldom that bad.
 */
import { heightOf, type Lines } from './lines.ts';
import type { Coded, Measure, Said } from './measure.ts';
import { type Phrase, widthOf } from './phrase.ts';
import type { Sheet } from './sheet.ts';
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
import type { Wording, WordingInput } from './wording.ts';

/** The panel, measured, and how to place it at a height of the page. */
export interface CheckPanel {
  readonly height: number;
  readonly place: (sheet: Sheet, y: number) => void;
}

/** What the panel says of one document. */
export type CheckInput = Pick<WordingInput, 'type' | 'verificationUrl' | 'offlineCode' | 'byHand'>;

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

/** Measures the panel: codes, heading, instruction, what to type by hand, and the note on the seal. */
export function measureCheckPanel(
  measure: Measure,
  wording: Wording,
  input: CheckInput,
  words: PanelWords,
): CheckPanel {
  const codes = codesOf(input);
  const room = PADDING + QR_SIZE + TEXT_GAP;
  const x = PAGE.left + room;
  const width = LINE_WIDTH - room - (codes.length === 1 ? PADDING : room);
  const frame: Frame = { measure, wording, x, width };
  measure.note(codes.length);
  const printed = codes.map((code, at) => measureCode(measure, wording, code, at, codes.length > 1));
  const parts = [
    measureText(frame, HEADING, words.heading, 2, 'H2'),
    measureText(frame, SMALL, instructionOf(words.text, codes), 4),
    measureText(frame, SMALL, 'checkByHand', 2),
    ...measureTyped(frame, input),
  ];
  if (words.seal !== undefined) parts.push(measureText(frame, SMALL, words.seal, 0));
  const textHeight = parts.reduce((sum, { height }) => sum + height, 0);
  const captionHeight = codes.length === 1 ? 0 : LABEL.leading;
  const height = Math.max(QR_SIZE + captionHeight, textHeight) + 2 * PADDING;
  return {
    height,
    place: (sheet, y) => {
      const codeY = y + (height - QR_SIZE - captionHeight) / 2;
      sheet.addArtifact('Layout', () => {
        sheet.addBox(PAGE.left, y, LINE_WIDTH, height, 4, TINT);
        for (const code of printed) sheet.addBox(code.x, codeY, QR_SIZE, QR_SIZE, 2, WHITE);
      });
      let top = y + (height - textHeight) / 2;
      for (const [index, part] of parts.entries()) {
        placePart(sheet, part, top);
        top += part.height;
        if (index === 0) for (const code of printed) placeCode(sheet, code, codeY);
      }
    },
  };
}

type Code = { readonly kind: 'url' | 'offline'; readonly text: string };

/** A document prepared before there were offline codes has the other one, whatever its type wants now. */
function codesOf({ type, verificationUrl, offlineCode }: CheckInput): readonly Code[] {
  const url: Code = { kind: 'url', text: verificationUrl };
  if (type.qr === 'url' || offlineCode === undefined) return [url];
  const offline: Code = { kind: 'offline', text: offlineCode };
  return type.qr === 'both' ? [url, offline] : [offline];
}

/** The words that every type has fit the form of the code; words of the type's own are printed as they are. */
function instructionOf(text: string, [first, second]: readonly Code[]): string {
  if (text !== 'checkText') return text;
  if (second !== undefined) return 'checkTextBoth';
  return first?.kind === 'offline' ? 'checkTextOffline' : 'checkText';
}

/** One code: what it holds, what is said instead of it, and what stands below it where there are two. */
interface PrintedCode {
  readonly code: Coded;
  readonly alt: Said;
  readonly caption: Lines | undefined;
  readonly x: number;
}

function measureCode(
  measure: Measure,
  wording: Wording,
  { kind, text }: Code,
  at: number,
  isCaptioned: boolean,
): PrintedCode {
  const [alt, below] = kind === 'url' ? ['qrAlt', 'qrOnline'] : ['qrOfflineAlt', 'qrOffline'];
  const x = at === 0 ? PAGE.left + PADDING : PAGE.right - PADDING - QR_SIZE;
  const caption = isCaptioned ? measureCaption(measure, wording.word(below), x) : undefined;
  return { code: measure.code(text), alt: measure.say(wording.word(alt)), caption, x };
}

function measureCaption(measure: Measure, phrase: Phrase, x: number): Lines {
  const middle = x + (QR_SIZE - widthOf(measure.fonts, LABEL, phrase)) / 2;
  return measure.lines(LABEL, phrase, middle, Infinity);
}

function placeCode(sheet: Sheet, { code, alt, caption, x }: PrintedCode, y: number): void {
  const figure = sheet.addElement(sheet.root, 'Figure', { alt, bbox: [x, y, x + QR_SIZE, y + QR_SIZE] });
  sheet.addContent(figure, () => {
    sheet.addCode(code, x, y, QR_SIZE);
  });
  if (caption === undefined) return;
  sheet.addContent(sheet.addElement(sheet.root, 'P'), () => {
    sheet.addLines(caption, y + QR_SIZE);
  });
}

/** A piece of the text, with the space below it. */
interface Part {
  readonly tag: string;
  readonly lines: readonly Lines[];
  readonly height: number;
}

/** Where the texts of the panel stand. */
interface Frame {
  readonly measure: Measure;
  readonly wording: Wording;
  readonly x: number;
  readonly width: number;
}

function measureText(
  { measure, wording, x, width }: Frame,
  style: TextStyle,
  key: string,
  gap: number,
  tag = 'P',
): Part {
  const lines = measure.lines(style, wording.word(key), x, width);
  return { tag, lines: [lines], height: heightOf(lines) + gap };
}

/** What is typed by hand, each behind its label: on one line, or on two where it is too narrow. */
function measureTyped({ measure, wording, x, width }: Frame, { byHand }: CheckInput): Part[] {
  const { fonts } = measure;
  const pairs = [
    { label: wording.word('number'), value: wording.number },
    { label: wording.word('checkCode'), value: wording.print('checkCode', byHand.code) },
  ].map(({ label, value }) => {
    const indent = widthOf(fonts, LABEL, label) + LABEL_GAP;
    return { label: spacedOf(wording, label), value, indent, width: indent + widthOf(fonts, ADDRESS, value) };
  });
  const total = pairs.reduce((sum, pair) => sum + pair.width + TYPED_GAP, -TYPED_GAP);
  const isStacked = total > width;
  measure.note(isStacked ? 1 : 0);
  let left = x;
  return pairs.map(({ label, value, indent, width: own }, at) => {
    const lines = [
      left === x
        ? measure.lines(LABEL, label, left, Infinity)
        : measure.looseLines(LABEL, label, left, Infinity),
      measure.looseLines(ADDRESS, value, left + indent, Infinity),
    ];
    if (!isStacked) left += own + TYPED_GAP;
    const isLast = at === pairs.length - 1;
    return { tag: 'P', lines, height: (isStacked || isLast ? ADDRESS.leading : 0) + (isLast ? 4 : 0) };
  });
}

/** Who reads the line aloud or copies it finds the label and what it says apart. */
function spacedOf(wording: Wording, label: Phrase): Phrase {
  const known = spaced.get(label);
  if (known !== undefined) return known;
  const phrase = wording.write(label.isFixed, 'checkCode', `${label.text} `);
  if (label.isFixed) spaced.set(label, phrase);
  return phrase;
}

/** Fixed labels live as long as the renderer. */
const spaced = new WeakMap<Phrase, Phrase>();

/** Smaller type stands lower, on the same line as the other. */
const DROP = (ADDRESS.leading - LABEL.leading) / 2 + 0.4;

function placePart(sheet: Sheet, { tag, lines }: Part, y: number): void {
  sheet.addContent(sheet.addElement(sheet.root, tag), () => {
    for (const one of lines) sheet.addLines(one, one.style === LABEL ? y + DROP : y);
  });
}
