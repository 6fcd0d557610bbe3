/** From the report on an offline code to the page: how it looks, how it is said, and what the code itself says. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { OfflineClaims } from '../code/offline-code.ts';
import { titleOf } from '../domain/courtesy.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Fact } from '../workflows/shown-facts.ts';
import type { OfflineReport } from '../workflows/verify-offline.ts';
import type { Texts } from './texts.ts';
import { erasedWords, LOOKS, type Verdict } from './verdict.ts';

type GenuineStatus = Extract<OfflineReport, { readonly kind: 'genuine' }>['status'];

/** Says the verdict on an offline code. Of the paper that it stands on, nothing is known. */
export function offlineVerdictOf(report: OfflineReport, texts: Texts): Verdict {
  const { t } = texts;
  const distrust = [t('code.nextDistrust'), t('offline.nextOriginal')];
  switch (report.kind) {
    case 'malformed':
    case 'forged':
      return {
        ...LOOKS.altered,
        title: t('offline.forgedTitle'),
        explanation: [t('offline.forged')],
        next: distrust,
      };
    case 'unknownKey':
      return {
        ...LOOKS.foreign,
        title: t('offline.forgedTitle'),
        explanation: [t('offline.unknownKey')],
        next: distrust,
      };
    case 'outOfTime':
      return outOfTimeVerdict(texts);
    case 'genuine':
      return genuineVerdictOf(report.status, texts);
  }
}

function outOfTimeVerdict({ t }: Texts): Verdict {
  return {
    ...LOOKS.revoked,
    title: t('offline.outOfTimeTitle'),
    explanation: [t('offline.outOfTime')],
    next: [t('offline.nextAll')],
  };
}

function genuineVerdictOf(status: GenuineStatus, texts: Texts): Verdict {
  const { t } = texts;
  const signed = t('offline.signed');
  switch (status) {
    case 'valid':
      return {
        ...LOOKS.valid,
        title: t('offline.validTitle'),
        explanation: [signed, t('offline.listValid')],
        next: [t('offline.nextCompare'), t('offline.nextAll')],
      };
    case 'superseded':
      return {
        ...LOOKS.superseded,
        title: t('offline.supersededTitle'),
        explanation: [signed, t('offline.listSuperseded')],
        next: [t('verdict.nextNewest')],
      };
    case 'revoked':
      return {
        ...LOOKS.revoked,
        title: t('offline.revokedTitle'),
        explanation: [signed, t('offline.listRevoked')],
        next: [t('verdict.nextRevoked'), t('verdict.nextRevokedWrong')],
      };
    case 'erased':
      return { ...LOOKS.erased, ...erasedWords(texts) };
    case 'unknown':
      return {
        ...LOOKS.undecided,
        title: t('offline.unlistedTitle'),
        explanation: [t('offline.unlisted')],
        next: [t('verdict.nextWait')],
      };
  }
}

/** What a browser can say by itself: of an attestation that its list does not tell of, no more than that the code is ours. */
export function offlineVerdicts(texts: Texts): Readonly<Record<string, Verdict>> {
  const { t } = texts;
  const at = { checkedAt: new Date(0) };
  const of = (kind: 'forged' | 'unknownKey') => offlineVerdictOf({ ...at, kind }, texts);
  return {
    forged: of('forged'),
    unknownKey: of('unknownKey'),
    outOfTime: outOfTimeVerdict(texts),
    valid: genuineVerdictOf('valid', texts),
    superseded: genuineVerdictOf('superseded', texts),
    revoked: genuineVerdictOf('revoked', texts),
    unchecked: {
      ...LOOKS.undecided,
      title: t('offline.uncheckedTitle'),
      explanation: [t('offline.signed'), t('offline.unchecked')],
      next: [t('offline.nextOnline'), t('offline.nextCompare')],
    },
  };
}

/** Lists what the code says. */
export function offlineFactsOf(
  claims: OfflineClaims,
  { types }: Pick<Catalogue, 'types'>,
  { t, date, day, language }: Texts,
): readonly Fact[] {
  const known = types.get(claims.type);
  const type = known === undefined ? claims.type : titleOf(known, language);
  const enterprise = parseEnterpriseNumber(claims.issuer);
  const { period } = claims;
  // The code was read: its days are dates.
  const from = period && day(period.from as LocalDate);
  const until = period?.until && day(period.until as LocalDate);
  const open = from && t('offline.openRange', { from });
  const range = from && until ? t('offline.range', { from, until }) : open;
  return [
    { label: t('facts.type'), value: type, ...(language === 'en' && { lang: 'fr' as const }) },
    { label: t('facts.number'), value: claims.number },
    { label: t('offline.initials'), value: claims.initials },
    { label: t('offline.birthYear'), value: String(claims.birthYear) },
    ...(range === undefined ? [] : [{ label: t('offline.period'), value: range }]),
    { label: t('facts.issuedAt'), value: date(claims.issuedAt) },
    {
      label: t('offline.issuer'),
      value: enterprise === undefined ? claims.issuer : formatEnterpriseNumber(enterprise),
    },
    { label: t('offline.expiresAt'), value: date(claims.expiresAt) },
  ];
}
