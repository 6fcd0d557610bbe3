/** Renders the evidence of a message: the same page, house and conformance as an attestation, with the evidence attached. */
import type { FactValues } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { EvidenceStatement } from '../domain/message-evidence.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';
import { brusselsDateTime } from '../domain/period.ts';
import { evidenceWord, kindWord } from '../domain/receipt-words.ts';
import { ServiceError } from '../errors.ts';
import { type Unsealed, unhashed } from '../pades/unsealed.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import { packData } from './data-file.ts';
import { canPrint, type Fonts } from './font.ts';
import { type House, type LayoutInput, layOut } from './layout.ts';
import { phraseOf } from './phrase.ts';
import { drawPlainly } from './plain.ts';
import type { Wording } from './wording.ts';

/** One evidence to render. */
export interface EvidenceInput {
  readonly statement: EvidenceStatement;
  /** The whole evidence, which is attached. */
  readonly evidence: object;
  readonly language: DocumentLanguage;
  /** The words around every document. */
  readonly frame: Readonly<Record<string, string>>;
  readonly issuedAt: Date;
  readonly signatureRoom: number;
  readonly validationData?: ValidationData | undefined;
}

/** The name of the attached file. */
export const EVIDENCE_FILE = 'evidence.json';

const LAYOUT: readonly LayoutBlock[] = [
  { kind: 'paragraph', text: 'statement' },
  {
    kind: 'fields',
    fields: ['message', 'sender', 'state'].map((fact) => ({ fact })),
  },
  { kind: 'fields', beside: true, fields: ['receivedAt', 'expiresAt'].map((fact) => ({ fact })) },
  { kind: 'fields', fields: [{ fact: 'document', optional: true }] },
  {
    kind: 'table',
    heading: 'receipts',
    columns: [
      { fact: 'kind', wide: true },
      { fact: 'etsiEvent' },
      { fact: 'eventTime' },
      { fact: 'recordedTime' },
      { fact: 'reportedBy', optional: true },
    ],
  },
  { kind: 'seal', text: 'sealNote', field: 'sealName' },
];

/** Renders one evidence, ready to be sealed. Throws `renderingFailed` when a character has no glyph. */
export async function renderEvidence(house: House, fonts: Fonts, input: EvidenceInput): Promise<Unsealed> {
  const { statement, language, issuedAt, signatureRoom, validationData } = input;
  const wording = wordingOf(house, fonts, input);
  // No block of this layout shows anything else of a document.
  const laid = { type: { layout: LAYOUT, facts: new Map() } } as unknown as LayoutInput;
  const sheet = layOut(house, fonts, wording, laid).place();
  const about = {
    title: `${wording.title.text} ${statement.messageId}`,
    author: wording.issuer.text,
    language: `${language}-BE`,
    conformance: 'PDF/A-3a',
    description: wording.title.text,
    createdAt: issuedAt,
    data: { ...packData(input.evidence), name: EVIDENCE_FILE },
    validationData,
    fonts,
  } as const;
  return unhashed(await drawPlainly(sheet, about, signatureRoom));
}

function wordingOf(house: House, fonts: Fonts, { statement, language, frame }: EvidenceInput): Wording {
  const { issuer } = house;
  const print: Wording['print'] = (field, value) => {
    const text = value.normalize('NFC');
    if (canPrint(fonts, text)) return phraseOf(text);
    throw new ServiceError('renderingFailed', `Evidence: field ${field} holds what cannot be printed.`);
  };
  const word: Wording['word'] = (key, more) => {
    const text = evidenceWord(key, language) ?? frame[key] ?? '';
    const values: Readonly<Record<string, string>> = { issuer: issuer.name[language], ...more };
    return print(
      key,
      text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
    );
  };
  const fields = fieldsOf(statement, language);
  return {
    language,
    number: print('number', statement.messageId),
    title: print('issuer', evidenceWord('title', language) ?? ''),
    issuer: print('issuer', issuer.name[language]),
    word,
    print,
    write: (_isFixed, field, text) => print(field, text),
    rows: rowsOf(statement, language),
    field: ({ fact, optional }) => {
      const value = fields[fact] ?? '';
      if (value === '' && optional === true) return undefined;
      return { label: word(fact), value: print(fact, value), isAbsent: false };
    },
    cell: ({ fact }, row) => {
      const value = row[fact];
      return print(fact, typeof value === 'string' ? value : '–');
    },
  };
}

function fieldsOf(
  statement: EvidenceStatement,
  language: DocumentLanguage,
): Readonly<Record<string, string>> {
  return {
    message: statement.messageId,
    sender: statement.senderOrganizationId,
    state: kindWord(statement.state, language),
    receivedAt: timeOf(statement.receivedAt),
    expiresAt: timeOf(statement.expiresAt),
    document: statement.attachments.find(({ isMainContent }) => isMainContent)?.sha256 ?? '',
  };
}

function rowsOf({ receipts }: EvidenceStatement, language: DocumentLanguage): readonly FactValues[] {
  return receipts.map(({ kind, etsiEvent, eventTime, recordedTime, reportedBy }) => ({
    kind: kindWord(kind, language),
    etsiEvent,
    eventTime: timeOf(eventTime),
    recordedTime: timeOf(recordedTime),
    reportedBy,
  }));
}

/** As the clocks of Brussels showed it, to the second; the attached file has all of it. The blank lets a column break there. */
function timeOf(time: string): string {
  return brusselsDateTime(new Date(time)).replace('T', ' ');
}
