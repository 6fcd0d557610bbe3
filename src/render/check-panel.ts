/** The panel at the foot of the first page: how to check the document, and what its seal is. */
import type { Element, Sheet } from './sheet.ts';
import { ADDRESS, HEADING, LINE_WIDTH, mm, PAGE, SMALL, TINT, WHITE } from './style.ts';
import { drawLines, linesOf } from './text.ts';
import type { Wording } from './wording.ts';

/** The panel, measured, and how to draw it at a height of the page. */
export interface CheckPanel {
  readonly height: number;
  readonly draw: (parent: Element, y: number) => void;
}

/** Side of the QR code with its quiet zone. */
const QR_SIZE = mm(35);
const PADDING = mm(3);
const TEXT_GAP = mm(5);

/** The keys of what the panel says; without `seal` it says nothing of the seal. */
export interface PanelWords {
  readonly heading: string;
  readonly text: string;
  readonly seal?: string | undefined;
}

/** Prepares the panel: code, heading, instruction, address, and the note on the seal. */
export function prepareCheckPanel(
  sheet: Sheet,
  wording: Wording,
  url: string,
  words: PanelWords,
): CheckPanel {
  const textX = PADDING + QR_SIZE + TEXT_GAP;
  const width = LINE_WIDTH - textX - PADDING;
  const texts = [
    { tag: 'H2', style: HEADING, text: wording.word(words.heading), gap: 2 },
    { tag: 'P', style: SMALL, text: wording.word(words.text), gap: 3 },
    { tag: 'P', style: ADDRESS, text: wording.print('url', url), gap: 3 },
    ...(words.seal === undefined ? [] : [{ tag: 'P', style: SMALL, text: wording.word(words.seal), gap: 0 }]),
  ].map((one) => ({ ...one, lines: linesOf(sheet, one.style, one.text, width) }));
  const textHeight = texts.reduce(
    (sum, { lines, style, gap }) => sum + lines.texts.length * style.leading + gap,
    0,
  );
  const height = Math.max(QR_SIZE, textHeight) + 2 * PADDING;
  return {
    height,
    draw: (parent, y) => {
      const x = PAGE.left;
      const qr = { x: x + PADDING, y: y + (height - QR_SIZE) / 2 };
      sheet.addArtifact('Layout', () => {
        sheet.addBox(x, y, LINE_WIDTH, height, 4, TINT);
        sheet.addBox(qr.x, qr.y, QR_SIZE, QR_SIZE, 2, WHITE);
      });
      let top = y + (height - textHeight) / 2;
      for (const [index, { tag, style, lines, gap }] of texts.entries()) {
        const at = top;
        sheet.addContent(sheet.addElement(parent, tag), () => {
          drawLines(sheet, style, lines, x + textX, at);
        });
        top += lines.texts.length * style.leading + gap;
        if (index > 0) continue;
        const figure = sheet.addElement(parent, 'Figure', {
          alt: wording.word('qrAlt'),
          bbox: [qr.x, qr.y, qr.x + QR_SIZE, qr.y + QR_SIZE],
        });
        sheet.addContent(figure, () => {
          sheet.addCode(url, qr.x, qr.y, QR_SIZE);
        });
      }
    },
  };
}
