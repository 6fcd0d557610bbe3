/** From a verification report to the page: which of seven verdicts it is, how that looks, and how it is said. */
import type { Issuer } from '../domain/attestation-type.ts';
import type { CodeReport, ExaminedFile, SealVerdict, VerifiedAttestation } from '../domain/verification.ts';
import type { Texts } from './texts.ts';

/** What the page needs of a report; the explanation of the seal is for developers. */
export type Report = CodeReport &
  Omit<ExaminedFile, 'signature'> & { readonly signature: Omit<SealVerdict, 'explanation'> };

/**
 * `altered` bears our name and has no seal of ours that holds; `foreign` has nothing of ours; `undecided` can be neither
 * confirmed nor refused.
 */
export type VerdictKind = 'valid' | 'superseded' | 'revoked' | 'erased' | 'altered' | 'foreign' | 'undecided';

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
  /** The number of an attestation that these sentences name: kept on one line. */
  readonly number?: string;
}

/**
 * Judges a file. The register decides on bytes that were issued here; bytes that it does not know are never valid,
 * whatever their seal says.
 */
export function judge({ status, signature, isInOurName }: Omit<Report, 'checkedAt'>): VerdictKind {
  switch (status) {
    case 'superseded':
    case 'revoked':
    case 'erased':
      return status;
    case 'valid':
      // Bytes of ours with a broken seal: only a fault of our own explains it, so nothing is claimed.
      return signature.indication === 'TOTAL_FAILED' ? 'undecided' : 'valid';
    case 'unknown':
      if (isVouchedFor(signature)) return 'undecided';
      return isInOurName ? 'altered' : 'foreign';
  }
}

/** Tells whether an authority that we rely on stands behind the signer: only then the signer's name means something. */
export function isVouchedFor({ indication, subIndication }: Omit<SealVerdict, 'explanation'>): boolean {
  switch (subIndication ?? 'none') {
    case 'none':
      return indication !== 'TOTAL_FAILED';
    case 'OUT_OF_BOUNDS_NOT_REVOKED':
    case 'REVOKED_NO_POE':
      return true;
    case 'FORMAT_FAILURE':
    case 'HASH_FAILURE':
    case 'SIG_CRYPTO_FAILURE':
    case 'SIG_CONSTRAINTS_FAILURE':
    case 'NO_SIGNING_CERTIFICATE_FOUND':
    case 'NO_CERTIFICATE_CHAIN_FOUND':
    case 'CRYPTO_CONSTRAINTS_FAILURE':
    case 'TIMESTAMP_ORDER_FAILURE':
      return false;
  }
}

/** How each verdict looks. */
export const LOOKS: Readonly<Record<VerdictKind, Look>> = {
  valid: { tone: 'good', symbol: 'tick' },
  superseded: { tone: 'warn', symbol: 'arrow' },
  revoked: { tone: 'bad', symbol: 'bar' },
  erased: { tone: 'warn', symbol: 'question' },
  altered: { tone: 'bad', symbol: 'cross' },
  foreign: { tone: 'bad', symbol: 'cross' },
  undecided: { tone: 'warn', symbol: 'question' },
};

type Contact = Issuer['contact'];

/** Says the verdict on a file. */
export function verdictOf(report: Report, texts: Texts, contact: Contact): Verdict {
  const kind = judge(report);
  return { ...LOOKS[kind], ...wordsOf(kind, report, texts, contact) };
}

