/** What of the register is used, in words: by the names that statuses, attestation types, flows and municipalities have. */
import { titleOf } from '../domain/courtesy.ts';
import type { DataUse } from '../domain/deliberation.ts';
import type { Services } from '../workflows/services.ts';
import type { Texts } from './texts.ts';

/** A kind of data and what is used of it. */
export interface UseLine {
  readonly label: string;
  readonly values: readonly string[];
}

/** Lists what is used; kinds of which nothing is used are left out. */
export function describeUse(
  { catalogue }: Pick<Services, 'catalogue'>,
  use: DataUse,
  { t, language }: Texts,
): readonly UseLine[] {
  const written = language === 'en' ? 'nl' : language;
  const lines = [
    {
      label: t('access.statuses'),
      values: use.statuses.map((code) => catalogue.statusList.statuses.get(code)?.name[language] ?? code),
    },
    {
      label: t('access.attestationTypes'),
      values: use.attestationTypes.map((id) => {
        const type = catalogue.types.get(id);
        return type === undefined ? id : titleOf(type, language);
      }),
    },
    {
      label: t('access.flows'),
      values: use.flows.map((id) => catalogue.flows.get(id)?.name[language] ?? id),
    },
    { label: t('access.attributes'), values: use.attributes.map((name) => attributeName(name, t)) },
    {
      label: t('access.municipalities'),
      values: (use.municipalities ?? []).map((code) => catalogue.municipalityName(code, written) ?? code),
    },
    { label: t('access.persons'), values: use.ownDossiers ? [t('access.ownDossiers')] : [] },
  ];
  return lines.filter(({ values }) => values.length > 0);
}

/** Facts that pages have a word for, and its key; those that an institution adds go by the name that its types and flows give them. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['number', 'facts.number'],
  ['issuedOn', 'facts.issuedAt'],
  ['supersedes', 'access.supersedes'],
  ['holder', 'facts.holder'],
  ['ssin', 'facts.ssin'],
  ['month', 'facts.month'],
  ['date', 'facts.day'],
  ['from', 'access.from'],
  ['until', 'access.until'],
  ['period', 'facts.period'],
  ['numberOfDays', 'facts.numberOfDays'],
  ['numberOfPeriods', 'facts.numberOfPeriods'],
  ['rule', 'facts.rule'],
  ['referenceDate', 'facts.referenceDate'],
  ['employer', 'facts.employer'],
  ['employerNumber', 'attributes.employerNumber'],
  ['enterpriseNumber', 'facts.enterpriseNumber'],
  ['jointCommittee', 'facts.jointCommittee'],
  ['usingEmployer', 'facts.usingEmployer'],
  ['reference', 'facts.sourceReference'],
  ['source', 'facts.source'],
  ['status', 'facts.status'],
  ['familyName', 'attributes.familyName'],
  ['givenName', 'attributes.givenName'],
  ['birthDate', 'attributes.birthDate'],
  ['language', 'attributes.language'],
  ['municipality', 'attributes.municipality'],
  ['municipalityName', 'attributes.municipalityName'],
  ['region', 'attributes.region'],
  ['householdSize', 'attributes.householdSize'],
  ['sex', 'attributes.sex'],
  ['ageClass', 'attributes.ageClass'],
  ['days', 'attributes.days'],
  ['enterpriseName', 'attributes.enterpriseName'],
  ['profession', 'attributes.profession'],
  ['seasonalWork', 'attributes.seasonalWork'],
]);

/** What a fact is called. */
export function attributeName(name: string, t: Texts['t']): string {
  const key = WORDS.get(name);
  return key === undefined ? name : t(key);
}
