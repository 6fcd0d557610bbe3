/** What is done with a chunk of a batch, by the state that its batch is in when the job begins, and while it makes documents. */
import type { BatchState } from '../domain/batch.ts';

/** `run`: the whole way; `shelve`: when the batch goes on; `cancel`: only what was declared; `leave`: nothing. */
export type ChunkStep = 'run' | 'shelve' | 'cancel' | 'leave';

const STEPS: Readonly<Partial<Record<BatchState, ChunkStep>>> = {
  paused: 'shelve',
  cancelling: 'cancel',
  recalling: 'leave',
  recalled: 'leave',
};

/** What the job of a chunk does. */
export function stepOfChunk(state: BatchState): ChunkStep {
  return STEPS[state] ?? 'run';
}

/** Whether a chunk under way makes no further document; its job is given back with what was made. */
export function isHalted(state: BatchState): boolean {
  return state === 'paused' || state === 'recalling';
}

/** What a worker made of a part of a chunk. */
export interface PartMade {
  /** Whether all of the part was tried: else the batch was stopped. */
  readonly isWhole: boolean;
  readonly isLast: boolean;
  /** How many documents are published with it. */
  readonly published: number;
}

/** What is done with the job of a chunk in the transaction that publishes a part of it. */
export type StepAfterPart = 'shelve' | 'commit' | 'advance' | 'hold';

/** Tries are counted anew where something came about, and nowhere else: a part that no worker survives is set aside. */
export function stepAfterPart({ isWhole, isLast, published }: PartMade): StepAfterPart {
  if (!isWhole) return 'shelve';
  if (isLast) return 'commit';
  return published > 0 ? 'advance' : 'hold';
}
