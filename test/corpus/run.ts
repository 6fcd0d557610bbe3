/**
 * The whole corpus of hostile files: `npm run corpus [-- --mutants N] [--genuine N] [--json]`. Each named attack must have
 * exactly its verdict, no mutant may pass, no genuine document may fail; whoever judges reaches nothing and writes nothing.
 * What viewers say of the same files stands beside. Ends with 1 on any deviation; with `--json` the last line is the summary.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Attack } from './attack.ts';
import { FAMILIES } from './attacks.ts';
import { type Canary, startCanary } from './canary.ts';
import type { Judged } from './judge.ts';
import { type Judges, startJudges } from './judges.ts';
import { createLab, KINDS, type Lab, LEVELS } from './lab.ts';
import { printTable, type Told } from './table.ts';
import { type Opinion, openViewers } from './viewers.ts';
import type { Answer } from './work.ts';

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '50000' },
    genuine: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
  },
});

const CHUNK = 500;
const MOST_BYTES_FOR_VIEWERS = 1_000_000;

interface Made {
  readonly family: string;
  readonly attack: Attack;
  readonly judged: Judged;
  readonly pdf: Buffer | undefined;
}

async function judgeNamed(
  lab: Lab,
  judges: Judges,
  note: (answer: Answer) => void,
): Promise<readonly Made[]> {
  const made: Made[] = [];
  for (const [family, attacks] of Object.entries(FAMILIES)) {
    for (const attack of attacks) {
      const pdf = await attack.make(lab);
      const trust = (await attack.trust?.(lab)) ?? lab.trust;
      const answer = await judges.give({ kind: 'files', files: [{ pdf, trust }] });
      note(answer);
      const [judged] = answer.judged;
      if (judged === undefined) throw new Error(`no verdict on ${attack.name}`);
      made.push({ family, attack, judged, pdf: pdf.length > MOST_BYTES_FOR_VIEWERS ? undefined : pdf });
    }
  }
  return made;
}

async function judgeMany(
  judges: Judges,
  kind: 'mutants' | 'genuine',
  count: number,
  note: (answer: Answer) => void,
) {
  const chunks = Array.from({ length: Math.ceil(count / CHUNK) }, (_, at) => at * CHUNK);
  await Promise.all(
    chunks.map(async (from) => note(await judges.give({ kind, from, count: Math.min(CHUNK, count - from) }))),
  );
}

/** One genuine document of each level and key: mutants are made of them. */
async function basesOf(lab: Lab): Promise<readonly Buffer[]> {
  const bases: Buffer[] = [];
  for (const level of LEVELS)
    for (const kind of KINDS) bases.push(await lab.seal({ level, signer: lab.signers[kind] }));
  return bases;
}

interface Tally {
  readonly faults: string[];
  slowestMs: number;
  peakMiB: number;
  deviations: number;
  readonly note: (answer: Answer) => void;
}

function createTally(): Tally {
  const tally: Tally = {
    faults: [],
    slowestMs: 0,
    peakMiB: 0,
    deviations: 0,
    note: ({ deviations, slowestMs, peakMiB, reached, writtenBytes }) => {
      tally.faults.push(...deviations.slice(0, 20));
      tally.deviations += deviations.length;
      tally.slowestMs = Math.max(tally.slowestMs, slowestMs);
      tally.peakMiB = Math.max(tally.peakMiB, peakMiB);
      if (reached.length > 0) tally.faults.push(`whoever judged reached out: ${reached.join(', ')}`);
      if (writtenBytes > 0) tally.faults.push(`whoever judged wrote ${writtenBytes} bytes`);
    },
  };
  return tally;
}

/** What watches must be seen to notice; the process that reached out is of no further use. */
async function checkWatches(canary: Canary): Promise<void> {
  const judges = startJudges(1, canary.url);
  const { reached } = await judges.give({ kind: 'control', port: canary.port });
  await judges.stop();
  if (canary.connections() !== 1 || reached.length === 0) throw new Error('whoever reaches out is not seen');
}

