/** Files that the register does not know are examined where a hostile one does no harm: in processes of their own. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Examination, examine } from '../verify/examine.ts';
import { findIsolation, type Isolation } from './isolate.ts';
import { startPool } from './process-pool.ts';
import { MOST_BYTES, type UnpackedFile, type UnpackFault, unpack } from './unpack.ts';
import { type ExaminationTrust, packTrust, UNPACK, unpackExamination, unpackFiles } from './verifier-task.ts';

/** What came of examining a file; `gaveUp`: it took more memory or time than any document of ours. */
export type Examined = Examination | 'gaveUp';

/** How files are kept from doing harm. */
export interface VerifierStanding {
  /** How many processes there are to be; 0: files are examined in this one. */
  readonly processes: number;
  readonly network: Isolation['network'];
}

export interface Verifiers {
  /** Throws `verifierBusy` when too many files wait already. */
  examine(pdf: Buffer, trust: ExaminationTrust): Promise<Examined>;
  /** Takes the files out of a ZIP, or says why not. Throws `verifierBusy` likewise. */
  unpack(zip: Buffer): Promise<readonly UnpackedFile[] | UnpackFault>;
  readonly standing: VerifierStanding;
  stop(): Promise<void>;
}

export interface VerifierOptions {
  /** How many processes; 0 examines in this one. */
  readonly processes: number;
  /** Of the heap of each. */
  readonly megabytes: number;
  /** How long one file may take. */
  readonly seconds: number;
  readonly failpoints: string | undefined;
  readonly log: Log;
  /** The program of a process, for tests. */
  readonly program?: URL;
}

/** After so many files a process is replaced, whatever it may have kept of them. */
const FILES_EACH = 1000;
/** Waiting files are held in memory. */
const MOST_WAITING = 64;
const MOST_WAITING_BYTES = 256 * 2 ** 20;
const PATIENCE_MS = 30_000;
/** Before the build or after it. */
const EXTENSION = extname(import.meta.url);
/** What loads TypeScript runs on a thread of its own. */
const THREADS = EXTENSION === '.ts' ? 2 : 1;

/** Starts the processes, which get ready in the background. */
export async function startVerifiers(options: VerifierOptions): Promise<Verifiers> {
  const { processes, megabytes, seconds, log } = options;
  if (processes === 0) return examineHere();
  const isolation = await findIsolation(megabytes, THREADS);
  const { network, hasMemoryLimit } = isolation;
  if (network === 'shared') log.warn({}, 'verifiers share our network: the system grants them no other');
  if (!hasMemoryLimit) log.warn({}, 'verifiers have a limit of their heap alone: prlimit is not there');
  const pool = startPool({
    command: [...isolation.command, ...nodeCommand(options)],
    processes,
    tasksEach: FILES_EACH,
    timeoutMs: seconds * 1000,
    mostWaiting: MOST_WAITING,
    mostWaitingBytes: MOST_WAITING_BYTES,
    patienceMs: PATIENCE_MS,
    largestAnswer: MOST_BYTES + 2 ** 20,
    log,
  });
  log.info({ processes, megabytes, seconds, network }, 'verifiers started');
  return {
    standing: { processes, network },
    async examine(pdf, trust) {
      const answer = await pool.run(packTrust(trust), pdf);
      if (answer === 'full') throw busy();
      const examined = answer === 'ended' ? undefined : unpackExamination(answer.head);
      if (examined === undefined && answer !== 'ended')
        log.error({ reason: JSON.stringify(answer.head) }, 'a verifier could not examine a file');
      return examined ?? 'gaveUp';
    },
    async unpack(zip) {
      const answer = await pool.run(UNPACK, zip);
      if (answer === 'full') throw busy();
      // What takes too much is as good as too large.
      return answer === 'ended' ? 'tooLarge' : (unpackFiles(answer.head, answer.bytes) ?? 'broken');
    },
    stop: () => pool.stop(),
  };
}

function busy(): ServiceError {
  return new ServiceError('verifierBusy', 'too many files wait to be verified; try again later');
}

function examineHere(): Verifiers {
  return {
    standing: { processes: 0, network: 'shared' },
    examine: (pdf, { seal, certificates }) => Promise.resolve(examine(pdf, seal, certificates)),
    unpack: (zip) => Promise.resolve(unpack(zip)),
    stop: () => Promise.resolve(),
  };
}

function nodeCommand({ megabytes, failpoints, program }: VerifierOptions): string[] {
  const entry = program ?? new URL(`verify.process${EXTENSION}`, import.meta.url);
  return [
    process.execPath,
    `--max-old-space-size=${megabytes}`,
    ...(EXTENSION === '.ts' ? ['--import', import.meta.resolve('tsx')] : []),
    fileURLToPath(entry),
    ...(failpoints === undefined ? [] : [failpoints]),
  ];
}
