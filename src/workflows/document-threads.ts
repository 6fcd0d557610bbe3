/** Makes documents on threads of their own, so that the event loop stays free for those who wait for an answer. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { describeError, ServiceError } from '../errors.ts';
import type { SealSource } from '../keys/seal-source.ts';
import type { Signer } from '../keys/signer.ts';
import type { Log } from '../log.ts';
import type { TimeStamp } from '../pades/signed-data.ts';
import { answerCalls } from './calls.ts';
import type { DocumentMaker, MadeDocument } from './document.ts';
import { unpackFault } from './fault.ts';
import {
  type DrawResult,
  type PrintedCatalogue,
  type SealKeyForm,
  type ThreadData,
  type ThreadResult,
  type ThreadTask,
  viewOf,
} from './thread-data.ts';
import { together } from './together.ts';

export interface ThreadOptions {
  /** How many threads, at least one. */
  readonly threads: number;
  /** What documents are drawn by; it may hold more. */
  readonly catalogue: PrintedCatalogue;
  readonly failpoints: string | undefined;
  /** Gives the signer of a key, and where the key is if a thread may load it itself. Throws `keyUnfit`. */
  readonly keyOf: (keyId: string) => { readonly signer: Signer; readonly source?: SealSource | undefined };
  readonly log: Log;
}

/** A thread that has the next documents at hand does not wait for the main thread after each group of them. */
const AT_ONCE = 2;
/**
 * Documents that wait for a thread go there together: waking it costs as much as a part of one. More may not wait: they
 * would only grow memory, so their jobs are tried again later.
 */
const TOGETHER = { most: 8, mostWaiting: 1000 } as const;
/** Most of what a document leaves behind dies young. With four times this room documents are made no faster. */
const YOUNG_MEBIBYTES = 16;

/**
 * Starts the threads. One that ends of itself fails its documents with `unexpected`, which is tried again, and another
 * takes its place.
 */
export function startDocumentThreads(options: ThreadOptions): DocumentMaker {
  const { failpoints, log } = options;
  // A fault campaign counts the times that a place is reached, so all documents go through one thread.
  const threads = failpoints === undefined ? options.threads : 1;
  const pool = new Piscina<readonly ThreadTask[] | Uint8Array, readonly ThreadResult[] | DrawResult>({
    filename: fileURLToPath(new URL(`issue.worker${EXTENSION}`, import.meta.url)),
    ...(EXTENSION === '.ts' && { execArgv: ['--import', typeScript()] }),
    name: 'make',
    minThreads: threads,
    maxThreads: threads,
    maxQueue: TOGETHER.mostWaiting,
    concurrentTasksPerWorker: AT_ONCE,
    workerData: { catalogue: printedOf(options.catalogue), failpoints } satisfies ThreadData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
  });
  const stamps = new Map<number, TimeStamp>();
  const desk = openDesk(options.keyOf, stamps);
  let lastStamp = 0;
  const run = async (tasks: readonly ThreadTask[]) => {
    const results = await pool.run(tasks);
    if (isMade(results)) return results;
    throw notDone('a page was drawn instead');
  };
  const documents = together({ ...TOGETHER, run, groups: threads * AT_ONCE });
  pool.on('message', (port: MessagePort) => {
    answerCalls(port, desk);
  });
  pool.on('error', (error: unknown) => {
    log.error({ reason: describeError(error) }, 'a thread that makes documents ended');
  });
  return {
    async make(document, timeStamp, goesAhead) {
      lastStamp += 1;
      const stampId = timeStamp && lastStamp;
      if (timeStamp !== undefined) stamps.set(lastStamp, timeStamp);
      const result = await documents
        .do({ document, stampId }, goesAhead)
        .catch((cause: unknown) => {
          throw notDone(`attestation ${document.number} was not made`, cause);
        })
        .finally(() => stampId !== undefined && stamps.delete(stampId));
      if ('made' in result) return unpack(result.made);
      throw unpackFault(result.fault);
    },
    async draw(pdf) {
      const result = await pool.run(pdf, { name: 'draw' }).catch((cause: unknown) => {
        throw notDone('a page was not drawn', cause);
      });
      if (isMade(result)) throw notDone('a document was made instead');
      if ('drawn' in result) return viewOf(result.drawn);
      throw unpackFault(result.fault);
    },
    stop: async () => {
      await documents.settled();
      await pool.close();
    },
  };
}

function isMade(results: readonly ThreadResult[] | DrawResult): results is readonly ThreadResult[] {
  return Array.isArray(results);
}

function notDone(what: string, cause?: unknown): ServiceError {
  return new ServiceError('unexpected', `${what}: its thread ended or has too much to do`, { cause });
}

/** Leaves out what a thread has no use for, and what could not be handed over. */
function printedOf({
  types,
  issuer,
  emblem,
  fonts,
  municipalities,
  jointCommittees,
}: PrintedCatalogue): PrintedCatalogue {
  return { types, issuer, emblem, ...(fonts && { fonts }), municipalities, jointCommittees };
}

/** Before the build or after it. */
const EXTENSION = extname(import.meta.url);

/** What makes TypeScript run, as a module: a thread does not inherit it from the process. */
function typeScript(): string {
  const module = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return `data:text/javascript,${encodeURIComponent(`import { register } from ${module}; register();`)}`;
}

/** What the threads may ask for. A key that may not leave its module signs here. */
function openDesk(keyOf: ThreadOptions['keyOf'], stamps: ReadonlyMap<number, TimeStamp>) {
  return {
    key: async (keyId: string): Promise<SealKeyForm> => {
      const { signer, source } = keyOf(keyId);
      const { keyId: id, algorithm, certificate, chain } = signer;
      return { identity: { keyId: id, algorithm, certificate, chain }, source };
    },
    sign: (keyId: string, data: Uint8Array): Promise<Buffer> => keyOf(keyId).signer.sign(viewOf(data)),
    timeStamp: async (stampId: number, imprint: Uint8Array): Promise<Buffer> => {
      const timeStamp = stamps.get(stampId);
      if (timeStamp === undefined) throw new RangeError('nobody waits for this time-stamp any more');
      return timeStamp(viewOf(imprint));
    },
  };
}

function unpack({ pdf, pdfSha256, ...rest }: MadeDocument): MadeDocument {
  return { ...rest, pdf: viewOf(pdf), pdfSha256: viewOf(pdfSha256) };
}
