/** What a type or a flow would come to, without anything being issued or handed over: persons and amounts by domicile. */
import { COUNTRY } from './area.ts';
import type { EntitlementRule } from './entitlement-rule.ts';
import type { Flow, FlowChoices, RunPlan, Standing } from './flow.ts';
import { type PlanView, planRun } from './flow-plan.ts';
import { type Municipality, municipalityOn } from './municipality.ts';
import type { LocalDate } from './period.ts';
import { type Category, type Dimension, fillCells, type Tally, UNKNOWN } from './statistics.ts';

/** What is simulated: an attestation type by its rules, or a flow as its receiver would choose it. */
export type SimulationSubject =
  | { readonly kind: 'type'; readonly id: string; readonly is: Standing; readonly rule?: string }
  | { readonly kind: 'flow'; readonly id: string; readonly choices: FlowChoices };

/** Persons by NIS code; under an empty one whose domicile is not known. */
export type PersonCounts = Readonly<Record<string, number>>;

/** Plans how the persons who meet the rules of a type are found: one rule of it, or all. */
export function planType(
  { id, is, rule }: Extract<SimulationSubject, { kind: 'type' }>,
  rules: readonly EntitlementRule[],
  view: Omit<PlanView, 'typeRules'>,
): RunPlan {
  const flow: Flow = {
    id,
    version: 1,
    name: { nl: id, fr: id, de: id, en: id },
    receivers: [],
    legalContext: '',
    row: 'person',
    select: {
      all: [],
      any: [],
      none: [],
      sources: {},
      period: 'today',
      days: 1,
      attributes: {},
      enterprise: false,
      type: { id, is, ...(rule !== undefined && { rule }) },
    },
    choose: [],
    columns: [],
    format: { kind: 'csv', separator: ';' },
    differences: false,
    fewest: 1,
  };
  return planRun(flow, {}, 'whole', { ...view, typeRules: rules });
}

/** How many there are now, and by how much that differs from the last time. */
export interface Simulated {
  readonly persons: number;
  readonly amountInCents: number;
  /** Missing where there was no last time, or its number was hidden. */
  readonly change?: { readonly persons: number; readonly amountInCents: number };
}

/** A municipality, an area or the country; without numbers where they are hidden. */
export interface SimulatedPlace {
  readonly place: Category;
  readonly told?: Simulated;
}

export interface SimulationView {
  readonly places: Dimension;
  readonly municipalities: ReadonlyMap<string, Municipality>;
  readonly today: LocalDate;
  /** Counts below this are hidden, as in tables of statistics. */
  readonly smallestCount: number;
}

/** Works out what is told: the country first, then every area and municipality where there is anybody, or may be. */
export function weighSimulation(
  { now, before }: { readonly now: PersonCounts; readonly before: PersonCounts | undefined },
  unitInCents: number,
  view: SimulationView,
): readonly SimulatedPlace[] {
  const cells = cellsOf(now, view);
  const last = before && cellsOf(before, view);
  return view.places.categories.flatMap((place, at): SimulatedPlace[] => {
    const [persons, past] = [cells[at], last?.[at]];
    if (persons === 0 && (past ?? 0) === 0 && place.id !== COUNTRY) return [];
    if (persons === undefined) return [{ place }];
    const change = past === undefined ? undefined : persons - past;
    return [
      {
        place,
        told: {
          persons,
          amountInCents: persons * unitInCents,
          ...(change !== undefined && { change: { persons: change, amountInCents: change * unitInCents } }),
        },
      },
    ];
  });
}

function cellsOf(counts: PersonCounts, { places, municipalities, today, smallestCount }: SimulationView) {
  const known = new Set(places.categories.map(({ id }) => id));
  const tallies = Object.entries(counts).map(([code, count]): Tally => {
    const place = municipalityOn(municipalities, code, today)?.nisCode;
    return { keys: [place !== undefined && known.has(place) ? place : UNKNOWN], count };
  });
  return fillCells([places], tallies, smallestCount);
}
