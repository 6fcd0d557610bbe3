/** The verdict for whoever asks by program: in a word, as the sentence that the pages say, and what to do next. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { PageLanguage } from '../domain/language.ts';
import { judge, judgeCode, type VerdictKind } from '../domain/verdict.ts';
import { type VerdictWords, wordsForCode, wordsForFile } from '../domain/verdict-words.ts';
import type { CodeReport, VerificationReport } from '../domain/verification.ts';

/** A verdict in every language of the pages. */
export interface Conclusion {
  readonly verdict: VerdictKind;
  readonly sentence: Readonly<Record<PageLanguage, string>>;
  readonly next: Readonly<Record<PageLanguage, string[]>>;
}

type Words = Pick<Catalogue, 'pageTexts' | 'issuer'>;

/** Concludes on a file. */
export function concludeOnFile(catalogue: Words, report: VerificationReport): Conclusion {
  const verdict = judge(report);
  const number = report.attestation?.supersededBy;
  return sayIn(catalogue, verdict, wordsForFile(verdict, number !== undefined), number);
}

/** Concludes on a code; of the paper that it stands on it says nothing. */
export function concludeOnCode(catalogue: Words, report: CodeReport): Conclusion {
  const verdict = judgeCode(report);
  const number = report.attestation?.supersededBy;
  return sayIn(catalogue, verdict, wordsForCode(verdict, number !== undefined), number);
}

function sayIn(
  { pageTexts, issuer }: Words,
  verdict: VerdictKind,
  { title, next }: VerdictWords,
  number: string | undefined,
): Conclusion {
  const { telephone, email } = issuer.contact;
  const values: Readonly<Record<string, string>> = { telephone, email, number: number ?? '' };
  const say = (language: PageLanguage, key: string) =>
    (pageTexts[language].get(key) ?? '').replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
  const each = <T>(of: (language: PageLanguage) => T): Record<PageLanguage, T> => ({
    nl: of('nl'),
    fr: of('fr'),
    de: of('de'),
    en: of('en'),
  });
  return {
    verdict,
    sentence: each((language) => say(language, title)),
    next: each((language) => next.map((key) => say(language, key))),
  };
}
