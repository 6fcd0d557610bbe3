/** What the processes that judge are told to do, and what they answer. */
import type { SealTrust } from '../../src/verify/seal.ts';
import type { Judged } from './judge.ts';

export type Task =
  | {
      readonly kind: 'files';
      readonly files: readonly { readonly pdf: Uint8Array; readonly trust: SealTrust }[];
    }
  | { readonly kind: 'bases'; readonly pdfs: readonly Uint8Array[]; readonly trust: SealTrust }
  | { readonly kind: 'mutants'; readonly from: number; readonly count: number }
  | { readonly kind: 'genuine'; readonly from: number; readonly count: number }
  /** Reaches out to the canary, as no verdict may: what watches must see it. */
  | { readonly kind: 'control'; readonly port: number };

export interface Answer {
  readonly judged: readonly Judged[];
  /** Of mutants that passed and genuine documents that did not: which, and the verdict. */
  readonly deviations: readonly string[];
  readonly count: number;
  readonly slowestMs: number;
  readonly peakMiB: number;
  readonly reached: readonly string[];
  readonly writtenBytes: number;
}
