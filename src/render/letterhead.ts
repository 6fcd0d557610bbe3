/** What frames the content: emblem and name at the top, title, running header and footer. */
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import { formatEnterprise } from './fact-text.ts';
import type { Sheet } from './sheet.ts';
import { FURNITURE, ISSUER_NAME, LINE_WIDTH, mm, PAGE, RULE, TITLE, WATERMARK } from './style.ts';
import { drawLines, lineOf, linesOf, type Phrase, widthOf } from './text.ts';
import type { Wording } from './wording.ts';

const EMBLEM_HEIGHT = mm(13);
const EMBLEM_GAP = mm(4);
const TITLE_GAP = mm(8);

/** Draws emblem, name and title on the first page; gives the y below them. */
export function drawLetterhead(sheet: Sheet, wording: Wording, issuer: Issuer, emblem: Emblem): number {
  const width = (EMBLEM_HEIGHT * emblem.width) / emblem.height;
  const figure = sheet.addElement(sheet.root, 'Figure', {
    alt: wording.word('emblemAlt'),
    bbox: [PAGE.left, PAGE.top, PAGE.left + width, PAGE.top + EMBLEM_HEIGHT],
  });
  sheet.addContent(figure, () => {
    sheet.addPath(PAGE.left, PAGE.top, EMBLEM_HEIGHT / emblem.height, emblem.path, issuer.colour);
  });

  const nameX = PAGE.left + width + EMBLEM_GAP;
  const name = linesOf(
    sheet,
    ISSUER_NAME,
    wording.fixed('issuer', issuer.name[wording.language]),
    PAGE.right - nameX,
  );
  const nameHeight = name.texts.length * ISSUER_NAME.leading;
  sheet.addContent(sheet.addElement(sheet.root, 'P'), () => {
    drawLines(sheet, ISSUER_NAME, name, nameX, PAGE.top + (EMBLEM_HEIGHT - nameHeight) / 2);
  });

  const titleY = PAGE.top + Math.max(EMBLEM_HEIGHT, nameHeight) + TITLE_GAP;
  const title = linesOf(sheet, TITLE, wording.title, LINE_WIDTH);
  sheet.addContent(sheet.addElement(sheet.root, 'H1'), () => {
    drawLines(sheet, TITLE, title, PAGE.left, titleY);
  });
  return titleY + title.texts.length * TITLE.leading;
}

/** Draws footers, and from the second page on the header, now that the number of pages is known. */
export function drawFurniture(sheet: Sheet, wording: Wording, issuer: Issuer, number: Phrase): void {
  const { pages } = sheet;
  for (let index = 0; index < pages; index++) {
    sheet.turnTo(index);
    const page = wording.word('page', { page: String(index + 1), pages: String(pages) });
    sheet.addArtifact('Pagination', () => {
      drawFooter(sheet, wording, issuer, page, number);
      if (index > 0) drawRunningHeader(sheet, wording, issuer, number);
    });
  }
}

/** Says across the page, under everything else, that it is a preview. */
export function drawWatermark(sheet: Sheet, wording: Wording): void {
  const word = wording.word('specimen');
  const size = Math.min(LINE_WIDTH / widthOf(sheet, { ...WATERMARK, size: 1 }, word.text), WATERMARK.size);
  const style = { ...WATERMARK, size, leading: size };
  const x = (PAGE.left + PAGE.right - widthOf(sheet, style, word.text)) / 2;
  sheet.addArtifact('Layout', () => {
    for (const part of [1, 2])
      drawLines(sheet, style, lineOf(sheet, style, word), x, (PAGE.height * part) / 3 - size / 2);
  });
}

function drawFooter(sheet: Sheet, wording: Wording, issuer: Issuer, page: Phrase, number: Phrase): void {
  const y = PAGE.footer;
  drawRule(sheet, y);
  const { language, fixed } = wording;
  const { telephone, email, website } = issuer.contact;
  const own = [
    `${issuer.name[language]} · ${wording.word('enterpriseNumber').text} ${formatEnterprise(issuer.enterpriseNumber)}`,
    issuer.address[language].join(', '),
    [telephone, email, website].join(' · '),
  ];
  const right = [page, number];
  // Whole points, so that the lines beside it need not be broken anew for every number.
  const rightWidth = Math.ceil(Math.max(...right.map(({ text }) => widthOf(sheet, FURNITURE, text))));
  const width = LINE_WIDTH - rightWidth - mm(6);
  let below = y + 6;
  for (const text of own) {
    const lines = linesOf(sheet, FURNITURE, fixed('issuer', text), width);
    drawLines(sheet, FURNITURE, lines, PAGE.left, below);
    below += lines.texts.length * FURNITURE.leading;
  }
  for (const [index, phrase] of right.entries()) {
    const x = PAGE.right - widthOf(sheet, FURNITURE, phrase.text);
    drawLines(sheet, FURNITURE, lineOf(sheet, FURNITURE, phrase), x, y + 6 + index * FURNITURE.leading);
  }
}

function drawRunningHeader(sheet: Sheet, wording: Wording, issuer: Issuer, number: Phrase): void {
  const left = wording.fixed('issuer', `${issuer.shortName[wording.language]} · ${wording.title.text}`);
  const x = PAGE.right - widthOf(sheet, FURNITURE, number.text);
  const lines = linesOf(sheet, FURNITURE, left, Math.floor(x - PAGE.left - mm(6)));
  drawLines(sheet, FURNITURE, { ...lines, texts: lines.texts.slice(0, 1) }, PAGE.left, PAGE.top);
  drawLines(sheet, FURNITURE, lineOf(sheet, FURNITURE, number), x, PAGE.top);
  drawRule(sheet, PAGE.top + FURNITURE.leading + 4);
}

function drawRule(sheet: Sheet, y: number): void {
  sheet.addRule(y, PAGE.left, PAGE.right, 0.5, RULE);
}
