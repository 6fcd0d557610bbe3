/** Papers of the institution that are no attestations: the same page, house and conformance, with their data attached. */
import type { FactValues } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';
import { ServiceError } from '../errors.ts';
import { type Unsealed, unhashed } from '../pades/unsealed.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import { packData } from './data-file.ts';
import { canPrint, type Fonts } from './font.ts';
import { type House, type LayoutInput, layOut } from './layout.ts';
import { phraseOf } from './phrase.ts';
import { drawPlainly } from './plain.ts';
import type { Wording } from './wording.ts';

/** How any paper is made. */
export interface PaperFrame {
  readonly language: DocumentLanguage;
  /** The words around every document. */
  readonly frame: Readonly<Record<string, string>>;
  readonly issuedAt: Date;
  readonly signatureRoom: number;
  readonly validationData?: ValidationData | undefined;
}

/** What stands on one paper. */
export interface PaperContent {
  readonly layout: readonly LayoutBlock[];
  readonly title: string;
  /** What names it, on every page. */
  readonly number: string;
  /** Gives the words of a key that the frame does not have, and labels by the names of facts. */
  readonly word: (key: string) => string | undefined;
  /** Values by the names of facts. */
  readonly fields: Readonly<Record<string, string>>;
  readonly rows: readonly FactValues[];
  /** What is attached, and the name of that file. */
  readonly data: object;
  readonly fileName: string;
}

/** Renders a paper, ready to be sealed. Throws `renderingFailed` when a character has no glyph. */
export async function renderPaper(
  house: House,
  fonts: Fonts,
  content: PaperContent,
  paper: PaperFrame,
): Promise<Unsealed> {
  const { title, number } = content;
  const wording = wordingOf(house, fonts, content, paper);
  // No block of these layouts shows anything else of a document.
  const laid = { type: { layout: content.layout, facts: new Map() } } as unknown as LayoutInput;
  const sheet = layOut(house, fonts, wording, laid).place();
  const about = {
    title: `${title} ${number}`,
    author: wording.issuer.text,
    language: `${paper.language}-BE`,
    conformance: 'PDF/A-3a',
    description: title,
    createdAt: paper.issuedAt,
    data: { ...packData(content.data), name: content.fileName },
    validationData: paper.validationData,
    fonts,
  } as const;
  return unhashed(await drawPlainly(sheet, about, paper.signatureRoom));
}

function wordingOf(
  { issuer }: House,
  fonts: Fonts,
  content: PaperContent,
  { language, frame }: PaperFrame,
): Wording {
  const print: Wording['print'] = (field, value) => {
    const text = value.normalize('NFC');
    if (canPrint(fonts, text)) return phraseOf(text);
    throw new ServiceError(
      'renderingFailed',
      `${content.fileName}: field ${field} holds what cannot be printed.`,
    );
  };
  const word: Wording['word'] = (key, more) => {
    const text = content.word(key) ?? frame[key] ?? '';
    const values: Readonly<Record<string, string>> = { issuer: issuer.name[language], ...more };
    return print(
      key,
      text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
    );
  };
  return {
    language,
    number: print('number', content.number),
    title: print('issuer', content.title),
    issuer: print('issuer', issuer.name[language]),
    word,
    print,
    write: (_isFixed, field, text) => print(field, text),
    rows: content.rows,
    field: ({ fact, optional }) => {
      const value = content.fields[fact] ?? '';
      if (value === '' && optional === true) return undefined;
      return { label: word(fact), value: print(fact, value), isAbsent: false };
    },
    cell: ({ fact }, row) => {
      const value = row[fact];
      return print(fact, typeof value === 'string' ? value : '–');
    },
  };
}
