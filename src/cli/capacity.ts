/** `ebox capacity`: the machines, volumes and times of a country, from what the benches measured on one machine. */
import { join } from 'node:path';
import { type CapacityWishes, USUAL_WISHES, weighCapacity } from '../domain/capacity.ts';
import { ServiceError } from '../errors.ts';
import { readFigures } from './capacity-figures.ts';

export interface CapacityOptions {
  readonly results?: string | undefined;
  readonly persons?: string | undefined;
  readonly documents?: string | undefined;
  readonly years?: string | undefined;
  readonly peak?: string | undefined;
  readonly minutes?: string | undefined;
  readonly cores?: string | undefined;
  readonly 'gb-price'?: string | undefined;
  readonly json: boolean;
}

/** Prints each thing to plan with how it is computed; gives the exit status. Throws `configurationInvalid`. */
export function planCapacity(options: CapacityOptions): number {
  const wishes = wishesOf(options);
  const { figures, machine } = readFigures(options.results ?? join('test', 'bench', 'results'));
  const lines = weighCapacity(figures, wishes);
  process.stdout.write(
    `For ${figure(wishes.persons)} persons and ${figure(wishes.documents)} documents a year, kept for ${wishes.years} years.\nMeasured on ${machine}.\n\n`,
  );
  for (const { name, value, unit, formula } of lines) {
    const told = value === undefined ? 'not measured' : `${figure(value)} ${unit}`;
    process.stdout.write(`  ${name.padEnd(42)}  ${told}\n  ${' '.repeat(42)}  = ${formula}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ wishes, figures, lines })}\n`);
  return 0;
}

function wishesOf(options: CapacityOptions): CapacityWishes {
  return {
    persons: numberOf('persons', options.persons, USUAL_WISHES.persons),
    documents: numberOf('documents', options.documents, USUAL_WISHES.documents),
    years: numberOf('years', options.years, USUAL_WISHES.years),
    peakDocuments: numberOf('peak', options.peak, USUAL_WISHES.peakDocuments),
    peakMinutes: numberOf('minutes', options.minutes, USUAL_WISHES.peakMinutes),
    coresPerMachine: numberOf('cores', options.cores, USUAL_WISHES.coresPerMachine),
    euroPerGbMonth: numberOf('gb-price', options['gb-price'], USUAL_WISHES.euroPerGbMonth),
  };
}

/** As people write it: `12e6` too. Throws `configurationInvalid`. */
function numberOf(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new ServiceError('configurationInvalid', `--${name} takes a number above 0, such as 12e6`);
}

function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(value);
}
