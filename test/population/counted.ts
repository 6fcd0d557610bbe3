/** What tables of counts would say of a population, counted person by person; it knows no database and hides nothing. */

import { areaOf } from '../../src/domain/area.ts';
import type { Municipality } from '../../src/domain/municipality.ts';
import type { Citizen } from '../../src/population/population.ts';

/** Counts by the ids of categories, joined by blanks, every total included. */
export type Counted = ReadonlyMap<string, number>;

type Chain = readonly string[];

/** Somebody who had the status in the month, by each dimension with everything above. */
export type ChainsOf = (citizen: Citizen, month: string) => readonly (readonly Chain[])[];

/** Counts those of a population who had a status in a month. */
export function countCitizens(
  citizens: readonly Citizen[],
  status: string,
  month: string,
  chainsOf: ChainsOf,
): Counted {
  const counts = new Map<string, number>();
  for (const citizen of citizens) {
    if (!factsIn(citizen, status, month).length) continue;
    for (const chains of chainsOf(citizen, month)) add(counts, chains);
  }
  return counts;
}

/** Counts employers by joint committee and by how many of their workers had a status in a month. */
export function countEmployers(citizens: readonly Citizen[], status: string, month: string): Counted {
  const workers = new Map<string, Set<string>>();
  for (const citizen of citizens)
    for (const { employer, attributes } of factsIn(citizen, status, month)) {
      const key = `${attributes.jointCommittee ?? 'unknown'} ${employer?.enterpriseNumber}`;
      workers.set(key, (workers.get(key) ?? new Set()).add(citizen.ssin));
    }
  const counts = new Map<string, number>();
  for (const [key, { size }] of workers) {
    const ofSize = size >= 50 ? '50+' : size >= 10 ? '10-49' : size >= 5 ? '5-9' : '1-4';
    add(counts, [
      [key.split(' ')[0] ?? '', 'total'],
      [ofSize, 'total'],
    ]);
  }
  return counts;
}

/** Adds one to every combination. */
export function add(counts: Map<string, number>, chains: readonly Chain[]): void {
  const keys = chains.reduce<string[]>(
    (all, chain) => all.flatMap((one) => chain.map((id) => `${one} ${id}`)),
    [''],
  );
  for (const key of keys) counts.set(key.trim(), (counts.get(key.trim()) ?? 0) + 1);
}

export function factsIn({ facts }: Citizen, status: string, month: string) {
  return facts.filter(
    ({ status: code, validFrom, validUntil = '9999-12-31' }) =>
      code === status && validFrom.slice(0, 7) <= month && validUntil.slice(0, 7) >= month,
  );
}

const REGION: Readonly<Record<string, string>> = {
  '1': 'VLG',
  '3': 'VLG',
  '4': 'VLG',
  '7': 'VLG',
  '5': 'WAL',
  '6': 'WAL',
  '8': 'WAL',
  '9': 'WAL',
};

/** The municipality of today that somebody lived in at the end of a month, with what it lies in. */
export function placesOf(
  { domiciles }: Citizen,
  month: string,
  municipalities: ReadonlyMap<string, Municipality>,
): Chain {
  let code = domiciles.findLast(({ since }) => since.slice(0, 7) <= month)?.nisCode;
  if (code === undefined) return ['unknown', 'BE'];
  for (let next = municipalities.get(code); next?.mergedInto !== undefined; next = municipalities.get(code))
    code = next.mergedInto;
  const region = REGION[code.slice(0, 1)] ?? { '21': 'BRU', '25': 'WAL' }[code.slice(0, 2)] ?? 'VLG';
  const area = areaOf(code);
  return [...new Set([code, area, region, 'BE'])];
}

export function sexOf({ sex, isSexTold }: Citizen): Chain {
  return [isSexTold ? sex : 'unknown', 'total'];
}

/** On the last day of the month. */
export function ageOf({ birthDate }: Citizen, month: string): Chain {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  const last = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
  const age = year - Number(birthDate.slice(0, 4)) - (last.slice(5) < birthDate.slice(5) ? 1 : 0);
  const classes: readonly (readonly [number, string])[] = [
    [75, '75+'],
    [65, '65-74'],
    [55, '55-64'],
    [45, '45-54'],
    [35, '35-44'],
    [25, '25-34'],
    [18, '18-24'],
    [0, '0-17'],
  ];
  // Who is not born yet on that day has no age.
  return [classes.find(([from]) => age >= from)?.[1] ?? 'unknown', 'total'];
}
