/** What a look-up found, in a sentence: yes or no, or the attestations as far as the deliberation lets them be seen. */
import type { Ssin } from '../domain/ssin.ts';
import { formatSsin } from '../domain/ssin.ts';
import type { StatusAnswer } from '../workflows/ask-status.ts';
import type { ConsultedAttestation } from '../workflows/consult-attestations.ts';
import type { Services } from '../workflows/services.ts';
import { type Facts, factsOf } from '../workflows/shown-facts.ts';
import type { Texts } from './texts.ts';

export interface LookUpAnswer {
  readonly tone: 'good' | 'plain' | 'none';
  readonly title: string;
  readonly text: string;
  /** What was asked, to be compared. */
  readonly about: About & { readonly shownSsin: string };
  readonly attestations: readonly {
    readonly state: string;
    readonly tone: 'good' | 'quiet' | 'warn' | 'bad';
    readonly facts: Facts;
  }[];
}

interface About {
  readonly ssin: Ssin;
  readonly what: string;
  readonly reason: string;
}

/** `answer` is missing where the register knows nobody under the number, or nobody whom the deliberation covers. */
export function statusAnswer(
  answer: StatusAnswer | undefined,
  about: About,
  { t, day }: Texts,
): LookUpAnswer {
  const shared = { about: { ...about, shownSsin: formatSsin(about.ssin) }, attestations: [] };
  if (answer === undefined)
    return { ...shared, tone: 'none', title: t('lookUp.nobodyTitle'), text: t('lookUp.nobody') };
  const on = day(answer.date);
  return answer.hasStatus
    ? { ...shared, tone: 'good', title: t('lookUp.yesTitle'), text: t('lookUp.yes', { day: on }) }
    : { ...shared, tone: 'plain', title: t('lookUp.noTitle'), text: t('lookUp.no', { day: on }) };
}

const STATES: Readonly<Record<ConsultedAttestation['state'], string>> = {
  prepared: 'lookUp.prepared',
  issued: 'lookUp.issued',
  superseded: 'lookUp.superseded',
  revoked: 'lookUp.revoked',
  withdrawn: 'lookUp.revoked',
  erased: 'lookUp.revoked',
};

const TONES = {
  prepared: 'quiet',
  issued: 'good',
  superseded: 'warn',
  revoked: 'bad',
  withdrawn: 'bad',
  erased: 'bad',
} as const satisfies Readonly<Record<ConsultedAttestation['state'], string>>;

/** Nobody, and somebody without an attestation, are told in the same words. */
export function attestationAnswer(
  { catalogue }: Pick<Services, 'catalogue'>,
  found: readonly ConsultedAttestation[],
  about: About,
  texts: Texts,
): LookUpAnswer {
  const { t } = texts;
  const shared = { about: { ...about, shownSsin: formatSsin(about.ssin) } };
  if (found.length === 0)
    return {
      ...shared,
      attestations: [],
      tone: 'none',
      title: t('lookUp.noAttestationTitle'),
      text: t('lookUp.nobody'),
    };
  return {
    ...shared,
    tone: 'plain',
    title: t('lookUp.foundTitle', { count: found.length }),
    text: t('lookUp.limited'),
    attestations: found.map((one) => ({
      state: t(STATES[one.state]),
      tone: TONES[one.state],
      facts: factsOf(
        { ...one, language: texts.language === 'en' ? 'nl' : texts.language, facts: one.facts ?? {} },
        catalogue,
        texts,
      ),
    })),
  };
}
