/** Forms that were judged, and the notification that tells of them, for tests. */
import { readForm } from '../../src/dimona/form-reader.ts';
import { type HandledForm, writeNotification } from '../../src/dimona/notification.ts';
import { toDeclaration } from '../../src/dimona/xml.ts';
import { ANOMALY_CLASSES, isAnomalyCode } from '../../src/domain/anomaly.ts';
import type { DocumentLanguage } from '../../src/domain/language.ts';
import { day } from '../support/assessments.ts';
import { quaForm } from '../support/declarations.ts';

const answeredAt = new Date('2020-09-01T22:30:05.007Z');
/** Our reference of every form. */
export const declarationId = '01900000-0000-7000-8000-000000000000';
/** Every anomaly there is. */
export const ALL_CODES = Object.keys(ANOMALY_CLASSES).filter(isAnomalyCode);

/** The quarantined day as a period. */
export const DAYS = { startDate: day('2020-09-01'), endDate: day('2020-09-01') };
/** The period that an IN opened. */
export const IMPACT: NonNullable<HandledForm['impact']> = {
  periodId: '900000000178',
  features: { workerType: 'QUA', jointCommittee: '144' },
  after: DAYS,
};

/** A form as accepted, its period opened. */
export function handled(raw: string, changes: Partial<HandledForm> = {}): HandledForm {
  const { declaration, head, references } = toDeclaration(readForm(raw), new Date('2020-09-01T10:00:00Z'));
  return {
    declarationId,
    answeredAt,
    declaration,
    head,
    references,
    result: 'A',
    anomalies: [],
    impact: IMPACT,
    ...changes,
  };
}

/** The form of an IN. */
export const QUA = quaForm({ ssin: '81050003552', day: '2020-09-01', reference: 'my ref' });

/** Writes the whole file. */
export async function write(
  forms: readonly HandledForm[],
  language: DocumentLanguage = 'nl',
): Promise<string> {
  let text = '';
  for await (const part of writeNotification(forms, language)) text += part;
  return text;
}
