/** What each flow that is shipped tells of a population on a day, as its file says it in words; it knows no plan and no database. */
import type { Municipality } from '../../src/domain/municipality.ts';
import type { Citizen } from '../../src/population/population.ts';
import type { Fact } from '../../src/population/statuses.ts';
import type { FlowContent, FlowRecord } from '../support/flow-runs.ts';
import { ageOf, placesOf } from './counted.ts';
import { expectedOf } from './expected.ts';

/** What flows are told from. */
export interface Known {
  readonly citizens: readonly Citizen[];
  readonly municipalities: ReadonlyMap<string, Municipality>;
  /** SSINs of those to whom an attestation of a type was issued. */
  readonly issued: Readonly<Record<string, ReadonlySet<string>>>;
}

type Cells = Readonly<Record<string, string | number | undefined>>;
interface Told {
  readonly part?: string | undefined;
  readonly cells: Cells;
}

/** Tells what the whole of a flow is; `today` is a day of 2021. */
export function expectedFlow(flow: string, today: string, known: Known): FlowContent {
  const rows = EXPECTED[flow]?.(today, known);
  if (rows === undefined) throw new RangeError(`${flow} is not known here`);
  const content = new Map<string, FlowRecord[]>();
  for (const { part = 'all', cells } of rows)
    content.set(part, [...(content.get(part) ?? []), withoutEmpty(cells)]);
  return content;
}

