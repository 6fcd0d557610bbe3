/** A process that judges files which its parent sends or describes, and is watched meanwhile. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { SealTrust } from '../../src/verify/seal.ts';
import { genuineOf } from './genuine.ts';
import { type Judged, judgeFile } from './judge.ts';
import { createLab } from './lab.ts';
import { mutantsOf } from './mutants.ts';
import { startWatch } from './watch.ts';
import type { Answer, Task } from './work.ts';

const [url = ''] = process.argv.slice(2);
const watch = startWatch();
let writtenBytes = 0;
let mutant: ((number: number) => Buffer) | undefined;
let trusted: SealTrust | undefined;
let genuine: ReturnType<typeof genuineOf> | undefined;

type Outcome = Pick<Answer, 'judged' | 'deviations' | 'count' | 'slowestMs'>;

function judge(pdf: Buffer, trust: SealTrust): Judged {
  const { result, bytes } = watch.writing(() => judgeFile(pdf, trust));
  writtenBytes += bytes;
  return result;
}

function outcome(count: number): { deviations: string[]; note(judged: Judged): void; end(): Outcome } {
  const deviations: string[] = [];
  let slowestMs = 0;
  return {
    deviations,
    note: ({ ms }) => {
      slowestMs = Math.max(slowestMs, ms);
    },
    end: () => ({ judged: [], deviations, count, slowestMs }),
  };
}

function judgeFiles({ files }: Extract<Task, { kind: 'files' }>): Outcome {
  const judged = files.map(({ pdf, trust }) => judge(Buffer.from(pdf), trust));
  return { judged, deviations: [], count: judged.length, slowestMs: Math.max(...judged.map(({ ms }) => ms)) };
}

function judgeMutants({ from, count }: Extract<Task, { kind: 'mutants' }>): Outcome {
  const found = outcome(count);
  for (let number = from; number < from + count; number += 1) {
    if (mutant === undefined || trusted === undefined) throw new Error('mutants of nothing');
    const judged = judge(mutant(number), trusted);
    found.note(judged);
    // Nothing but the issued bytes themselves may pass, be it only the seal.
    if (judged.seal === 'TOTAL_PASSED' || judged.told === 'valid')
      found.deviations.push(`mutant ${number}: ${judged.seal}, ${judged.told}`);
  }
  return found.end();
}

async function judgeGenuine({ from, count }: Extract<Task, { kind: 'genuine' }>): Promise<Outcome> {
  genuine ??= genuineOf(createLab({ ocsp: url, crl: url, issuerCertificate: url }));
  const found = outcome(count);
  for (let number = from; number < from + count; number += 1) {
    const { pdf, trust, what } = await genuine(number);
    const judged = judge(pdf, trust);
    found.note(judged);
    if (judged.seal !== 'TOTAL_PASSED')
      found.deviations.push(`genuine ${number} (${what}): ${judged.seal}, ${judged.explanation}`);
  }
  return found.end();
}

async function reachOut({ port }: Extract<Task, { kind: 'control' }>): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return outcome(0).end();
}

async function work(task: Task): Promise<Outcome> {
  switch (task.kind) {
    case 'files':
      return judgeFiles(task);
    case 'bases':
      mutant = mutantsOf(task.pdfs.map((pdf) => Buffer.from(pdf)));
      trusted = task.trust;
      return outcome(0).end();
    case 'mutants':
      return judgeMutants(task);
    case 'genuine':
      return judgeGenuine(task);
    case 'control':
      return reachOut(task);
  }
}

async function answer(task: Task): Promise<void> {
  const found = await work(task);
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send?.({ ...found, peakMiB, reached: watch.reached(), writtenBytes } satisfies Answer);
}

process.on('message', (task: Task) => void answer(task));
