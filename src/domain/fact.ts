/** The facts that an attestation type can print: their names, where each comes from and how it is written. */
import type { AttestationType } from './attestation-type.ts';
import type { CaseKey } from './case.ts';
import type { EntitledDay } from './entitlement.ts';

/** How the value of an attribute may be written, as `type.yaml` names it. */
export const ATTRIBUTE_FORMATS = [
  'text',
  'reference',
  'date',
  'month',
  'period',
  'number',
  'amount',
  'ssin',
  'enterpriseNumber',
  'enterprise',
  'jointCommittee',
  'municipality',
  'address',
] as const;

/** The ways to write a day; a layout may choose another than a fact has of its own. */
export const DAY_FORMATS = ['date', 'weekday', 'shortDate'] as const;

/** How a fact is written: those of attributes, and those of facts that every type gets from the register. */
export type Format =
  | (typeof ATTRIBUTE_FORMATS)[number]
  | (typeof DAY_FORMATS)[number]
  | 'code'
  | 'instant'
  | 'holder'
  | 'employer'
  | 'employerNumber';

/** What a row of a table stands for: a day on which the person has the status, or a whole period of it. */
export const ROW_KINDS = ['day', 'period'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** What a type says of the facts it attests. */
export interface TypeFacts {
  readonly row: RowKind;
  /** By name: what the source adds to each period, with its format, or its codes that the language files translate. */
  readonly attributes: Readonly<Record<string, AttributeFormat>>;
}

export type AttributeFormat = (typeof ATTRIBUTE_FORMATS)[number] | { readonly codes: readonly string[] };

/** One fact that a type can print. */
export interface Fact {
  readonly name: string;
  readonly format: Format;
  /** Whether there is one for the attestation, or one for each row. */
  readonly of: 'attestation' | 'row';
  /** Of format `code`: every code there is. */
  readonly codes?: readonly string[];
}

/** Facts of every type, whatever it attests. */
const COMMON = {
  number: 'reference',
  issuedOn: 'instant',
  supersedes: 'reference',
  holder: 'holder',
  ssin: 'ssin',
} as const satisfies Record<string, Format>;

const EMPLOYER = { employer: 'employer', employerNumber: 'employerNumber' } as const;

const RULE = { rule: 'text', referenceDate: 'date' } as const;

const OF_ROW: Readonly<Record<RowKind, Readonly<Record<string, Format>>>> = {
  day: { date: 'weekday', reference: 'reference' },
  period: { period: 'period', from: 'date', until: 'date', reference: 'reference', source: 'enterprise' },
};

/** What a day carries beside its date and reference; a period carries whatever its source adds. */
export const DAY_ATTRIBUTES = ['jointCommittee', 'usingEmployer'] as const satisfies (keyof EntitledDay)[];

/** The name of the fact that counts the rows. */
export const COUNT_OF: Readonly<Record<RowKind, string>> = { day: 'numberOfDays', period: 'numberOfPeriods' };

/**
 * Lists by name what a type can print. An employer that the case is kept apart by is one for the attestation, otherwise
 * each period may have its own; attributes come with each row.
 */
export function factsOf(
  type: Pick<AttestationType, 'caseKeys'> & { readonly facts: TypeFacts },
): ReadonlyMap<string, Fact> {
  const { row, attributes } = type.facts;
  const has = (key: CaseKey) => type.caseKeys.includes(key);
  const ofRow = { ...OF_ROW[row], ...(!has('employer') && row === 'period' && EMPLOYER) };
  const ofAttestation = {
    ...COMMON,
    ...(has('employer') && EMPLOYER),
    ...(has('month') && { month: 'month' as const }),
    ...(has('rule') && RULE),
    [COUNT_OF[row]]: 'number' as const,
  };
  const all: Fact[] = [
    ...Object.entries(ofAttestation).map(([name, format]) => ({ name, format, of: 'attestation' as const })),
    ...Object.entries(ofRow).map(([name, format]) => ({ name, format, of: 'row' as const })),
    ...Object.entries(attributes).map(([name, format]) => toFact(name, format)),
  ];
  return new Map(all.map((fact) => [fact.name, fact]));
}

function toFact(name: string, format: AttributeFormat): Fact {
  return typeof format === 'string'
    ? { name, format, of: 'row' }
    : { name, format: 'code', of: 'row', codes: format.codes };
}
