/** One thread against two, and what the event loop feels when documents are made on it and beside it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createLog } from '../../src/log.ts';
import { createRenderer } from '../../src/render/render.ts';
import { createDocumentMaker, type DocumentMaker } from '../../src/workflows/document.ts';
import { startDocumentThreads } from '../../src/workflows/document-threads.ts';
import { type BenchKey, documentOf, readTemplates } from './samples.ts';

/** So many documents are asked for at once, as the lanes of a busy service do. */
const AT_ONCE = 8;
const ROUNDS = 3;

export interface ThreadFigure {
  /** 0: on the main thread. */
  readonly threads: number;
  readonly perSecond: readonly number[];
  readonly median: number;
  /** How late the event loop was, milliseconds; medians of the rounds. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Lets no thread, one and two take turns. */
export async function benchThreads(key: BenchKey, seconds: number): Promise<ThreadFigure[]> {
  const catalogue = await readTemplates();
  const signerOf = () => key.signer;
  const start = (threads: number) =>
    startDocumentThreads({
      threads,
      catalogue,
      failpoints: undefined,
      keyOf: () => ({
        signer: key.signer,
        source: {
          name: 'bench',
          place: { kind: 'pem', keyPem: key.keyPem, certificatesPem: key.certificatesPem },
        },
      }),
      log: createLog('error'),
    });
  const makers: readonly (readonly [number, DocumentMaker])[] = [
    [0, createDocumentMaker({ catalogue, renderer: createRenderer(catalogue), signerOf })],
    [1, start(1)],
    [2, start(2)],
  ];
  const entries = makers.map(([threads, maker]) => ({
    threads,
    maker,
    rates: [] as number[],
    delays: [] as ThreadFigure['delayMs'][],
  }));
  try {
    // Each thread compiles its code anew, which takes thousands of documents.
    for (const { maker } of entries) await make(maker, key, 2 * seconds);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { maker, rates, delays } of entries) {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        rates.push(await make(maker, key, seconds));
        delay.disable();
        delays.push({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) });
      }
    }
  } finally {
    await Promise.all(makers.map(([, maker]) => maker.stop()));
  }
  return entries.map(({ threads, rates, delays }) => ({
    threads,
    perSecond: rates,
    median: medianOf(rates),
    delayMs: {
      p50: medianOf(delays.map(({ p50 }) => p50)),
      p99: medianOf(delays.map(({ p99 }) => p99)),
      max: medianOf(delays.map(({ max }) => max)),
    },
  }));
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Makes documents for so many seconds; gives how many a second. */
async function make(maker: DocumentMaker, { signer }: BenchKey, seconds: number): Promise<number> {
  const started = performance.now();
  const isOver = () => performance.now() - started > seconds * 1000;
  let made = 0;
  const line = async () => {
    while (!isOver()) {
      made += 1;
      await maker.make(documentOf(made, signer.keyId));
      // As between two jobs: whoever waits for the event loop has a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  return (made * 1000) / (performance.now() - started);
}

function ms(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e4) / 100;
}
