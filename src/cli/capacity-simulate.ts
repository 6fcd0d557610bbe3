/** `ebox capacity simulate`: what granting rights without being asked comes to in three generated municipalities. */
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { readInhabitants } from '../catalogue/reference-file.ts';
import { readTemplateSettings } from '../config.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import {
  ASSUMED,
  FORMULAS,
  type Granting,
  type GrantingAssumptions,
  USUAL_ASSUMPTIONS,
  weighGranting,
} from '../domain/granting.ts';
import type { Municipality } from '../domain/municipality.ts';
import { brusselsDate } from '../domain/period.ts';
import { ServiceError } from '../errors.ts';
import { type EntitledView, listEntitled } from '../population/entitled.ts';
import { LARGEST_POPULATION } from '../population/numbers.ts';
import { createPopulation } from '../population/population.ts';

export interface CapacitySimulateOptions {
  /** Of the three together, in the proportion that they have. */
  readonly persons?: string | undefined;
  readonly seed?: string | undefined;
  readonly 'unit-value'?: string | undefined;
  readonly 'take-up'?: string | undefined;
  readonly 'clerk-minutes'?: string | undefined;
  readonly 'applicant-minutes'?: string | undefined;
  readonly json: boolean;
}

/** A small, a middle and a large municipality; the population takes their inhabitants, and nobody of them exists. */
const MUNICIPALITIES = ['24016', '24001', '24062'] as const;

/** A right with its newest rule, and what it comes to in one municipality. */
interface WeighedRight extends Granting {
  readonly right: string;
  readonly rule: string;
}

interface WeighedMunicipality {
  readonly nisCode: string;
  readonly name: string;
  readonly inhabitants: number;
  readonly rights: readonly WeighedRight[];
}

/** Generates, weighs and prints; gives the exit status. Throws `configurationInvalid`. */
export async function runCapacitySimulate(options: CapacitySimulateOptions): Promise<number> {
  const assumed = assumptionsOf(options);
  const seed = numberOf('seed', options.seed, 1, 2 ** 31 - 1);
  if (!Number.isInteger(seed)) throw invalid('--seed takes a whole number');
  const { templatesDir } = readTemplateSettings();
  const [catalogue, inhabitants] = await Promise.all([
    loadCatalogue(templatesDir),
    readInhabitants(templatesDir),
  ]);
  const view = {
    types: [...catalogue.types.values()].filter(({ caseKeys }) => caseKeys.includes('rule')),
    municipalities: catalogue.municipalities,
    today: brusselsDate(new Date()),
  };
  const sizes = sizesOf(inhabitants, options.persons);
  const municipalities = MUNICIPALITIES.flatMap((nisCode) => {
    const municipality = catalogue.municipalities.get(nisCode);
    const persons = sizes.get(nisCode);
    return municipality && persons ? [weigh(municipality, persons, { seed, view, assumed })] : [];
  });
  process.stdout.write(textOf(municipalities, assumed));
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ seed, municipalities, formulas: FORMULAS, assumptions: assumed, assumed: ASSUMED })}\n`,
    );
  return 0;
}

const invalid = (text: string) => new ServiceError('configurationInvalid', text);

function assumptionsOf(options: CapacitySimulateOptions): GrantingAssumptions {
  const usual = USUAL_ASSUMPTIONS;
  const minutes = (name: 'clerk-minutes' | 'applicant-minutes', fallback: number) =>
    numberOf(name, options[name], fallback, 10_000);
  return {
    takeUp: numberOf('take-up', options['take-up'], usual.takeUp, 1),
    unitInCents: Math.round(
      numberOf('unit-value', options['unit-value'], usual.unitInCents / 100, 1_000_000) * 100,
    ),
    clerkMinutes: minutes('clerk-minutes', usual.clerkMinutes),
    applicantMinutes: minutes('applicant-minutes', usual.applicantMinutes),
  };
}

function sizesOf(inhabitants: ReadonlyMap<string, number>, persons: string | undefined) {
  const known = MUNICIPALITIES.map((nisCode) => [nisCode, inhabitants.get(nisCode) ?? 0] as const);
  const all = known.reduce((sum, [, count]) => sum + count, 0);
  const share = numberOf('persons', persons, all, LARGEST_POPULATION) / all;
  return new Map(known.map(([nisCode, count]) => [nisCode, Math.round(count * share)]));
}

function numberOf(name: string, text: string | undefined, fallback: number, most: number): number {
  if (text === undefined) return fallback;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw invalid(`--${name} takes a number from 0 to ${most}`);
}

interface Weighing {
  readonly seed: number;
  readonly view: EntitledView;
  readonly assumed: GrantingAssumptions;
}

function weigh(
  { nisCode, name }: Municipality,
  inhabitants: number,
  { seed, view, assumed }: Weighing,
): WeighedMunicipality {
  const population = createPopulation({
    persons: inhabitants,
    seed,
    municipalities: view.municipalities,
    inhabitants: new Map([[nisCode, inhabitants]]),
  });
  const counts = new Map<string, number>();
  for (const citizen of population.citizens())
    for (const one of listEntitled(citizen, view)) counts.set(one, (counts.get(one) ?? 0) + 1);
  const rights = view.types.map((type): WeighedRight => {
    const rule = newestRule(type);
    return { right: type.id, rule, ...weighGranting(counts.get(`${type.id} ${rule}`) ?? 0, assumed) };
  });
  return { nisCode, name: name.nl, inhabitants, rights };
}

function newestRule({ rules }: AttestationType): string {
  return rules.toSorted((one, other) => ((one.from ?? '') < (other.from ?? '') ? -1 : 1)).at(-1)?.id ?? '';
}

const COLUMNS = ['entitled', 'on request', 'never asked', 'cost €', 'of these €', 'clerk h', 'citizen h'];

function textOf(municipalities: readonly WeighedMunicipality[], assumed: GrantingAssumptions): string {
  const cells = (values: readonly string[]) => values.map((value) => value.padStart(12)).join('');
  const tables = municipalities.flatMap(({ name, inhabitants, rights }) => [
    '',
    `${`${name}, ${inhabitants.toLocaleString('en')} generated persons`.padEnd(32)}${cells(COLUMNS)}`,
    ...rights.map((one) => `  ${`${one.right} ${one.rule}`.padEnd(30)}${cells(numbersOf(one))}`),
  ]);
  const formulas = Object.entries(FORMULAS).map(([name, text]) => `  ${name} = ${text}`);
  const assumptions = Object.entries(ASSUMED).map(
    ([name, text]) => `  ${name} = ${assumed[name as keyof GrantingAssumptions]}: ${text}`,
  );
  return `${[...tables, '', 'Formulas', ...formulas, '', 'Assumptions', ...assumptions, ''].join('\n')}\n`;
}

function numbersOf(one: Granting): string[] {
  const { entitled, grantedOnRequest, neverAsked, costInCents, costOfNeverAskedInCents } = one;
  return [
    entitled,
    grantedOnRequest,
    neverAsked,
    Math.round(costInCents / 100),
    Math.round(costOfNeverAskedInCents / 100),
    one.clerkHoursSaved,
    one.applicantHoursSaved,
  ].map((value) => value.toLocaleString('en'));
}