const withoutEmpty = (cells: Cells): FlowRecord =>
  Object.fromEntries(
    Object.entries(cells).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

const SOCIAL = [
  'increasedIntervention',
  'integrationIncome',
  'incomeGuaranteeElderly',
  'disabilityAllowance',
];

const EXPECTED: Readonly<Record<string, (today: string, known: Known) => readonly Told[]>> = {
  'bridging-right': (today, known) => {
    const [first, last] = monthBefore(today);
    return known.citizens.flatMap((citizen) =>
      placesOf(citizen, last.slice(0, 7), known.municipalities).includes('VLG')
        ? factsOf(citizen, ['bridgingRight'], first, last).map(
            ({ enterpriseNumber, validFrom, validUntil }) => ({
              cells: { enterpriseNumber, from: validFrom, until: validUntil },
            }),
          )
        : [],
    );
  },
  'care-providers': (today, known) =>
    known.citizens.flatMap((citizen) =>
      factsOf(citizen, ['careProvider'], today, today).map(() => ({
        cells: { ...nameOf(citizen), ...homeOf(citizen, known), language: citizen.language },
      })),
    ),
  'rights-not-granted': (_, known) =>
    known.citizens
      .filter((citizen) => isEntitled(citizen, 'rent-premium rule=2020', known))
      .filter(({ ssin }) => known.issued['rent-premium']?.has(ssin) !== true)
      .map((citizen) => ({
        cells: {
          ...nameOf(citizen),
          municipality: homeOf(citizen, known).municipality,
          householdSize: sizeOf(citizen, known),
        },
      })),
  'social-statuses': (today, known) =>
    known.citizens
      .filter((citizen) => factsOf(citizen, SOCIAL, today, today).length > 0)
      .map((citizen) => ({
        cells: { SSIN: citizen.ssin, municipality: homeOf(citizen, known).municipality },
      })),
  'statbel-statuses': (today, known) => {
    const [first, last] = monthBefore(today);
    const codes = ['temporaryUnemployment', 'bridgingRight', 'coronaParentalLeave', 'quarantine'];
    return count(known, codes, [first, last], (citizen, { status }) => ({
      municipality: homeOf(citizen, known).municipality,
      status,
      sex: citizen.isSexTold ? { female: 'F', male: 'M' }[citizen.sex] : undefined,
      ageClass: ageOf(citizen, last.slice(0, 7))[0],
    })).map(({ cells, persons, periods, days }) => ({ cells: { ...cells, persons, periods, days } }));
  },
  'tax-exemption': (_, known) =>
    known.citizens
      .filter(({ ssin }) => known.issued['municipal-tax-exemption']?.has(ssin))
      .map((citizen) => {
        const { municipality } = homeOf(citizen, known);
        return { part: municipality, cells: { ...nameOf(citizen), municipality } };
      }),
  'temporary-unemployment': (today, known) => {
    const [first, last] = monthOf(today);
    return known.citizens
      .filter(({ birthDate }) => yearsOn(birthDate, today) >= 18 && yearsOn(birthDate, today) <= 64)
      .flatMap((citizen) =>
        factsOf(citizen, ['temporaryUnemployment'], first, last).map((fact) => {
          const { municipality } = homeOf(citizen, known);
          const days = daysWithin(fact, first, last);
          const { validFrom: from, validUntil: until } = fact;
          return {
            part: regionOf(municipality, known),
            cells: { SSIN: citizen.ssin, from, until, days, municipality, language: citizen.language },
          };
        }),
      );
  },
  'unemployment-totals': (today, known) =>
    count(known, ['temporaryUnemployment'], monthBefore(today), (citizen) => {
      const { municipality, municipalityName: name } = homeOf(citizen, known);
      return { municipality, name };
    })
      .filter(({ persons }) => persons >= 10)
      .map(({ cells, persons, days }) => ({ cells: { ...cells, persons, days } })),
};

function factsOf({ facts }: Citizen, codes: readonly string[], from: string, until: string): readonly Fact[] {
  return facts.filter(
    ({ status, validFrom, validUntil = '9999-12-31' }) =>
      codes.includes(status) && validFrom <= until && validUntil >= from,
  );
}

const nameOf = ({ ssin, familyName, givenName }: Citizen) => ({ SSIN: ssin, name: familyName, givenName });

/** Where somebody lives now, whatever the day that the flow looks at. */
function homeOf({ domiciles }: Citizen, { municipalities }: Known) {
  const code = domiciles.at(-1)?.nisCode ?? '';
  const place = municipalities.get(code);
  const language = place?.language === 'nl-fr' ? 'fr' : place?.language;
  return { municipality: code, municipalityName: language && place?.name[language] };
}

function regionOf(code: string, { municipalities }: Known): string | undefined {
  return municipalities.get(code)?.region;
}

function isEntitled(citizen: Citizen, key: string, known: Known): boolean {
  return expectedOf(citizen, sizeOf(citizen, known), known.municipalities).get(key)?.length === 0;
}

export function sizeOf({ household }: Citizen, { citizens }: Pick<Known, 'citizens'>): number {
  return citizens.filter((one) => one.household === household).length;
}

function yearsOn(birthDate: string, day: string): number {
  return (
    Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (day.slice(5) < birthDate.slice(5) ? 1 : 0)
  );
}

type Days = readonly [first: string, last: string];

function monthOf(day: string): Days {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return [`${day.slice(0, 7)}-01`, new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)];
}

function monthBefore(day: string): Days {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return monthOf(new Date(Date.UTC(year, month - 2, 1)).toISOString());
}

function daysWithin({ validFrom, validUntil }: Fact, first: string, last: string): number {
  const from = validFrom > first ? validFrom : first;
  const until = validUntil !== undefined && validUntil < last ? validUntil : last;
  return Math.round((Date.parse(until) - Date.parse(from)) / 86_400_000) + 1;
}

/** Counts by what persons and facts have in common. */
function count(
  known: Known,
  codes: readonly string[],
  [first, last]: Days,
  by: (citizen: Citizen, fact: Fact) => Cells,
) {
  const groups = new Map<string, { cells: Cells; persons: Set<string>; periods: number; days: number }>();
  for (const citizen of known.citizens)
    for (const fact of factsOf(citizen, codes, first, last)) {
      const cells = by(citizen, fact);
      const key = JSON.stringify(cells);
      const group = groups.get(key) ?? { cells, persons: new Set(), periods: 0, days: 0 };
      group.persons.add(citizen.ssin);
      group.periods += 1;
      group.days += daysWithin(fact, first, last);
      groups.set(key, group);
    }
  return [...groups.values()].map((group) => ({ ...group, persons: group.persons.size }));
}
