/** Facts of nobody, for a preview of an attestation type: derived from what the type prints, always the same. */
import type { AttestationFacts, AttestedPeriod, NamedEmployer } from './attestation.ts';
import type { AttestationType } from './attestation-type.ts';
import type { EntitledDay } from './entitlement.ts';
import type { Fact } from './fact.ts';
import { usesOf } from './page-layout.ts';
import { addDays, type LocalDate, monthOf } from './period.ts';
import type { Ssin } from './ssin.ts';

export interface SpecimenOptions {
  /** Long names, a full month or sixty periods, and every optional fact. */
  readonly isLong: boolean;
  /** The NIS code of a municipality that the reference list has. */
  readonly nisCode: string;
}

/** Valid numbers that are nobody's: day of birth 00, and enterprises from a block believed to be unassigned. */
const SSIN = '81050003552' as Ssin;
const ENTERPRISE = '1900012343';

const SHORT = { holder: ['Specimen', 'An'], employer: 'Specimen BV', text: 'Specimen' } as const;
const LONG = {
  holder: [
    'van den Specimen-Wolfeschlegelsteinhausenbergerdorff',
    'Maximiliaan Alexander Bartholomeus Cornelis Desideratus Emmanuel',
  ],
  employer:
    'Specimen Vennootschap voor de Exploitatie van Land- en Tuinbouwbedrijven in de Zuidelijke Westhoek en de Leiestreek',
  text: 'Specimen – voorbeeld van een lange tekst – exemple d’un texte long – Beispiel eines langen Textes',
} as const;

const FIRST_DAY = '2020-08-01' as LocalDate;
const ROWS = { day: { short: 3, long: 31 }, period: { short: 3, long: 60 } } as const;

/** Makes up facts that fill every place of the layout; optional ones only when it is to be long. */
export function specimenFacts(type: AttestationType, options: SpecimenOptions): AttestationFacts {
  const { isLong } = options;
  const words = isLong ? LONG : SHORT;
  const [familyName, givenName] = words.holder;
  const employer: NamedEmployer = { name: words.employer, enterpriseNumber: ENTERPRISE };
  const count = ROWS[type.row][isLong ? 'long' : 'short'];
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    holder: { ssin: SSIN, familyName, givenName },
    ...(type.facts.get('employer')?.of === 'attestation' && { employer }),
    ...(type.facts.has('month') && { month: monthOf(FIRST_DAY) }),
    ...(type.facts.has('referenceDate') && { rule: '2020', referenceDate: FIRST_DAY }),
    days: type.row === 'day' ? rows.map((row) => dayOf(type, options, row)) : [],
    ...(type.row === 'period' && {
      periods: rows.map((row) => periodOf(type, options, row, row === count - 1, employer)),
    }),
  };
}

function dayOf(type: AttestationType, options: SpecimenOptions, row: number): EntitledDay {
  return { ...attributesOf(type, options, row), date: addDays(FIRST_DAY, row), reference: referenceOf(row) };
}

/** Periods of a month that follow each other; the last one is still open. */
function periodOf(
  type: AttestationType,
  options: SpecimenOptions,
  row: number,
  isOpen: boolean,
  employer: NamedEmployer,
): AttestedPeriod {
  const startDate = monthAt(row);
  return {
    period: { startDate, ...(!isOpen && { endDate: addDays(monthAt(row + 1), -1) }) },
    source: ENTERPRISE,
    reference: referenceOf(row),
    employer,
    attributes: attributesOf(type, options, row),
  };
}

/** Names of facts that a type gets whatever it declares. */
const OWN = new Set(['date', 'reference', 'period', 'from', 'until', 'source', 'employer', 'employerNumber']);

function attributesOf(
  type: AttestationType,
  options: SpecimenOptions,
  row: number,
): AttestedPeriod['attributes'] {
  const optional = new Set(usesOf(type.layout).flatMap((use) => (use.optional === true ? [use.fact] : [])));
  const attributes = [...type.facts.values()].filter(
    ({ name, of }) => of === 'row' && !OWN.has(name) && (options.isLong || !optional.has(name)),
  );
  return Object.fromEntries(attributes.map((fact) => [fact.name, valueOf(fact, type, options, row)]));
}

/** Makes up the value of an attribute. */
function valueOf(
  fact: Fact,
  type: AttestationType,
  { isLong, nisCode }: SpecimenOptions,
  row: number,
): AttestedPeriod['attributes'][string] {
  const words = isLong ? LONG : SHORT;
  const committees = type.declarationRules.flatMap(({ jointCommittees }) => jointCommittees);
  switch (fact.format) {
    case 'date':
    case 'weekday':
    case 'shortDate':
      return monthAt(row);
    case 'month':
      return monthOf(monthAt(row));
    case 'period':
      return `${monthAt(row)}/${addDays(monthAt(row + 1), -1)}`;
    case 'number':
      return String(row + 1);
    case 'amount':
      return `${1234 + row * (isLong ? 98_765 : 1)}.5`;
    case 'ssin':
      return SSIN;
    case 'enterpriseNumber':
      return ENTERPRISE;
    case 'enterprise':
      return words.employer;
    case 'jointCommittee':
      return committees[row % committees.length] ?? '200';
    case 'municipality':
      return nisCode;
    case 'address':
      return {
        street: isLong ? words.text : 'Specimen',
        houseNumber: '12',
        boxNumber: '3',
        postCode: '1000',
        municipality: nisCode,
      };
    case 'reference':
      return referenceOf(row);
    case 'code':
      return fact.codes?.[row % fact.codes.length] ?? '';
    case 'text':
      return words.text;
    case 'instant':
    case 'holder':
    case 'employer':
    case 'employerNumber':
      return '';
  }
}

function referenceOf(row: number): string {
  return String(900_000_000_000 + row * 97);
}

/** The first day of a month, counted from that of the first day. */
function monthAt(offset: number): LocalDate {
  const months = Number(FIRST_DAY.slice(5, 7)) - 1 + offset;
  const year = Number(FIRST_DAY.slice(0, 4)) + Math.floor(months / 12);
  return `${year}-${String((months % 12) + 1).padStart(2, '0')}-01` as LocalDate;
}
