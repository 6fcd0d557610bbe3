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
