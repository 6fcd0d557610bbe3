/**
 * `npm run faults`: a campaign of so many minutes from a seed, `--bugs [part of a name]` short ones with a bug in each,
 * `--power-cuts N`, `--simulate N` interleavings in one process, `--upgrade REF` from the code of a commit or tag to the
 * present one, `--namespaces` for machines of a network. `--table` runs nothing
 * and writes the README's table anew. What it did and found comes last, as one line of JSON with `--json`. Status 0: nothing was lost, nothing
 * came twice, everything that can be struck was, and every control failed as it has to.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../support/needs.ts';
import { type NamespacesReport, runInNamespaces } from '../namespaces/run.ts';
import { cutPower, cutWishes } from '../power/cuts.ts';
import { simulate } from '../simulation/simulate.ts';
import { readResults, withTable } from '../survived.ts';
import { rehearseUpgrade, type UpgradeReport } from '../upgrade/rehearse.ts';
import { type Control, runControls } from './controls.ts';
import { type CampaignReport, unstruck } from './report.ts';
import { runCampaign } from './run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    bugs: { type: 'boolean', default: false },
    'power-cuts': { type: 'string' },
    simulate: { type: 'string' },
    upgrade: { type: 'string' },
    namespaces: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const say = (line: string) => void process.stdout.write(`${line}\n`);
const seed = Number(values.seed);
/** The whole command ends within the minutes and four more: two and a half of them are for draining. */
const DRAIN_SECONDS = 150;

const BUILT = [join(projectRoot, 'dist', 'main.js')];

interface Outcome {
  readonly isGood: boolean;
  readonly result: object;
}

async function campaign(): Promise<Outcome> {
  say(`seed ${seed}`);
  const report = await runCampaign({
    seconds: Math.round(Number(values.minutes) * 60),
    seed,
    drainSeconds: DRAIN_SECONDS,
    program: BUILT,
    say,
  });
  const missed = unstruck(report);
  tell(report, missed);
  return { isGood: report.violations === 0 && missed.length === 0, result: { ...report, missed } };
}

function tell(report: CampaignReport, missed: readonly string[]): void {
  const { byFailpoint: _, findings, notRun, ...counts } = report;
  for (const [name, count] of Object.entries(counts)) say(`${name.padEnd(22)} ${count}`);
  for (const { rule, count, examples } of findings)
    say(`VIOLATED ${count} times: ${rule}\n  ${examples.join('\n  ')}`);
  for (const name of missed) say(`NOT STRUCK: ${name}`);
  for (const reason of notRun) say(`not run: ${reason}`);
}

async function controls(): Promise<Outcome> {
  const [only] = positionals;
  // Some of them tried again stand beside what is known of the others.
  const known = only === undefined ? [] : knownControls();
  const resultOf = (tried: readonly Control[]) => {
    const others = known.filter(({ bug }) => tried.every((one) => one.bug !== bug));
    const all = [...others, ...tried];
    return { seed, ...countsOf(all), tried: all };
  };
  const keep = (tried: readonly Control[]) => keepResult(resultOf(tried));
  const tried = await runControls({ seconds: Number(values.seconds), seed, only, say, keep });
  const { found, bugs } = countsOf(tried);
  say(`${found} of ${bugs} bugs found`);
  return { isGood: found === bugs && found > 0, result: resultOf(tried) };
}

function countsOf(tried: readonly Control[]) {
  return { found: tried.filter(({ found }) => found.length > 0).length, bugs: tried.length };
}

/** What a former run of bugs left in the file that this one writes. */
function knownControls(): readonly Control[] {
  if (values.out === undefined || !existsSync(values.out)) return [];
  // Written by this command.
  return (JSON.parse(readFileSync(values.out, 'utf8')) as { readonly tried?: Control[] }).tried ?? [];
}

async function powerCuts(cuts: number): Promise<Outcome> {
  const reports: object[] = [];
  let isGood = true;
  for (const { hasToLose, ...wish } of cutWishes(cuts)) {
    const report = await cutPower(wish);
    reports.push(report);
    if ('reason' in report) {
      say(`not run: power cuts: ${report.reason}`);
      return { isGood: true, result: { notRun: report.reason } };
    }
    const { lostRows, lostObjects } = report;
    const isAsExpected =
      hasToLose === undefined
        ? lostRows + lostObjects === 0
        : (hasToLose === 'rows' ? lostRows : lostObjects) > 0;
    isGood &&= isAsExpected;
    say(`${isAsExpected ? 'good' : 'BAD '}  ${JSON.stringify(report)}`);
  }
  return { isGood, result: { powerCuts: reports } };
}

async function simulation(interleavings: number): Promise<Outcome> {
  say(`seed ${seed}`);
  const began = process.cpuUsage();
  const { counterexample, ...report } = await simulate({ interleavings, seed });
  const processorSeconds = Math.round(process.cpuUsage(began).user / 1e5) / 10;
  for (const [name, count] of Object.entries(report)) say(`${name.padEnd(22)} ${JSON.stringify(count)}`);
  if (counterexample !== undefined) say(counterexample);
  return { isGood: report.violations === 0, result: { ...report, processorSeconds, counterexample } };
}

const calm = { seed, seconds: Number(values.seconds), program: BUILT, say };

/** Of what strikes little or nothing. */
function outcomeOf(report: UpgradeReport | NamespacesReport | { readonly reason: string }): Outcome {
  if ('reason' in report) {
    say(`not run: ${report.reason}`);
    return { isGood: true, result: { notRun: report.reason } };
  }
  say(JSON.stringify(report, undefined, 2));
  return { isGood: report.violations === 0, result: report };
}

function writeTable(): Outcome {
  const readme = join(projectRoot, 'README.md');
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), readResults()));
  return { isGood: true, result: {} };
}

async function chosen(): Promise<Outcome> {
  if (values.table) return writeTable();
  const { 'power-cuts': cuts, simulate: interleavings, bugs } = values;
  if (values.upgrade !== undefined) return outcomeOf(await rehearseUpgrade({ ...calm, ref: values.upgrade }));
  if (values.namespaces) return outcomeOf(await runInNamespaces(calm));
  if (cuts !== undefined) return powerCuts(Number(cuts));
  if (interleavings !== undefined) return simulation(Number(interleavings));
  return bugs ? controls() : campaign();
}

function keepResult(result: object): void {
  const command = `npm run faults -- ${process.argv.slice(2).join(' ')}`;
  const text = JSON.stringify({ command, at: new Date().toISOString(), ...result }, undefined, 2);
  if (values.out !== undefined) writeFileSync(values.out, `${text}\n`);
}

const outcome = await chosen();
keepResult(outcome.result);
if (values.json) say(JSON.stringify(outcome.result));
process.exit(outcome.isGood ? 0 : 1);
