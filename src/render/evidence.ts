/** Renders the evidence of a message: the same page, house and conformance as an attestation, with the evidence attached. */
import type { FactValues } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { EvidenceStatement } from '../domain/message-evidence.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';
import { brusselsDateTime } from '../domain/period.ts';
import { evidenceWord, kindWord } from '../domain/receipt-words.ts';
import type { Unsealed } from '../pades/unsealed.ts';
import type { Fonts } from './font.ts';
import type { House } from './layout.ts';
import { type PaperFrame, renderPaper } from './paper.ts';

/** One evidence to render. */
export interface EvidenceInput extends PaperFrame {
  readonly statement: EvidenceStatement;
  /** The whole evidence, which is attached. */
  readonly evidence: object;
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
  const { statement, language } = input;
  const content = {
    layout: LAYOUT,
    title: evidenceWord('title', language) ?? '',
    number: statement.messageId,
    word: (key: string) => evidenceWord(key, language),
    fields: fieldsOf(statement, language),
    rows: rowsOf(statement, language),
    data: input.evidence,
    fileName: EVIDENCE_FILE,
  };
  return renderPaper(house, fonts, content, input);
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
