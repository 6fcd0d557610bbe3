/** A population of persons who do not exist, the same for the same seed, one household after the other. */

import type { Municipality } from '../domain/municipality.ts';
import { isWithin } from '../domain/period.ts';
import { LAST_DAY, makeHousehold, type Person } from './household.ts';
import { LARGEST_POPULATION, openNumbers } from './numbers.ts';
import { lotOf, randomOf } from './random.ts';
import { type Fact, factsOf } from './statuses.ts';
import { countEmployers, type Employer, employerAt, openOwnEnterprises, type Work, workOf } from './work.ts';

export interface PopulationOptions {
  /** How many, at most `LARGEST_POPULATION`; the last household is cut off there. */
  readonly persons: number;
  readonly seed: number;
  readonly municipalities: ReadonlyMap<string, Municipality>;
  /** By NIS code. */
  readonly inhabitants: ReadonlyMap<string, number>;
}

/** Somebody with everything that is known of them. */
export interface Citizen extends Person {
  readonly work: Work;
  readonly facts: readonly Fact[];
}

export interface Population {
  employers(): Generator<Employer>;
  /** From the first again each time. */
  citizens(): Generator<Citizen>;
}

/** Makes a population; nothing of it is kept in memory. Throws `RangeError` where there are no numbers for so many. */
export function createPopulation({
  persons,
  seed,
  municipalities,
  inhabitants,
}: PopulationOptions): Population {
  if (!Number.isInteger(persons) || persons < 1 || persons > LARGEST_POPULATION)
    throw new RangeError(`a population has 1 to ${LARGEST_POPULATION} persons`);
  const places = {
    municipalities: lotOf(
      [...municipalities.values()]
        .filter(({ validFrom, validUntil }) => isWithin(LAST_DAY, validFrom, validUntil))
        .map((one) => [one, inhabitants.get(one.nisCode) ?? 0] as const),
    ),
  };
  const count = countEmployers(persons);
  const employer = (place: number) => employerAt(seed, place);
  return {
    *employers() {
      for (let place = 0; place < count; place += 1) yield employer(place);
    },
    *citizens() {
      const numbers = openNumbers();
      const workplaces = { employer, count, ownEnterprise: openOwnEnterprises() };
      for (let place = 0, made = 0; made < persons; place += 1) {
        const random = randomOf(seed, place);
        const household = makeHousehold(place, random, places, numbers).slice(0, persons - made);
        const means = {
          isPoor: random.chance(household.length === 1 ? 0.24 : 0.16),
          hasYoungChild: household.some(({ age }) => age < 12),
        };
        for (const member of household) {
          made += 1;
          const person = { ...member, householdSize: household.length };
          const work = workOf(random, person.age, workplaces);
          const name = namesOf(made);
          yield { ...person, work, facts: factsOf(random, person, work, means, name) };
        }
      }
    },
  };
}

/** Makes references: the first letters of the status, who, and the how manieth. */
function namesOf(person: number): (kind: string) => string {
  let last = 0;
  return (kind) => {
    last += 1;
    return `${kind.slice(0, 3).toUpperCase()}-${person}-${last}`;
  };
}
