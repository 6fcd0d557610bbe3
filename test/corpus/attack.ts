/** What one hostile file is: how it is made, and what must be said of it. */

import type { VerdictKind } from '../../src/domain/verdict.ts';
import type { Indication, SubIndication } from '../../src/domain/verification.ts';
import type { SealTrust } from '../../src/verify/seal.ts';
import type { Lab } from './lab.ts';

/** Indication and sub-indication (ETSI EN 319 102-1 §5.1.3) in one word. */
export type SealWord = Indication | `${Indication}/${SubIndication}`;

export interface Attack {
  readonly name: string;
  /** What was done, in one line. */
  readonly does: string;
  readonly seal: SealWord;
  /** What an employer is told who brings this file, which the register does not know. */
  readonly told: VerdictKind;
  readonly make: (lab: Lab) => Buffer | Promise<Buffer>;
  /** What is relied on, where that is not what the lab relies on now. */
  readonly trust?: (lab: Lab) => SealTrust | Promise<SealTrust>;
}

/** Attacks that have the same verdict, name → what it does and how it is made. */
export function attacks(
  { seal, told }: Pick<Attack, 'seal' | 'told'>,
  made: Readonly<Record<string, readonly [does: string, make: Attack['make'], trust?: Attack['trust']]>>,
): readonly Attack[] {
  return Object.entries(made).map(([name, [does, make, trust]]) => ({
    name,
    does,
    seal,
    told,
    make,
    ...(trust && { trust }),
  }));
}

/** The verdict on nearly all of them: it bears our name and is not of our form. */
export const NOT_OUR_FORM = { seal: 'TOTAL_FAILED/FORMAT_FAILURE', told: 'altered' } as const;
/** It has our form, and its bytes are not those that were sealed. */
export const OTHER_BYTES = { seal: 'TOTAL_FAILED/HASH_FAILURE', told: 'altered' } as const;
