/** The README's table of faults survived, from what the commands wrote to `results/`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/needs.ts';

const BEGIN = '<!-- Faults survived, by `npm run faults -- --table` from test/faults/results: -->\n';
const END = '<!-- Until here. -->\n';

/** Fault, what was done, how often, violations. */
type Line = readonly [fault: string, done: string, count: string, violations: string];
type Result = Readonly<Record<string, unknown>>;

/** Results by name of their command; one that was not run is not there. */
export type Results = Readonly<Partial<Record<keyof typeof LINES, Result>>>;

const LINES = {
  campaign: ({ seconds, seed, runtime, violations, ...counts }: Result): Line[] =>
    CAMPAIGN.map(([key, fault, done]) => {
      const said = `${done}; ${numberOf(seconds) / 60} minutes, seed ${numberOf(seed)}, ${String(runtime)}`;
      return [fault, said, told(counts[key]), told(violations)];
    }),
  kills: ({ rows, kills, seed, isSame }: Result): Line[] => [
    [
      'a large batch, killed',
      `${told(rows)} rows; workers, API and PostgreSQL at random moments; its end held against that of an undisturbed run; seed ${numberOf(seed)}`,
      told(kills),
      isSame === true ? '0' : 'another end',
    ],
  ],
  power: ({ powerCuts }: Result): Line[] =>
    listOf(powerCuts)
      .filter(({ name }) => !String(name).startsWith('control'))
      .map(({ cuts, acknowledgedRows, acknowledgedObjects, lostRows, lostObjects }) => [
        'power cuts',
        `the disk as it was at one moment, with ${told(acknowledgedRows)} rows and ${told(acknowledgedObjects)} objects acknowledged`,
        told(cuts),
        told(numberOf(lostRows) + numberOf(lostObjects)),
      ]),
  simulation: ({ interleavings, seed, effects, violations }: Result): Line[] => [
    [
      'orders of events',
      `workers that die, pause, lose connections and answers, ${told(effects)} effects in another order each time; seed ${numberOf(seed)}`,
      told(interleavings),
      told(violations),
    ],
  ],
  upgrade: ({ migrations, declarations, violations }: Result): Line[] => [
    [
      'an upgrade under load',
      `former and present code together, ${told(listOf(migrations).length)} migrations, ${told(declarations)} declarations`,
      '1',
      told(violations),
    ],
  ],
  bugs: ({ found, bugs }: Result): Line[] => [
    [
      'bugs put in on purpose',
      'one at a time, each of which has to be found',
      told(bugs),
      `${told(found)} found`,
    ],
  ],
} as const;

const CAMPAIGN = [
  ['workerKills', 'workers killed', '`kill -9` at step boundaries and from outside'],
  ['apiKills', 'API processes killed', '`kill -9`'],
  ['databaseKills', 'PostgreSQL killed', '`kill -9` of the server and all its processes'],
  ['networkFaults', 'network faults', 'cut, silent, slow, refused, answer lost, 4xx, 5xx, 429'],
  ['pauses', 'processes paused', 'stopped for longer than two leases'],
  ['skewedClocks', 'wrong clocks', 'minutes or days off'],
  ['fullDisks', 'full disks', 'of database, store or service'],
] as const;

/** Reads what was run. Throws on a file that is no result. */
export function readResults(folder = join(projectRoot, 'test', 'faults', 'results')): Results {
  const names = Object.keys(LINES).filter((name) => existsSync(join(folder, `${name}.json`)));
  return Object.fromEntries(
    names.map((name) => [name, JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Result]),
  );
}

/** Puts the table where the README has its place for it. Throws where it has none. */
export function withTable(readme: string, results: Results): string {
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before === -1 || after < before)
    throw new Error('the README has no place for the table of faults survived');
  return `${readme.slice(0, before)}${BEGIN}\n${tableOf(results)}\n${readme.slice(after)}`;
}

function tableOf(results: Results): string {
  const lines = Object.entries(LINES).flatMap(([name, toLines]) => {
    const result = results[name as keyof typeof LINES];
    return result === undefined || ('notRun' in result && typeof result.notRun === 'string')
      ? []
      : toLines(result);
  });
  const rows = [
    ['Fault', 'What was done', 'How often', 'Violations'],
    ['---', '---', '---', '---'],
    ...lines,
  ];
  return rows.map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function listOf(value: unknown): Result[] {
  return Array.isArray(value) ? (value as Result[]) : [];
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`no number in a result: ${JSON.stringify(value)}`);
  return value;
}

/** 12 345. */
function told(value: unknown): string {
  return String(numberOf(value)).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}
