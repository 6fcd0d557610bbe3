/** From a verification report to the page: which verdict it is, how that looks, and how it is said. */
import type { Issuer } from '../domain/attestation-type.ts';
import { judge, judgeCode, type VerdictKind } from '../domain/verdict.ts';
import { type VerdictWords, wordsForCode, wordsForFile } from '../domain/verdict-words.ts';
import type { CodeReport, ExaminedFile, SealVerdict, VerifiedAttestation } from '../domain/verification.ts';
import type { Texts } from './texts.ts';

/** What the page needs of a report; the explanation of the seal is for developers. */
export type Report = CodeReport &
  Omit<ExaminedFile, 'signature'> & { readonly signature: Omit<SealVerdict, 'explanation' | 'timeStamp'> } & {
    readonly timeStamp?: { readonly time: Date; readonly authority: string };
  };

/** How a verdict is shown. Symbols differ by their shape, as not everybody sees the colours. */
export interface Look {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly symbol: 'tick' | 'arrow' | 'bar' | 'cross' | 'question';
}

/** A verdict in words: the one large sentence, what explains it, and what to do next. */
export interface Verdict extends Look {
  readonly title: string;
  readonly explanation: readonly string[];
  readonly next: readonly string[];
}

/** How each verdict looks. */
export const LOOKS: Readonly<Record<VerdictKind, Look>> = {
  valid: { tone: 'good', symbol: 'tick' },
  superseded: { tone: 'warn', symbol: 'arrow' },
  revoked: { tone: 'bad', symbol: 'bar' },
  expired: { tone: 'warn', symbol: 'bar' },
  notYetValid: { tone: 'warn', symbol: 'bar' },
  erased: { tone: 'warn', symbol: 'question' },
  checkRecord: { tone: 'warn', symbol: 'arrow' },
  messageEvidence: { tone: 'warn', symbol: 'arrow' },
  altered: { tone: 'bad', symbol: 'cross' },
  foreign: { tone: 'bad', symbol: 'cross' },
  undecided: { tone: 'warn', symbol: 'question' },
};

type Contact = Pick<Issuer['contact'], 'email' | 'telephone'>;

/** Says the verdict on a file. */
export function verdictOf(report: Report, texts: Texts, contact: Contact): Verdict {
  const kind = judge(report);
  const words = wordsForFile(kind, report.attestation?.supersededBy !== undefined);
  const explanation = explanationOf(kind, report, texts);
  return {
    ...LOOKS[kind],
    ...say(words, report, texts, contact),
    explanation,
  };
}

/** Says what the register knows of a code. Of the paper that it stands on, nothing is known. */
export function codeVerdictOf(report: CodeReport, texts: Texts, contact: Contact): Verdict {
  const { t } = texts;
  const kind = judgeCode(report);
  const words = wordsForCode(kind, report.attestation?.supersededBy !== undefined);
  const own: Readonly<Partial<Record<typeof kind, string>>> = {
    valid: t('code.valid'),
    undecided: t('code.unknown'),
  };
  const explanation = own[kind];
  return {
    ...LOOKS[kind],
    ...say(words, report, texts, contact),
    explanation: explanation === undefined ? lifeOf(kind, report.attestation, texts) : [explanation],
  };
}

/** Says what the register knows of a share code. There is no paper: what the page shows is the register's own. */
export function shareVerdictOf(report: CodeReport, texts: Texts, contact: Contact): Verdict {
  const { t } = texts;
  const kind = judgeCode(report);
  if (kind === 'undecided') {
    const [title, explanation, next] = [t('share.unknownTitle'), t('share.unknown'), [t('share.nextNew')]];
    return { ...LOOKS.undecided, title, explanation: [explanation], next };
  }
  const words = say(
    wordsForFile(kind, report.attestation?.supersededBy !== undefined),
    report,
    texts,
    contact,
  );
  if (kind !== 'valid')
    return {
      ...LOOKS[kind],
      ...words,
      explanation: lifeOf(kind, report.attestation, texts),
    };
  const next = [t('verdict.nextCompare'), t('verdict.nextAgain')];
  return { ...LOOKS.valid, title: words.title, explanation: [t('share.valid')], next };
}

function say(
  { title, next }: VerdictWords,
  { attestation }: CodeReport,
  { t }: Texts,
  { email, telephone }: Contact,
): Pick<Verdict, 'title' | 'next'> {
  const number = attestation?.supersededBy ?? '';
  const values = { email, telephone: telephone.replaceAll(' ', '\u00a0'), number };
  return { title: t(title), next: next.map((key) => t(key, values)) };
}

function explanationOf(kind: VerdictKind, report: Report, texts: Texts): readonly string[] {
  const { t } = texts;
  switch (kind) {
    case 'valid':
      return [
        t('verdict.valid'),
        ...(report.signature.indication === 'TOTAL_PASSED' ? [] : [t('verdict.sealOpen')]),
      ];
    case 'superseded':
    case 'revoked':
    case 'expired':
    case 'notYetValid':
    case 'erased':
      return lifeOf(kind, report.attestation, texts);
    case 'checkRecord':
      return [t('verdict.checkRecord')];
    case 'messageEvidence':
      return [t('verdict.messageEvidence')];
    case 'altered':
      return [
        t('verdict.altered'),
        ...(report.alteration === undefined ? [] : [t(`alteration.${report.alteration}`)]),
        ...(report.original === undefined ? [] : [t('verdict.originalInside')]),
      ];
    case 'foreign':
      return [t('verdict.foreign'), t('verdict.foreignCopy')];
    case 'undecided':
      return [whyUndecided(report, texts)];
  }
}

/** What to say of an attestation that does not hold now. Erased data leave no more than that it ended. */
function lifeOf(
  kind: VerdictKind,
  attestation: VerifiedAttestation | undefined,
  { t, date }: Texts,
): readonly string[] {
  if (kind === 'erased') return [t('verdict.erased')];
  if (kind === 'notYetValid') return [t('verdict.notYetValid')];
  if (kind === 'expired') {
    const end = attestation?.expiresAt;
    return [end === undefined ? t('verdict.ended') : t('verdict.expired', { date: date(end) })];
  }
  if (attestation?.endedAt === undefined) return [t('verdict.ended')];
  const since = date(attestation.endedAt);
  return attestation.supersededBy === undefined
    ? [t('verdict.withdrawn', { date: since })]
    : [t('verdict.superseded', { date: since, number: attestation.supersededBy })];
}

/** That it was issued is all there is to say; whether it would still hold, nobody can know any more. */
export function erasedWords(texts: Texts): Omit<Verdict, keyof Look> {
  const { title, next } = wordsForFile('erased', false);
  const { t } = texts;
  return {
    title: t(title),
    explanation: lifeOf('erased', undefined, texts),
    next: next.map((key) => t(key)),
  };
}

function whyUndecided({ status, signature, isNumberKnown }: Report, { t }: Texts): string {
  if (status === 'valid') return t('verdict.contradicted');
  if (signature.indication !== 'TOTAL_PASSED') return t('verdict.sealLapsed');
  return isNumberKnown === true ? t('verdict.otherFile') : t('verdict.unregistered');
}
