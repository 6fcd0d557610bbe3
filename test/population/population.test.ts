/** A population: the same for the same seed, of persons who cannot be taken for real ones, as the country is. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { readInhabitants, readMunicipalities } from '../../src/catalogue/reference-file.ts';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { birthOf, parseSsin, type Ssin, sexOf } from '../../src/domain/ssin.ts';
import { type Citizen, createPopulation, type Population } from '../../src/population/population.ts';
import { projectRoot } from '../support/needs.ts';

const PERSONS = 20_000;

describe('createPopulation', () => {
  let of: (persons: number, seed: number) => Population;
  let citizens: readonly Citizen[];
  const share = (isCounted: (citizen: Citizen) => boolean) => citizens.filter(isCounted).length / PERSONS;
  const within = (value: number, least: number, most: number) =>
    assert.ok(value >= least && value <= most, `${value} is not from ${least} to ${most}`);

  before(async () => {
    const templates = join(projectRoot, 'templates');
    const municipalities = await readMunicipalities(templates);
    const inhabitants = await readInhabitants(templates);
    of = (persons, seed) => createPopulation({ persons, seed, municipalities, inhabitants });
    citizens = [...of(PERSONS, 1).citizens()];
  });

  it('makes as many as are wanted, the same for the same seed and others for another', () => {
    assert.equal(citizens.length, PERSONS);
    const [again, other] = [of(300, 1), of(300, 2)].map((one) => [...one.citizens()]);
    assert.deepEqual(
      again?.slice(0, 290).map(({ ssin }) => ssin),
      citizens.slice(0, 290).map(({ ssin }) => ssin),
    );
    assert.notDeepEqual(again, other);
  });

  it('gives each a number of their own that is valid, and that no real person has', () => {
    const numbers = citizens.flatMap(({ ssin, replaces }) => [
      ssin,
      ...(replaces === undefined ? [] : [replaces]),
    ]);
    assert.equal(new Set(numbers).size, numbers.length);
    for (const { ssin, birthDate, sex, isSexTold } of citizens) {
      assert.ok(parseSsin(ssin, '2022-01-01' as LocalDate), ssin);
      assert.match(ssin, /^\d{6}9\d{4}$/);
      assert.equal(birthOf(ssin as Ssin).date, birthDate);
      assert.equal(sexOf(ssin), isSexTold ? sex : undefined);
    }
    within(
      share(({ ssin }) => Number(ssin.slice(2, 4)) > 12),
      0.005,
      0.04,
    );
    assert.ok(citizens.some(({ replaces }) => replaces !== undefined));
  });

  it('gives employers numbers of a block that is not assigned', () => {
    const employers = [...of(PERSONS, 1).employers()];
    assert.equal(employers.length, PERSONS / 25);
    for (const { enterpriseNumber } of employers)
      assert.ok(parseEnterpriseNumber(enterpriseNumber)?.startsWith('19'), enterpriseNumber);
  });

  it('is spread over the country as its inhabitants are', () => {
    within(
      share(({ domiciles }) => domiciles.at(-1)?.nisCode === '11002'),
      0.03,
      0.06,
    );
    within(
      share(({ domiciles }) => domiciles.at(-1)?.nisCode.startsWith('21') === true),
      0.08,
      0.13,
    );
    within(
      share(({ domiciles }) => domiciles.length > 1),
      0.03,
      0.08,
    );
  });

  it('has the ages, households and names of a country', () => {
    within(
      share(({ age }) => age < 18),
      0.15,
      0.27,
    );
    within(
      share(({ age }) => age >= 65),
      0.14,
      0.24,
    );
    within(
      share(({ sex }) => sex === 'female'),
      0.49,
      0.54,
    );
    within(PERSONS / new Set(citizens.map(({ household }) => household)).size, 2, 2.6);
    assert.ok(share(({ familyName }) => /[^\p{ASCII}’]/u.test(familyName)) > 0.1);
  });

  it('has some five facts a person, of which none contradicts another', () => {
    const facts = citizens.flatMap((one) => one.facts);
    within(facts.length / PERSONS, 4.5, 6.5);
    assert.equal(new Set(facts.map(({ source, reference }) => `${source} ${reference}`)).size, facts.length);
    for (const { validFrom, validUntil = '9999-12-31' } of facts) assert.ok(validFrom <= validUntil);
    const both = (one: string, other: string) =>
      citizens.filter(({ facts: own }) =>
        [one, other].every((code) => own.some(({ status }) => status === code)),
      );
    assert.deepEqual(both('pension', 'bridgingRight'), []);
  });

  it('refuses what it has no numbers for', () => {
    for (const persons of [0, 1.5, 1_000_001]) assert.throws(() => of(persons, 1), RangeError);
  });
});
