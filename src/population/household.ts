/** Households: who lives together where, how old they are, and which numbers they have. */
import type { DocumentLanguage } from '../domain/language.ts';
import type { Municipality } from '../domain/municipality.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Sex } from '../domain/ssin.ts';
import { dayOf, writeDay } from './days.ts';
import { familyName, givenName, type Origin } from './names.ts';
import type { NumberKind, Numbers } from './numbers.ts';
import { type Lot, lotOf, type Random } from './random.ts';

/** The last of the two years that are made up; ages are those of this day. */
export const LAST_DAY = '2021-12-31' as LocalDate;
export const FIRST_DAY = '2020-01-01' as LocalDate;

/** Somebody who does not exist. */
export interface Person {
  readonly ssin: string;
  readonly sex: Sex;
  /** The number says nothing of it: a BIS number of somebody whose sex is not known. */
  readonly isSexTold: boolean;
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDate: LocalDate;
  readonly bornDay: number;
  /** On the last day. */
  readonly age: number;
  /** The language chosen for documents, by those who chose. */
  readonly language?: DocumentLanguage;
  readonly household: string;
  readonly householdSize: number;
  /** In order of time; the last one is where they live now. */
  readonly domiciles: readonly { readonly nisCode: string; readonly since: LocalDate }[];
  readonly hasEbox: boolean;
  /** The BIS number that theirs took the place of. */
  readonly replaces?: string;
}

/** What a household is made from. */
export interface Places {
  readonly municipalities: Lot<Municipality>;
}

type Kind = 'single' | 'couple' | 'elderly' | 'family' | 'parent';

const KINDS = lotOf<Kind>([
  ['single', 36],
  ['couple', 13],
  ['elderly', 13],
  ['family', 27],
  ['parent', 11],
]);
const CHILDREN = lotOf<number>([
  [1, 43],
  [2, 38],
  [3, 14],
  [4, 5],
]);
/** Of persons who live alone: the years of the class that begins there. */
const ALONE = lotOf<number>([
  [19, 4],
  [25, 14],
  [35, 12],
  [45, 13],
  [55, 16],
  [65, 16],
  [75, 16],
  [85, 9],
]);

/** Makes up the household of a number. */
export function makeHousehold(place: number, random: Random, places: Places, numbers: Numbers): Person[] {
  const municipality = places.municipalities.draw(random);
  const members = membersOf(random);
  const origin = originOf(random, municipality);
  const shared = {
    household: `H${place + 1}`,
    householdSize: members.length,
    family: familyName(random, origin),
    origin,
    municipality,
    former: random.chance(0.06) ? places.municipalities.draw(random) : undefined,
    movedOn: dayOf(FIRST_DAY) + random.between(10, 700),
  };
  return members.map((member) => makePerson(random, member, shared, numbers));
}

interface Member {
  readonly age: number;
  readonly sex: Sex;
  readonly isChild: boolean;
}

function membersOf(random: Random): Member[] {
  const sex = () => (random.chance(0.508) ? 'female' : 'male');
  const couple = (age: number): Member[] => [
    { age, sex: 'female', isChild: false },
    { age: Math.max(18, Math.min(99, age + random.between(-3, 6))), sex: 'male', isChild: false },
  ];
  const children = (age: number): Member[] => {
    const most = Math.min(24, age - 19);
    const oldest = Math.max(0, random.between(Math.max(0, age - 36), most));
    return Array.from({ length: CHILDREN.draw(random) }, (_, at) => {
      return { age: Math.max(0, oldest - at * random.between(1, 4)), sex: sex(), isChild: true };
    });
  };
  switch (KINDS.draw(random)) {
    case 'single': {
      const from = ALONE.draw(random);
      return [{ age: from + random.between(0, 9), sex: sex(), isChild: false }];
    }
    case 'couple':
      return couple(random.between(21, 62));
    case 'elderly':
      return couple(random.between(60, 90));
    case 'family': {
      const age = random.between(24, 54);
      return [...couple(age), ...children(age)];
    }
    case 'parent': {
      const age = random.between(23, 54);
      const parent: Member = { age, sex: random.chance(0.8) ? 'female' : 'male', isChild: false };
      return [parent, ...children(age)];
    }
  }
}

function originOf(random: Random, { language, region }: Municipality): Origin {
  if (random.chance(region === 'BRU' ? 0.35 : 0.11)) return 'other';
  if (language === 'nl-fr') return random.chance(0.12) ? 'nl' : 'fr';
  return random.chance(0.04) ? random.pick(['nl', 'fr']) : language;
}

interface Shared {
  readonly household: string;
  readonly householdSize: number;
  readonly family: string;
  readonly origin: Origin;
  readonly municipality: Municipality;
  /** Where they lived before, when they moved in these two years. */
  readonly former: Municipality | undefined;
  readonly movedOn: number;
}

function makePerson(
  random: Random,
  { age, sex, isChild }: Member,
  { household, householdSize, family, origin, municipality, former, movedOn }: Shared,
  numbers: Numbers,
): Person {
  const wanted = dayOf(LAST_DAY) - Math.floor(age * 365.25) - random.between(1, 364);
  const kind = kindOf(random, origin, isChild);
  const { ssin, day: born } = numbers.take(wanted, sex, kind);
  const hadBis = origin === 'other' && kind === 'register' && random.chance(0.08);
  // Who keeps their name: every adult but the one whose name the household has.
  const own = isChild || random.chance(0.5) ? family : familyName(random, origin);
  const language = languageOf(random, municipality);
  return {
    ssin,
    sex,
    isSexTold: kind !== 'bisWithoutSex',
    familyName: own,
    givenName: givenName(random, origin, sex),
    birthDate: writeDay(born),
    bornDay: born,
    age: ageAt(born),
    ...(random.chance(0.6) && { language }),
    household,
    householdSize,
    domiciles: domicilesOf(born, municipality, former, movedOn),
    hasEbox: age >= 18 && random.chance(0.45),
    ...(hadBis && { replaces: numbers.take(born, sex, 'bis').ssin }),
  };
}

function kindOf(random: Random, origin: Origin, isChild: boolean): NumberKind {
  if (origin !== 'other' || isChild || !random.chance(0.14)) return 'register';
  return random.chance(0.3) ? 'bisWithoutSex' : 'bis';
}

/** The language of the municipality; in Brussels and with facilities, that of either. */
function languageOf(random: Random, { language, facilities }: Municipality): DocumentLanguage {
  if (language === 'nl-fr') return random.chance(0.1) ? 'nl' : 'fr';
  return facilities !== undefined && random.chance(0.4) ? facilities : language;
}

function domicilesOf(
  born: number,
  municipality: Municipality,
  former: Municipality | undefined,
  movedOn: number,
): Person['domiciles'] {
  const first = writeDay(Math.max(born, dayOf('2015-01-01')));
  const now = { nisCode: municipality.nisCode, since: first };
  if (former === undefined || former === municipality || born >= movedOn) return [now];
  return [
    { nisCode: former.nisCode, since: first },
    { nisCode: municipality.nisCode, since: writeDay(movedOn) },
  ];
}

function ageAt(born: number): number {
  const [year, rest] = [Number(LAST_DAY.slice(0, 4)), LAST_DAY.slice(5)];
  const text = writeDay(born);
  return year - Number(text.slice(0, 4)) - (rest < text.slice(5) ? 1 : 0);
}
