/** What frames the content: emblem and name at the top, title, running header and footer. */
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import { formatEnterprise } from './fact-text.ts';
import { heightOf, type Lines } from './lines.ts';
import type { Measure } from './measure.ts';
import { type Phrase, widthOf } from './phrase.ts';
import type { Sheet } from './sheet.ts';
import { FURNITURE, ISSUER_NAME, LINE_WIDTH, mm, PAGE, RULE, TITLE, WATERMARK } from './style.ts';
import type { Wording } from './wording.ts';

const EMBLEM_HEIGHT = mm(13);
const EMBLEM_GAP = mm(4);
const TITLE_GAP = mm(8);

/** Measures emblem, name and title of the first page; placing gives the y below them. */
export function measureLetterhead(
  measure: Measure,
  wording: Wording,
  issuer: Issuer,
  emblem: Emblem,
): (sheet: Sheet) => number {
  const width = (EMBLEM_HEIGHT * emblem.width) / emblem.height;
  const alt = measure.say(wording.word('emblemAlt'));
  const nameX = PAGE.left + width + EMBLEM_GAP;
  const name = measure.lines(ISSUER_NAME, wording.issuer, nameX, PAGE.right - nameX);
  const title = measure.lines(TITLE, wording.title, PAGE.left, LINE_WIDTH);
  return (sheet) => {
    const figure = sheet.addElement(sheet.root, 'Figure', {
      alt,
      bbox: [PAGE.left, PAGE.top, PAGE.left + width, PAGE.top + EMBLEM_HEIGHT],
    });
    sheet.addContent(figure, () => {
      sheet.addPath(PAGE.left, PAGE.top, EMBLEM_HEIGHT / emblem.height, emblem.path, issuer.colour);
    });
    const nameHeight = heightOf(name);
    sheet.addContent(sheet.addElement(sheet.root, 'P'), () => {
      sheet.addLines(name, PAGE.top + (EMBLEM_HEIGHT - nameHeight) / 2);
    });
    const titleY = PAGE.top + Math.max(EMBLEM_HEIGHT, nameHeight) + TITLE_GAP;
    sheet.addContent(sheet.addElement(sheet.root, 'H1'), () => {
      sheet.addLines(title, titleY);
    });
    return titleY + heightOf(title);
  };
}

/** Measures footers, and the header from the second page on; they are placed once the number of pages is known. */
export function measureFurniture(measure: Measure, wording: Wording, issuer: Issuer): (sheet: Sheet) => void {
  const { number } = wording;
  // Whole points, so that the lines beside it need not be broken anew for every number.
  const width = Math.ceil(widthOf(measure.fonts, FURNITURE, number));
  measure.note(width);
  const right = measure.linesUpTo(FURNITURE, number, PAGE.right, LINE_WIDTH);
  return (sheet) => {
    const { pages } = sheet;
    for (let index = 0; index < pages; index += 1) {
      sheet.turnTo(index);
      const page = wording.word('page', { page: String(index + 1), pages: String(pages) });
      sheet.addArtifact('Pagination', () => {
        placeFooter(sheet, wording, issuer, page, right, width);
        if (index > 0) placeRunningHeader(sheet, wording, issuer, right, width);
      });
    }
  };
}

/** Says across the page, under everything else, that it is a preview. */
export function placeWatermark(sheet: Sheet, wording: Wording): void {
  const word = wording.word('specimen');
  const { fonts } = sheet;
  const size = Math.min(LINE_WIDTH / widthOf(fonts, { ...WATERMARK, size: 1 }, word), WATERMARK.size);
  const style = { ...WATERMARK, size, leading: size };
  const x = (PAGE.left + PAGE.right - widthOf(fonts, style, word)) / 2;
  sheet.addArtifact('Layout', () => {
    for (const part of [1, 2]) sheet.addPhrase(style, word, x, (PAGE.height * part) / 3 - size / 2);
  });
}

function placeFooter(
  sheet: Sheet,
  wording: Wording,
  issuer: Issuer,
  page: Phrase,
  number: Lines,
  numberWidth: number,
): void {
  const y = PAGE.footer;
  placeRule(sheet, y);
  const pageWidth = widthOf(sheet.fonts, FURNITURE, page);
  const width = LINE_WIDTH - Math.max(numberWidth, Math.ceil(pageWidth)) - mm(6);
  let below = y + 6;
  for (const own of issuerLines(wording, issuer))
    below += sheet.addPhrase(FURNITURE, own, PAGE.left, below, width);
  sheet.addPhrase(FURNITURE, page, PAGE.right - pageWidth, y + 6);
  sheet.addLines(number, y + 6 + FURNITURE.leading);
}

/** What the footer says of the issuer. */
function issuerLines(wording: Wording, { name, address, contact, enterpriseNumber }: Issuer): Phrase[] {
  const { language } = wording;
  const { text, isFixed } = wording.word('enterpriseNumber');
  const { telephone, email, website } = contact;
  return [
    wording.write(isFixed, 'issuer', `${name[language]} · ${text} ${formatEnterprise(enterpriseNumber)}`),
    wording.write(true, 'issuer', address[language].join(', ')),
    wording.write(true, 'issuer', [telephone, email, website].join(' · ')),
  ];
}

function placeRunningHeader(
  sheet: Sheet,
  wording: Wording,
  issuer: Issuer,
  number: Lines,
  numberWidth: number,
): void {
  const width = Math.floor(LINE_WIDTH - numberWidth - mm(6));
  const runningTitle = wording.write(
    true,
    'issuer',
    `${issuer.shortName[wording.language]} · ${wording.title.text}`,
  );
  sheet.addPhrase(FURNITURE, runningTitle, PAGE.left, PAGE.top, width, 1);
  sheet.addLines(number, PAGE.top);
  placeRule(sheet, PAGE.top + FURNITURE.leading + 4);
}

function placeRule(sheet: Sheet, y: number): void {
  sheet.addRule(y, PAGE.left, PAGE.right, 0.5, RULE);
}
