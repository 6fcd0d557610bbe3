/** `ebox simulate`: what a type or a flow would come to, without anything being issued: persons and amounts by municipality. */
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { readConfig } from '../config.ts';
import { isStanding } from '../domain/flow.ts';
import { ServiceError } from '../errors.ts';
import {
  type SimulatedPlace,
  type Simulation,
  type SimulationSubject,
  simulate,
} from '../workflows/simulate.ts';
import { operatorOf, withDatabase } from './privacy-source.ts';

export interface SimulateOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly 'unit-value'?: string | undefined;
  readonly rule?: string | undefined;
  readonly standing?: string | undefined;
  readonly json: boolean;
}

/** Simulates and prints it; gives the exit status. Throws `configurationInvalid`. */
export async function runSimulate(name: string | undefined, options: SimulateOptions): Promise<number> {
  const { database, json } = options;
  const actor = operatorOf(options.actor);
  const unitInCents = centsOf(options['unit-value']);
  const catalogue = await loadCatalogue(readConfig().templatesDir);
  const subject = subjectOf(name, options, catalogue);
  const clock = () => new Date();
  const outcome = await withDatabase(database, (services) =>
    simulate({ ...services, catalogue, clock }, { kind: 'operator', actor }, { subject, unitInCents }),
  );
  if (outcome.kind !== 'made') throw invalid('There is no such rule of this type: --rule <id>');
  const { simulation } = outcome;
  process.stdout.write(tableOf(simulation));
  if (json) process.stdout.write(`${JSON.stringify(recordOf(subject, unitInCents, simulation))}\n`);
  return 0;
}

const invalid = (text: string) => new ServiceError('configurationInvalid', text);

function centsOf(text: string | undefined): number {
  if (text === undefined || !/^\d{1,7}(\.\d{1,2})?$/.test(text))
    throw invalid('Say what one person is worth in euros: --unit-value 150');
  return Math.round(Number(text) * 100);
}

type Names = { readonly types: { has(id: string): boolean }; readonly flows: { has(id: string): boolean } };

/** A name that a type and a flow have both is said with its kind: `flow/bridging-right`. */
function subjectOf(
  name: string | undefined,
  { rule, standing = 'entitled' }: SimulateOptions,
  { types, flows }: Names,
): SimulationSubject {
  const [, kind, id = ''] = /^(?:(type|flow)\/)?([a-z-]+)$/.exec(name ?? '') ?? [];
  const [isType, isFlow] = [kind !== 'flow' && types.has(id), kind !== 'type' && flows.has(id)];
  if (isType && isFlow) throw invalid(`Say which: type/${id} or flow/${id}`);
  if (!isType && !isFlow) throw invalid('Say which attestation type or flow: ebox simulate <type|flow>');
  if (!isStanding(standing)) throw invalid('--standing is entitled, granted or notGranted');
  if (isType) return { kind: 'type', id, is: standing, ...(rule !== undefined && { rule }) };
  if (rule !== undefined) throw invalid('--rule is for attestation types');
  return { kind: 'flow', id, choices: {} };
}

function tableOf({ places, smallestCount, lastAt }: Simulation): string {
  const lines = places.map(lineOf);
  const since =
    lastAt === undefined
      ? 'It was not simulated before.'
      : `Changes are those since ${lastAt.toISOString().slice(0, 16).replace('T', ' ')} (UTC).`;
  return `${['', ...lines, '', `Counts below ${smallestCount} are hidden, and as many others as it takes. ${since}`, ''].join('\n')}\n`;
}

function lineOf({ place, told }: SimulatedPlace): string {
  const label = `${place.id.padEnd(8)}${place.label.en.padEnd(34)}`;
  if (told === undefined) return `${label}${'hidden'.padStart(10)}`;
  const { persons, amountInCents, change } = told;
  const signed = change && `${change.persons > 0 ? '+' : ''}${change.persons}`;
  return `${label}${String(persons).padStart(10)}${euros(amountInCents).padStart(18)}${(signed ?? '').padStart(9)}`;
}

const euros = (cents: number) => `${(cents / 100).toLocaleString('en', { minimumFractionDigits: 2 })} €`;

function recordOf(subject: SimulationSubject, unitInCents: number, { places, ...simulation }: Simulation) {
  const items = places.map(({ place, told }) => ({
    place: place.id,
    name: place.label,
    ...(place.within !== undefined && { within: place.within }),
    isHidden: told === undefined,
    ...(told && { persons: told.persons, amount: told.amountInCents / 100 }),
    ...(told?.change && {
      change: { persons: told.change.persons, amount: told.change.amountInCents / 100 },
    }),
  }));
  return { subject, unitValue: unitInCents / 100, ...simulation, items };
}
