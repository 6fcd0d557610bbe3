/** Draws a sheet without a template: slower, but with every character that the whole face has. */
import type { TemplateInput } from './compile.ts';
import { closeDocument, type DocumentInput, openDocument } from './document.ts';
import { addExtras, type Extras } from './extras.ts';
import { type Hand, paint } from './paint.ts';
import { writeCode } from './qr.ts';
import { addSecurityStore } from './security-store.ts';
import type { Sheet } from './sheet.ts';

/** Draws a sheet with faces subset for this one document. */
export async function drawPlainly(
  sheet: Sheet,
  input: DocumentInput & Extras & Pick<TemplateInput, 'validationData'>,
  room: number,
): Promise<Buffer> {
  const document = openDocument(input);
  const { pdf } = document;
  const hand: Hand = {
    text: ({ face, size, colour, setting, x, y }) => {
      pdf.font(face).fontSize(size).fillColor(colour).text(setting.text, x, y, { lineBreak: false });
    },
    code: (mark) => {
      pdf.addContent(writeCode(mark));
    },
    say: ({ text }) => text,
  };
  paint(document, sheet, hand, { room, signedAt: input.createdAt, name: input.author });
  addExtras(document, input);
  if (input.validationData !== undefined) addSecurityStore(document, input.validationData);
  return closeDocument(pdf);
}