async function judgeAll(lab: Lab, canary: Canary) {
  const cores = Math.max(1, Math.min(2, availableParallelism()));
  const [named, mutants, genuine] = [createTally(), createTally(), createTally()];
  const judges = startJudges(cores, canary.url);
  await judges.giveAll({ kind: 'bases', pdfs: await basesOf(lab), trust: lab.trust });
  const many = judgeMany(judges, 'mutants', Number(values.mutants), mutants.note);
  const made = await judgeNamed(lab, judges, named.note);
  await many;
  say(
    `${made.length} named attacks and ${values.mutants} mutants judged, ${mutants.deviations} mutants passed`,
  );
  const left = [...(await judges.stop())];
  const makers = startJudges(cores, canary.url);
  await judgeMany(makers, 'genuine', Number(values.genuine), genuine.note);
  left.push(...(await makers.stop()));
  say(`${values.genuine} genuine documents judged, ${genuine.deviations} refused`);
  const deviations = made.filter(
    ({ attack, judged }) => judged.seal !== attack.seal || judged.told !== attack.told,
  );
  const faults = [
    ...deviations.map(
      ({ attack, judged }) =>
        `${attack.name}: ${judged.seal}, told ${judged.told}, instead of ${attack.seal}, ${attack.told} (${judged.explanation})`,
    ),
    ...[named, mutants, genuine].flatMap((tally) => tally.faults),
    ...(left.length > 0 ? [`files were left behind: ${left.join(', ')}`] : []),
    ...(canary.connections() === 1 ? [] : ['somebody came to the addresses that the certificates name']),
  ];
  const isAccepted = ({ attack, judged }: Made) =>
    judged.told === 'valid' || (judged.seal === 'TOTAL_PASSED' && attack.seal !== 'TOTAL_PASSED');
  const summary = {
    named: made.length,
    mutants: Number(values.mutants),
    accepted: made.filter(isAccepted).length + mutants.deviations,
    genuine: Number(values.genuine),
    genuineRefused: genuine.deviations,
    slowestMs: Math.round(Math.max(named.slowestMs, mutants.slowestMs, genuine.slowestMs)),
    peakMiB: Math.max(named.peakMiB, mutants.peakMiB, genuine.peakMiB),
  };
  return { made, faults, summary };
}

async function askViewers(lab: Lab, canary: Canary, made: readonly Made[]): Promise<readonly Told[]> {
  canary.answerFor(lab);
  const { viewers, missing, stop } = await openViewers(lab.root.certificate);
  for (const tool of missing) process.stdout.write(`not asked: ${tool} is not installed\n`);
  const told: Told[] = [];
  const ask = async ({ family, attack, judged, pdf }: Made) => {
    const opinions: Record<string, Opinion> = {};
    if (pdf !== undefined) for (const viewer of viewers) opinions[viewer.name] = await viewer.ask(pdf);
    told.push({ family, attack, judged, opinions });
  };
  const rest = [...made];
  const line = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await ask(next);
  };
  await Promise.all([line(), line()]);
  stop();
  const order = new Map(made.map(({ attack }, at) => [attack, at]));
  return told.sort((one, other) => (order.get(one.attack) ?? 0) - (order.get(other.attack) ?? 0));
}

/** The whole takes minutes: who waits sees how far it is. */
function say(progress: string): void {
  process.stdout.write(`${Math.round((performance.now() - started) / 1000)} s: ${progress}\n`);
}

const started = performance.now();
const canary = await startCanary();
try {
  await checkWatches(canary);
  const lab = createLab({ ocsp: canary.url, crl: canary.url, issuerCertificate: canary.url });
  const { made, faults, summary } = await judgeAll(lab, canary);
  printTable(await askViewers(lab, canary, made));
  for (const fault of faults) process.stdout.write(`DEVIATION ${fault}\n`);
  const isGood = faults.length === 0 && summary.accepted === 0 && summary.genuineRefused === 0;
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(
    `\n${summary.named} named attacks and ${summary.mutants} mutants, ${summary.accepted} accepted; ` +
      `${summary.genuine} genuine documents, ${summary.genuineRefused} refused; ` +
      `${faults.length} deviations in ${seconds} s\n`,
  );
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = isGood ? 0 : 1;
} finally {
  canary.stop();
}
