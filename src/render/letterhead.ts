/** What frames the content: emblem and name at the top, title, running header and footer. */
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import { addElement, drawArtifact, type OpenDocument, type Pdf } from './document.ts';
import { FURNITURE, ISSUER_NAME, LINE_WIDTH, mm, PAGE, RULE, TITLE } from './style.ts';
import { drawLines, linesOf, widthOf } from './text.ts';
import { formatEnterprise, type Wording } from './wording.ts';

const EMBLEM_HEIGHT = mm(13);
const EMBLEM_GAP = mm(4);
const TITLE_GAP = mm(8);

/** Draws emblem, name and title on the first page; gives the y below them. */
export function drawLetterhead(
  { pdf, root }: OpenDocument,
  wording: Wording,
  issuer: Issuer,
  emblem: Emblem,
): number {
  const width = (EMBLEM_HEIGHT * emblem.width) / emblem.height;
  const figure = addElement(root, pdf, 'Figure', {
    alt: wording.word('emblemAlt'),
    bbox: [PAGE.left, PAGE.top, PAGE.left + width, PAGE.top + EMBLEM_HEIGHT],
  });
  figure.add(() => {
    drawEmblem(pdf, emblem, issuer.colour);
  });
  figure.end();

  const nameX = PAGE.left + width + EMBLEM_GAP;
  const name = linesOf(
    pdf,
    ISSUER_NAME,
    wording.print('issuer', issuer.name[wording.language]),
    PAGE.right - nameX,
  );
  const nameHeight = name.length * ISSUER_NAME.leading;
  addElement(root, pdf, 'P').add(() => {
    drawLines(pdf, ISSUER_NAME, name, nameX, PAGE.top + (EMBLEM_HEIGHT - nameHeight) / 2, issuer.colour);
  });

  const titleY = PAGE.top + Math.max(EMBLEM_HEIGHT, nameHeight) + TITLE_GAP;
  const title = linesOf(pdf, TITLE, wording.title, LINE_WIDTH);
  addElement(root, pdf, 'H1').add(() => {
    drawLines(pdf, TITLE, title, PAGE.left, titleY, issuer.colour);
  });
  return titleY + title.length * TITLE.leading;
}

function drawEmblem(pdf: Pdf, emblem: Emblem, colour: string): void {
  pdf
    .save()
    .translate(PAGE.left, PAGE.top)
    .scale(EMBLEM_HEIGHT / emblem.height)
    .path(emblem.path)
    .fill(colour, 'even-odd')
    .restore();
}

/** Draws footers, and from the second page on the header, now that the number of pages is known. */
export function drawFurniture({ pdf }: OpenDocument, wording: Wording, issuer: Issuer, number: string): void {
  const { count } = pdf.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    pdf.switchToPage(index);
    const page = wording.word('page', { page: String(index + 1), pages: String(count) });
    drawArtifact(pdf, 'Pagination', () => {
      drawFooter(pdf, wording, issuer, page, number);
      if (index > 0) drawRunningHeader(pdf, wording, issuer, number);
    });
  }
}

function drawFooter(pdf: Pdf, wording: Wording, issuer: Issuer, page: string, number: string): void {
  const y = PAGE.footer;
  drawRule(pdf, y);
  const { language, print } = wording;
  const { telephone, email, website } = issuer.contact;
  const own = [
    `${issuer.name[language]} · ${wording.word('enterpriseNumber')} ${formatEnterprise(issuer.enterpriseNumber)}`,
    issuer.address[language].join(', '),
    [telephone, email, website].join(' · '),
  ];
  const right = [page, number];
  const rightWidth = Math.max(...right.map((text) => widthOf(pdf, FURNITURE, text)));
  const lines = own.flatMap((text) =>
    linesOf(pdf, FURNITURE, print('issuer', text), LINE_WIDTH - rightWidth - mm(6)),
  );
  drawLines(pdf, FURNITURE, lines, PAGE.left, y + 6, issuer.colour);
  for (const [index, text] of right.entries()) {
    const x = PAGE.right - widthOf(pdf, FURNITURE, text);
    drawLines(pdf, FURNITURE, [text], x, y + 6 + index * FURNITURE.leading, issuer.colour);
  }
}

function drawRunningHeader(pdf: Pdf, wording: Wording, issuer: Issuer, number: string): void {
  const left = `${wording.print('issuer', issuer.shortName[wording.language])} · ${wording.title}`;
  const x = PAGE.right - widthOf(pdf, FURNITURE, number);
  const [line = ''] = linesOf(pdf, FURNITURE, left, x - PAGE.left - mm(6));
  drawLines(pdf, FURNITURE, [line], PAGE.left, PAGE.top, issuer.colour);
  drawLines(pdf, FURNITURE, [number], x, PAGE.top, issuer.colour);
  drawRule(pdf, PAGE.top + FURNITURE.leading + 4);
}

function drawRule(pdf: Pdf, y: number): void {
  pdf.lineWidth(0.5).moveTo(PAGE.left, y).lineTo(PAGE.right, y).stroke(RULE);
}
