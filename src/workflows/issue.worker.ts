/** A thread that renders and seals: it loads typeface and keys once, and asks for keys that it cannot load. */
import { MessageChannel, parentPort, workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { namesFrom } from '../domain/reference-names.ts';
import { ServiceError } from '../errors.ts';
import { armFailpoints } from '../failpoint.ts';
import { loadPortable, type SealSource } from '../keys/seal-source.ts';
import { type Signer, signerOf as signerWith } from '../keys/signer.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import { createRenderer } from '../render/render.ts';
import { openCalls } from './calls.ts';
import { createDocumentMaker } from './document.ts';
import { packFault } from './fault.ts';
import {
  type DrawResult,
  ownBytes,
  type SealKeyForm,
  type ThreadData,
  type ThreadResult,
  type ThreadTask,
  viewOf,
} from './thread-data.ts';

// What `startDocumentThreads` starts this thread with.
const { catalogue, failpoints } = workerData as ThreadData;
if (failpoints !== undefined) armFailpoints(failpoints);
const { port1, port2 } = new MessageChannel();
parentPort?.postMessage(port2, [port2]);
const call = openCalls(port1);
const renderer = createRenderer({ ...catalogue, ...namesFrom(catalogue) });
const maker = createDocumentMaker({ catalogue, renderer, signerOf });

/** Makes some documents; what went wrong with one is a value, because an error would lose its code on the way. */
export async function make(tasks: readonly ThreadTask[]): Promise<readonly ThreadResult[]> {
  const results = await Promise.all(tasks.map(makeOne));
  const buffers = results.flatMap((result) => ('made' in result ? [result.made.pdf.buffer] : []));
  // Moved, not copied; the other thread gets what `valueSymbol` holds, which the type declaration does not say.
  return move({
    [transferableSymbol]: buffers,
    [valueSymbol]: results,
  }) as unknown as readonly ThreadResult[];
}

async function makeOne({ document, stampId }: ThreadTask): Promise<ThreadResult> {
  try {
    const { validationData, ...input } = document;
    const { pdf, pdfSha256, ...rest } = await maker.make(
      { ...input, validationData: validationData && toBuffers(validationData) },
      stampId === undefined
        ? undefined
        : async (imprint) => toBuffer(await call('timeStamp', stampId, imprint)),
    );
    return { made: { ...rest, pdf: ownBytes(pdf), pdfSha256 } };
  } catch (error) {
    return { fault: packFault(error) };
  }
}

/** Draws the first page of a document. */
export async function draw(pdf: Uint8Array): Promise<DrawResult> {
  try {
    const png = ownBytes(await maker.draw(viewOf(pdf)));
    const result: DrawResult = { drawn: png };
    return move({ [transferableSymbol]: png.buffer, [valueSymbol]: result }) as unknown as DrawResult;
  } catch (error) {
    return { fault: packFault(error) };
  }
}

const signers = new Map<string, Promise<Signer>>();

function signerOf(keyId: string): Promise<Signer> {
  const known = signers.get(keyId) ?? openSigner(keyId);
  signers.set(keyId, known);
  // A key that was not there may be there later.
  known.catch(() => signers.delete(keyId));
  return known;
}

async function openSigner(keyId: string): Promise<Signer> {
  // Answered by `startDocumentThreads`.
  const { identity, source } = (await call('key', keyId)) as SealKeyForm;
  const own = source === undefined ? undefined : loadOwn(source);
  if (own?.keyId === keyId) return own;
  const certificate = viewOf(identity.certificate);
  const chain = identity.chain.map(viewOf);
  return signerWith({ ...identity, certificate, chain }, async (data) =>
    toBuffer(await call('sign', keyId, data)),
  );
}

/** Gives nothing when its files are gone or hold another key by now: the main thread still has the one it loaded. */
function loadOwn(source: SealSource): Signer | undefined {
  try {
    return loadPortable(source, 'own');
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

/** What the main thread answers with bytes arrives as plain ones. */
function toBuffer(bytes: unknown): Buffer {
  return viewOf(bytes as Uint8Array);
}

function toBuffers({ id, certificates, answers, lists }: ValidationData): ValidationData {
  return {
    id,
    certificates: certificates.map(viewOf),
    answers: answers.map(viewOf),
    lists: lists.map(viewOf),
  };
}
