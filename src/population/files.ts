/** A population as files that the register takes: persons and enterprises, a file for each source, and days of quarantine. */

import { enterpriseNumberAt } from './numbers.ts';
import type { Citizen } from './population.ts';
import type { Fact } from './statuses.ts';
import { type Employer, GROWER } from './work.ts';

const STATUSES = [
  'ssin',
  'status',
  'reference',
  'validFrom',
  'validUntil',
  'enterpriseNumber',
  'attributes.jointCommittee',
] as const;

/** The files there are, with their columns. Declarations of quarantine are a batch; the others are register files. */
export const FILES = {
  'enterprises.csv': ['enterpriseNumber', 'name'],
  'persons.csv': [
    'ssin',
    'familyName',
    'givenName',
    'birthDate',
    'language',
    'municipality.nisCode',
    'municipality.since',
    'household',
    'hasEbox',
    'replaces',
  ],
  'statuses-onem.csv': STATUSES,
  'statuses-inasti.csv': STATUSES,
  'statuses-inami.csv': STATUSES,
  'statuses-sppis.csv': STATUSES,
  'statuses-sfp.csv': STATUSES,
  'statuses-spfss.csv': STATUSES,
  'quarantine.csv': [
    'reference',
    'ssin',
    'date',
    'enterpriseNumber',
    'jointCommittee',
    'usingEmployerCommittee',
    'usingEmployerNumber',
  ],
} as const satisfies Record<string, readonly string[]>;
export type FileName = keyof typeof FILES;

/** One line of one of the files. No name has a separator or quotation mark in it, so no cell is quoted. */
export interface FileLine {
  readonly file: FileName;
  readonly text: string;
}

const line = (file: FileName, cells: readonly (string | undefined)[]): FileLine => ({
  file,
  text: `${cells.map((cell) => cell ?? '').join(';')}\n`,
});

/** The first line of a file. */
export function headerOf(file: FileName): FileLine {
  return line(file, FILES[file]);
}

export function enterpriseLine({ enterpriseNumber, name }: Employer): FileLine {
  return line('enterprises.csv', [enterpriseNumber, name]);
}

/** Writes somebody: a line for each domicile, and one for each fact. */
export function* citizenLines(citizen: Citizen): Generator<FileLine> {
  for (const { nisCode, since } of citizen.domiciles)
    yield line('persons.csv', [
      citizen.ssin,
      citizen.familyName,
      citizen.givenName,
      citizen.birthDate,
      citizen.language,
      nisCode,
      since,
      citizen.household,
      String(citizen.hasEbox),
      citizen.replaces,
    ]);
  for (const fact of citizen.facts) yield factLine(citizen, fact);
}

function factLine({ ssin }: Citizen, fact: Fact): FileLine {
  const { source, status, reference, validFrom, validUntil, employer, enterpriseNumber, attributes } = fact;
  if (source === 'dimona') {
    const isLent = employer?.jointCommittee === '322';
    const user = isLent ? ['145', enterpriseNumberAt(GROWER)] : [];
    return line('quarantine.csv', [
      reference,
      ssin,
      validFrom,
      employer?.enterpriseNumber,
      employer?.jointCommittee,
      user[0],
      user[1],
    ]);
  }
  const file = `statuses-${source}.csv`;
  if (!isFile(file)) throw new RangeError(`no file is of the source ${source}`);
  const { jointCommittee } = attributes;
  return line(file, [
    ssin,
    status,
    reference,
    validFrom,
    validUntil,
    employer?.enterpriseNumber ?? enterpriseNumber,
    jointCommittee,
  ]);
}

function isFile(name: string): name is FileName {
  return name in FILES;
}
