/** What the persons do: employers, and who works where. */
import { enterpriseName } from './names.ts';
import { enterpriseNumberAt } from './numbers.ts';
import { lotOf, type Random, randomOf } from './random.ts';

export interface Employer {
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly jointCommittee: string;
}

export type Work =
  | { readonly kind: 'worker'; readonly employer: Employer }
  | { readonly kind: 'selfEmployed'; readonly enterpriseNumber: string }
  | { readonly kind: 'none' };

/** The joint committees that this service knows, with their share of the employers. */
const COMMITTEES: readonly (readonly [string, number])[] = [
  ['302', 22],
  ['124', 20],
  ['140', 14],
  ['149', 11],
  ['145', 11],
  ['144', 10],
  ['322', 9],
  ['320', 3],
];
const COMMITTEE = lotOf(COMMITTEES);
const PERSONS_AN_EMPLOYER = 25;

/** Counts the employers of a population: one of each joint committee at least. */
export function countEmployers(persons: number): number {
  return Math.max(COMMITTEES.length, Math.ceil(persons / PERSONS_AN_EMPLOYER));
}

/** A grower, to whom temporary workers are lent. */
export const GROWER = 4;

/** Gives the employer at a place, from 0. */
export function employerAt(seed: number, place: number): Employer {
  const random = randomOf(seed, -1 - place);
  const jointCommittee = COMMITTEES[place]?.[0] ?? COMMITTEE.draw(random);
  return {
    enterpriseNumber: enterpriseNumberAt(place),
    name: enterpriseName(random, jointCommittee),
    jointCommittee,
  };
}

/** Where the enterprises of self-employed persons begin: behind every employer that there can be. */
const SELF_EMPLOYED = 200_000;

/** Makes the enterprises of self-employed persons, one after the other. */
export function openOwnEnterprises(): () => string {
  let last = SELF_EMPLOYED;
  return () => {
    last += 1;
    return enterpriseNumberAt(last);
  };
}

/** Where people work. */
export interface Workplaces {
  readonly employer: (place: number) => Employer;
  readonly count: number;
  readonly ownEnterprise: () => string;
}

/** Gives somebody of an age their work; a few employers have most of the workers. */
export function workOf(random: Random, age: number, { employer, count, ownEnterprise }: Workplaces): Work {
  if (age < 18 || age > 64) return { kind: 'none' };
  const share = random.next();
  if (share < 0.09) return { kind: 'selfEmployed', enterpriseNumber: ownEnterprise() };
  if (share > (age < 23 || age > 60 ? 0.4 : 0.74)) return { kind: 'none' };
  return { kind: 'worker', employer: employer(Math.floor(count * random.next() ** 2)) };
}
