/** An extract for research: persons under pseudonyms of a key that nobody keeps, none of whom stands out. */
import { createHmac, randomBytes } from 'node:crypto';
import { type ExtractRow, listForExtract } from '../database/statistics.ts';
import { AREAS, areaOf, COUNTRY } from '../domain/area.ts';
import { RESEARCH } from '../domain/deliberation.ts';
import { rangeOf } from '../domain/dimension.ts';
import { municipalityOn } from '../domain/municipality.ts';
import { brusselsDate, type LocalDate } from '../domain/period.ts';
import { AGE_CLASSES, UNKNOWN } from '../domain/statistics.ts';
import type { StatusCode } from '../domain/status.ts';
import { type DeliberatedAccess, findGround, recordTelling } from './deliberated.ts';
import { groupBy } from './group.ts';
import type { Services } from './services.ts';

type ExtractServices = Pick<Services, 'database' | 'catalogue' | 'clock'>;

export interface ExtractWish {
  readonly statuses: readonly StatusCode[];
  /** `yyyy-MM`, both included. */
  readonly from: string;
  readonly until: string;
}

/** Somebody as research sees them. */
export interface Pseudonymised {
  readonly pseudonym: string;
  readonly sex: string;
  readonly ageClass: string;
  /** A NIS code, or that of a larger area where fewer would be like them. */
  readonly place: string;
  readonly months: Readonly<Record<StatusCode, number>>;
}

export type ExtractOutcome =
  | { readonly kind: 'made'; readonly rows: readonly Pseudonymised[]; readonly leftOut: number }
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'tooMany' };

/** More than this in one extract would be a copy of the register. */
export const MOST_PERSONS = 100_000;

/**
 * Makes an extract. Whoever is in it shares sex, age class and place with as many others as `smallestGroup` says, less
 * one: where a municipality has too few, it is the province, then the region and the country; who stands out even there
 * is left out. Each person of whom it tells finds it among the accesses to their data.
 */
export async function makeExtract(
  { database, catalogue, clock }: ExtractServices,
  access: DeliberatedAccess,
  { statuses, from, until }: ExtractWish,
): Promise<ExtractOutcome> {
  const { smallestGroup } = catalogue.statistics;
  const today = brusselsDate(clock());
  return database.transaction(async (connection) => {
    const found = await findGround(connection, access);
    const allowed = found?.allowed;
    if (found === undefined || !allowed?.attributes.includes(RESEARCH)) return { kind: 'notAllowed' };
    if (!statuses.every((code) => allowed.statuses.includes(code))) return { kind: 'notAllowed' };
    const period = { from: `${from}-01`, until: `${until}-01` };
    const persons = await listForExtract(connection, found.ground, statuses, period, MOST_PERSONS + 1);
    if (persons.length > MOST_PERSONS) return { kind: 'tooMany' };
    const grouped = generalise(persons, placeOf(catalogue, today), smallestGroup);
    const personIds = grouped.map(({ person }) => person.personId);
    const object = `${statuses.join(' ')} ${from} ${until}`;
    await recordTelling(connection, access, found.ground, {
      action: 'statistics.extract',
      object,
      personIds,
    });
    const key = randomBytes(32);
    const rows = grouped.map(({ person, place }) => ({
      pseudonym: createHmac('sha256', key).update(person.personId).digest('hex').slice(0, 32),
      sex: person.sex ?? UNKNOWN,
      ageClass: ageClassOf(person),
      place,
      months: person.months,
    }));
    // In the order of pseudonyms, which tells nothing of the register's own.
    const sorted = rows.sort((one, other) => (one.pseudonym < other.pseudonym ? -1 : 1));
    return { kind: 'made', rows: sorted, leftOut: persons.length - sorted.length };
  });
}

interface Placed {
  readonly person: ExtractRow;
  readonly place: string;
}

const ageClassOf = ({ ageClass }: ExtractRow) =>
  ageClass === null || ageClass < 1 ? UNKNOWN : rangeOf(AGE_CLASSES, ageClass - 1);

function placeOf({ municipalities }: ExtractServices['catalogue'], today: LocalDate) {
  return ({ nisCode }: ExtractRow) => municipalityOn(municipalities, nisCode ?? '', today)?.nisCode;
}

const LARGER = new Map(AREAS.map(({ code, within }) => [code, within]));

/** Moves whoever has too few like them to the next larger area, until there are enough or no larger one. */
function generalise(
  persons: readonly ExtractRow[],
  homeOf: (person: ExtractRow) => string | undefined,
  smallest: number,
): Placed[] {
  const kept: Placed[] = [];
  let waiting: Placed[] = persons.map((person) => ({ person, place: homeOf(person) ?? COUNTRY }));
  while (waiting.length > 0) {
    const larger: Placed[] = [];
    for (const group of groupBy(waiting, likeness).values()) {
      if (group.length >= smallest) kept.push(...group);
      else larger.push(...group.flatMap(({ person, place }) => moved(person, place)));
    }
    waiting = larger;
  }
  return kept;
}

const likeness = ({ person, place }: Placed) => `${person.sex} ${person.ageClass} ${place}`;

function moved(person: ExtractRow, place: string): Placed[] {
  const within = LARGER.has(place) ? LARGER.get(place) : areaOf(place);
  return within === undefined ? [] : [{ person, place: within }];
}
