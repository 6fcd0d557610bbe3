/** What a citizen is entitled to by each type that is shipped, as its file says it in words; it knows no rule and no database. */
import type { Municipality } from '../../src/domain/municipality.ts';
import type { Citizen } from '../../src/population/population.ts';
import type { Fact } from '../../src/population/statuses.ts';

/** By case, such as `rent-premium rule=2020`: nothing where it is entitled, otherwise why not. */
export type Expected = ReadonlyMap<string, readonly string[]>;

const SOCIAL = [
  'increasedIntervention',
  'integrationIncome',
  'incomeGuaranteeElderly',
  'disabilityAllowance',
];

/** Tells what every case of a citizen comes to. */
export function expectedOf(
  citizen: Citizen,
  householdSize: number,
  municipalities: ReadonlyMap<string, Municipality>,
): Expected {
  const cases = new Map<string, readonly string[]>();
  const has = (codes: readonly string[], from: string, until = from) =>
    citizen.facts.filter((fact) => codes.includes(fact.status) && meets(fact, from, until));
  for (const { status, validFrom, employer } of citizen.facts) {
    const month = `month=${validFrom.slice(0, 7)}`;
    const at = `employer=${employer?.enterpriseNumber}`;
    if (status === 'quarantine') cases.set(`quarantine ${at} ${month}`, []);
    if (status === 'temporaryUnemployment') cases.set(`temporary-unemployment ${at} ${month}`, []);
    if (status === 'bridgingRight') cases.set(`bridging-right ${month}`, []);
    if (status === 'coronaParentalLeave') cases.set(`corona-parental-leave ${at}`, []);
  }
  if (has(SOCIAL, '0001-01-01', '9999-12-31').length > 0) cases.set('social-status ', []);

  if (has(SOCIAL, '2020-01-01', '2020-12-31').length > 0)
    cases.set('energy-contribution rule=2020', [
      ...(has(SOCIAL, '2020-09-30').length > 0 ? [] : ['noFacts']),
      ...(isAdult(citizen, '2020-09-30') ? [] : ['age']),
    ]);

  const wide = [...SOCIAL, 'bridgingRight'];
  if (has(wide, '2021-01-01', '2021-12-31').length > 0) {
    const isLong = wide.some((code) => countDays(has([code], '2021-01-01', '2021-12-31'), 2021) >= 60);
    cases.set('energy-contribution rule=2021', isLong ? [] : ['statusMissing']);
  }

  const poor = ['integrationIncome', 'incomeGuaranteeElderly', 'disabilityAllowance'];
  if (has([...poor, 'bridgingRight'], '2020-01-01', '2020-12-31').length > 0)
    cases.set('rent-premium rule=2020', [
      ...(has(poor, '2020-10-01').length > 0 ? [] : ['noFacts']),
      ...(has(['bridgingRight'], '2020-10-01').length > 0 ? ['statusExcluded'] : []),
      ...(isAdult(citizen, '2020-10-01') ? [] : ['age']),
      ...(municipalities.get(homeOn(citizen, '2020-10-01') ?? '')?.region === 'VLG' ? [] : ['domicile']),
    ]);

  const exempt = ['increasedIntervention', 'integrationIncome', 'incomeGuaranteeElderly'];
  if (has(exempt, '2021-01-01', '2021-12-31').length > 0)
    cases.set('municipal-tax-exemption rule=2021', [
      ...(has(exempt, '2021-01-01').length > 0 ? [] : ['noFacts']),
      ...(['24062', '24001'].includes(homeOn(citizen, '2021-01-01') ?? '') ? [] : ['domicile']),
      ...(householdSize <= 4 ? [] : ['household']),
    ]);
  return cases;
}

function meets({ validFrom, validUntil }: Fact, from: string, until: string): boolean {
  return validFrom <= until && (validUntil ?? '9999-12-31') >= from;
}

function isAdult({ birthDate }: Citizen, on: string): boolean {
  return `${Number(birthDate.slice(0, 4)) + 18}${birthDate.slice(4)}` <= on;
}

function homeOn({ domiciles }: Citizen, on: string): string | undefined {
  return domiciles.findLast(({ since }) => since <= on)?.nisCode;
}

/** Day by day, each once. */
function countDays(facts: readonly Fact[], year: number): number {
  const days = new Set<string>();
  for (let time = Date.UTC(year, 0, 1); time <= Date.UTC(year, 11, 31); time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    if (facts.some((fact) => meets(fact, day, day))) days.add(day);
  }
  return days.size;
}
