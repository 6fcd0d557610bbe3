/** What is wrong with a row, in the reader's language, and where in the sender's file to look. */
import { describeAnomaly, tagOf } from '../dimona/anomalies.ts';
import { type AnomalyCode, classOf, isAnomalyCode } from '../domain/anomaly.ts';
import type { BatchForm } from '../domain/batch.ts';
import type { PageLanguage } from '../domain/language.ts';
import { columnOf } from '../flow/csv-column.ts';
import { ENGLISH_KINDS, ENGLISH_ZONES } from './anomaly-titles.ts';

export interface AnomalyText {
  readonly code: string;
  readonly text: string;
  /** It refuses the row; otherwise it is a warning. */
  readonly isBlocking: boolean;
  /** The column or element of the file; undefined where it is none in particular. */
  readonly place: string | undefined;
}

/** Explains an anomaly; a code that is not known any more stands for itself. */
export function explainAnomaly(code: string, form: BatchForm, language: PageLanguage): AnomalyText {
  if (!isAnomalyCode(code)) return { code, text: code, isBlocking: false, place: undefined };
  return {
    code,
    text: language === 'en' ? describeInEnglish(code) : describeAnomaly(code)[language],
    isBlocking: classOf(code) === 'B',
    place: form === 'csv' ? columnOf(code) : tagOf(code),
  };
}

function describeInEnglish(code: AnomalyCode): string {
  // Keys of all codes are in both records, which the compiler cannot follow through `slice`.
  const zone = ENGLISH_ZONES[code.slice(0, 5) as keyof typeof ENGLISH_ZONES];
  const kind = ENGLISH_KINDS[code.slice(6) as keyof typeof ENGLISH_KINDS];
  return `${zone} – ${kind}`;
}