/** Says what the register knows of a code. Of the paper that it stands on, nothing is known. */
export function codeVerdictOf(report: CodeReport, texts: Texts): Verdict {
  const { t } = texts;
  const toFile = t('code.nextFile');
  switch (report.status) {
    case 'valid':
      return {
        ...LOOKS.valid,
        title: t('code.validTitle'),
        explanation: [t('code.valid')],
        next: [t('code.nextCompare'), toFile],
      };
    case 'superseded':
      return {
        ...LOOKS.superseded,
        title: t('code.supersededTitle'),
        explanation: ended(report.attestation, texts),
        next: [nextNumber(report.attestation, texts), toFile],
        ...numberOf(report.attestation),
      };
    case 'revoked':
      return {
        ...LOOKS.revoked,
        title: t('code.revokedTitle'),
        explanation: ended(report.attestation, texts),
        next: [t('verdict.nextRevoked'), t('verdict.nextRevokedWrong')],
      };
    case 'erased':
      return { ...LOOKS.erased, ...erasedWords(texts) };
    case 'unknown':
      return {
        ...LOOKS.undecided,
        title: t('code.unknownTitle'),
        explanation: [t('code.unknown')],
        next: [t('code.nextScan'), t('code.nextDistrust'), toFile],
      };
  }
}

type Words = Omit<Verdict, keyof Look>;

function wordsOf(kind: VerdictKind, report: Report, texts: Texts, contact: Contact): Words {
  const { t } = texts;
  const { attestation, signature } = report;
  const { email } = contact;
  const telephone = contact.telephone.replaceAll(' ', '\u00a0');
  switch (kind) {
    case 'valid':
      return {
        title: t('verdict.validTitle'),
        explanation: [
          t('verdict.valid'),
          ...(signature.indication === 'TOTAL_PASSED' ? [] : [t('verdict.sealOpen')]),
        ],
        next: [t('verdict.nextCompare'), t('verdict.nextKeep'), t('verdict.nextAgain')],
      };
    case 'superseded':
      return {
        title: t('verdict.supersededTitle'),
        explanation: ended(attestation, texts),
        next: [nextNumber(attestation, texts), t('verdict.nextNewFile')],
        ...numberOf(attestation),
      };
    case 'revoked':
      return {
        title: t('verdict.revokedTitle'),
        explanation: ended(attestation, texts),
        next: [t('verdict.nextRevoked'), t('verdict.nextRevokedWrong')],
      };
    case 'erased':
      return erasedWords(texts);
    case 'altered':
      return {
        title: t('verdict.alteredTitle'),
        explanation: [t('verdict.altered')],
        next: [t('verdict.nextOriginal'), t('verdict.nextFraud', { telephone, email })],
      };
    case 'foreign':
      return {
        title: t('verdict.foreignTitle'),
        explanation: [t('verdict.foreign'), t('verdict.foreignCopy')],
        next: [t('verdict.nextOriginal'), t('verdict.nextPaper'), t('verdict.nextElsewhere')],
      };
    case 'undecided':
      return {
        title: t('verdict.undecidedTitle'),
        explanation: [whyUndecided(report, texts)],
        next: [t('verdict.nextWait'), t('verdict.nextAsk', { telephone, email })],
      };
  }
}

/** That it was issued is all there is to say; whether it would still hold, nobody can know any more. */
export function erasedWords({ t }: Texts): Words {
  return {
    title: t('verdict.erasedTitle'),
    explanation: [t('verdict.erased')],
    next: [t('verdict.nextErasedAlone'), t('verdict.nextErased')],
  };
}

/** Erased data leave no more than that it ended. */
function ended(attestation: VerifiedAttestation | undefined, { t, date }: Texts): string[] {
  if (attestation?.endedAt === undefined) return [t('verdict.ended')];
  const since = date(attestation.endedAt);
  return attestation.supersededBy === undefined
    ? [t('verdict.withdrawn', { date: since })]
    : [t('verdict.superseded', { date: since, number: attestation.supersededBy })];
}

function numberOf(attestation: VerifiedAttestation | undefined): Pick<Verdict, 'number'> {
  const number = attestation?.supersededBy;
  return number === undefined ? {} : { number };
}

function nextNumber(attestation: VerifiedAttestation | undefined, { t }: Texts): string {
  const number = attestation?.supersededBy;
  return number === undefined ? t('verdict.nextNewest') : t('verdict.nextNumber', { number });
}

function whyUndecided({ status, signature }: Report, { t }: Texts): string {
  if (status === 'valid') return t('verdict.contradicted');
  return signature.indication === 'TOTAL_PASSED' ? t('verdict.unregistered') : t('verdict.sealLapsed');
}
