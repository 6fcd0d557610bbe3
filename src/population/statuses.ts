/** The social statuses that somebody had in the two years, as their sources would report them. */
import type { LocalDate } from '../domain/period.ts';
import { birthdayOf, dayOf, mondayOf, monthStart, writeDay } from './days.ts';
import { LAST_DAY, type Person } from './household.ts';
import type { Random } from './random.ts';
import type { Employer, Work } from './work.ts';

/** A fact as its source reports it. */
export interface Fact {
  readonly status: string;
  readonly source: string;
  readonly reference: string;
  readonly validFrom: LocalDate;
  readonly validUntil?: LocalDate;
  readonly employer?: Employer;
  /** Of who is self-employed. */
  readonly enterpriseNumber?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What the members of a household have in common. */
export interface HouseholdMeans {
  readonly isPoor: boolean;
  readonly hasYoungChild: boolean;
}

const [BEGIN, END] = [dayOf('2020-01-01'), dayOf(LAST_DAY)];
const CRISIS = dayOf('2020-03-16');

/** How many of the workers of a joint committee were unemployed for a time. */
const STRUCK: Readonly<Record<string, number>> = {
  '302': 0.92,
  '124': 0.62,
  '140': 0.55,
  '149': 0.6,
  '322': 0.6,
  '320': 0.25,
  '144': 0.3,
  '145': 0.4,
};
/** The farmers and growers, and who lends workers to them: where a quarantine is declared. */
const FIELDS = ['144', '145', '322'];

/** Makes up the facts of a person; `name` makes their references. */
export function factsOf(
  random: Random,
  person: Person,
  work: Work,
  means: HouseholdMeans,
  name: (kind: string) => string,
): Fact[] {
  const facts: Fact[] = [];
  const own = work.kind === 'selfEmployed' ? work.enterpriseNumber : undefined;
  const add = (status: string, source: string, from: number, until?: number, employer?: Employer) =>
    facts.push({
      status,
      source,
      reference: name(status),
      validFrom: writeDay(from),
      ...(until !== undefined && { validUntil: writeDay(until) }),
      ...(employer && { employer }),
      ...(status === 'bridgingRight' && own !== undefined && { enterpriseNumber: own }),
      attributes:
        status === 'temporaryUnemployment' && employer ? { jointCommittee: employer.jointCommittee } : {},
    });
  if (work.kind === 'worker') {
    if (random.chance(STRUCK[work.employer.jointCommittee] ?? 0))
      for (const week of weeksOf(random))
        add('temporaryUnemployment', 'onem', week, week + random.between(0, 4), work.employer);
    if (means.hasYoungChild && person.age < 50 && random.chance(0.25))
      add('coronaParentalLeave', 'onem', ...span(random, '2020-05-01', 60, 85), work.employer);
    if (FIELDS.includes(work.employer.jointCommittee) && random.chance(0.12))
      for (const day of quarantineOf(random)) add('quarantine', 'dimona', day, day, work.employer);
  }
  if (work.kind === 'selfEmployed' && random.chance(0.62)) {
    const [first, months] = [random.between(2, 18), random.between(1, 9)];
    for (let month = first; month < Math.min(24, first + months); month += 1)
      add('bridgingRight', 'inasti', monthStart(BEGIN, month), monthStart(BEGIN, month + 1) - 1);
  }
  addMeans(random, person, work, means, add);
  return facts;
}

type Add = (status: string, source: string, from: number, until?: number) => void;

/** Statuses of those who care for others, have little, or cannot work, or no longer. */
function addMeans(
  random: Random,
  { age, bornDay }: Person,
  work: Work,
  { isPoor }: HouseholdMeans,
  add: Add,
) {
  const retired = birthdayOf(bornDay, 65);
  if (isPoor) {
    const years = random.between(1, 3);
    if (years & 1 && bornDay <= BEGIN + 365)
      add('increasedIntervention', 'inami', Math.max(bornDay, BEGIN), BEGIN + 365);
    if (years & 2 && bornDay <= END)
      add('increasedIntervention', 'inami', Math.max(bornDay, BEGIN + 366), END);
  }
  // Told by the day of birth, which is by chance already: no draw more, so that a seed goes on making the same persons.
  if (age >= 23 && age < 67 && bornDay % 20 === 7) add('careProvider', 'inami', BEGIN - (bornDay % 3000));
  if (age >= 18 && random.chance(0.028)) add('disabilityAllowance', 'spfss', BEGIN - random.between(0, 3000));
  if (retired <= END) {
    if (random.chance(0.95)) add('pension', 'sfp', retired);
    if (isPoor && random.chance(0.35)) add('incomeGuaranteeElderly', 'sfp', Math.max(retired, BEGIN - 400));
  } else if (isPoor && age >= 19 && work.kind === 'none' && random.chance(0.3)) {
    const from = BEGIN + random.between(-200, 600);
    add(
      'integrationIncome',
      'sppis',
      from,
      random.chance(0.3) ? undefined : Math.min(from + 420, retired - 1),
    );
  }
}

/** A period that begins within so many days of a day and lasts as long. */
function span(random: Random, from: string, within: number, longest: number): [number, number] {
  const first = dayOf(from) + random.between(0, within);
  return [first, first + random.between(6, longest)];
}

/** The Mondays of the weeks in which a worker was unemployed: one spell to four, told week by week. */
function* weeksOf(random: Random): Generator<number> {
  let week = mondayOf(CRISIS) + 7 * random.between(0, 6);
  for (let spells = random.between(1, 4); spells > 0; spells -= 1) {
    for (let weeks = random.between(1, 16); weeks > 0 && week + 4 <= END; weeks -= 1) {
      yield week;
      week += 7;
    }
    week += 7 * random.between(2, 18);
  }
}

/** Days in quarantine, one after the other, from the day on which they were first declared. */
function quarantineOf(random: Random): number[] {
  const first = dayOf('2020-08-21') + random.between(0, 480);
  return Array.from({ length: random.between(2, 10) }, (_, at) => first + at);
}
