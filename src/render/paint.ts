/** Paints a sheet with pdfkit: elements, artifacts, shapes and the field of the seal; text and code as the caller wants. */
import {
  addElement,
  drawArtifact,
  type OpenDocument,
  type PdfElement,
  type PdfElementOptions,
} from './document.ts';
import type { Said } from './measure.ts';
import { writeRule } from './run.ts';
import type { CodeMark, Element, ElementOptions, Mark, Sheet, TextRun } from './sheet.ts';
import { addSignatureField, type SignatureFieldInput } from './signature-field.ts';

/** How text and codes get on the page. */
export interface Hand {
  /** @param isSame whether face, size and colour are still those of the text before */
  readonly text: (run: TextRun, isSame: boolean) => void;
  readonly code: (mark: CodeMark) => void;
  /** Gives what is written for a text that is not seen but said. */
  readonly say: (said: Said) => string;
}

/** Paints all marks of a sheet on an open document. */
export function paint(
  document: OpenDocument,
  sheet: Sheet,
  hand: Hand,
  seal: Omit<SignatureFieldInput, 'tooltip'>,
): void {
  const elements: PdfElement[] = [document.root];
  paintMarks(sheet.marks, { document, hand, seal, elements, last: undefined });
}

interface Work {
  readonly document: OpenDocument;
  readonly hand: Hand;
  readonly seal: Omit<SignatureFieldInput, 'tooltip'>;
  readonly elements: PdfElement[];
  /** The text before, unless something changed the colour or the page since. */
  last: TextRun | undefined;
}

function paintMarks(marks: readonly Mark[], work: Work): void {
  for (const mark of marks) paintMark(mark, work);
}

function paintMark(mark: Mark, work: Work): void {
  const { document, hand, seal, elements } = work;
  const { pdf } = document;
  switch (mark.kind) {
    case 'text':
      hand.text(mark, isSameStyle(mark, work.last));
      work.last = mark;
      return;
    case 'code':
      hand.code(mark);
      break;
    case 'page':
      if (mark.page === pdf.bufferedPageRange().count) pdf.addPage();
      else pdf.switchToPage(mark.page);
      break;
    case 'element':
      elements.push(addElement(elementAt(work, mark.parent), pdf, mark.tag, optionsOf(mark.options, hand)));
      return;
    case 'content':
      elementAt(work, mark.element).add(() => {
        paintMarks(mark.marks, work);
      });
      return;
    case 'artifact':
      drawArtifact(pdf, mark.type, () => {
        paintMarks(mark.marks, work);
      });
      return;
    case 'rule':
      pdf.addContent(writeRule(mark));
      return;
    case 'box':
      pdf.roundedRect(mark.x, mark.y, mark.width, mark.height, mark.radius).fill(mark.colour);
      break;
    case 'path':
      pdf.save().translate(mark.x, mark.y).scale(mark.scale);
      pdf.path(mark.path).fill(mark.colour, 'even-odd').restore();
      break;
    case 'field':
      addSignatureField(document, elementAt(work, mark.element), {
        ...seal,
        tooltip: hand.say(mark.tooltip),
      });
      return;
  }
  work.last = undefined;
}

function optionsOf({ alt, ...others }: ElementOptions, hand: Hand): PdfElementOptions {
  return alt === undefined ? others : { ...others, alt: hand.say(alt) };
}

function isSameStyle(one: TextRun, other: TextRun | undefined): boolean {
  return one.face === other?.face && one.size === other.size && one.colour === other.colour;
}

function elementAt({ elements, document }: Work, element: Element): PdfElement {
  return elements[element] ?? document.root;
}
