/** All named attacks of the corpus. */
import type { Attack } from './attack.ts';
import { AROUND } from './attacks/around.ts';
import { BOMBS } from './attacks/bombs.ts';
import { CERTIFICATION } from './attacks/certification.ts';
import { FORGERY } from './attacks/forgery.ts';
import { INCREMENTAL } from './attacks/incremental.ts';
import { SHADOW } from './attacks/shadow.ts';
import { SIGNATURE } from './attacks/signature.ts';
import { STORE } from './attacks/store.ts';
import { SYNTAX } from './attacks/syntax.ts';
import { TIME_STAMPS } from './attacks/time-stamp.ts';
import { TRANSPLANT } from './attacks/transplant.ts';
import { TRUST } from './attacks/trust.ts';
import { WRAPPING } from './attacks/wrapping.ts';

/** By family, in the order in which they are told. */
export const FAMILIES: Readonly<Record<string, readonly Attack[]>> = {
  'incremental saving': INCREMENTAL,
  'universal signature forgery': FORGERY,
  'signature wrapping': WRAPPING,
  shadow: SHADOW,
  certification: CERTIFICATION,
  'around and in the slack': AROUND,
  'signature value': SIGNATURE,
  'who sealed it': TRUST,
  'time-stamps': TIME_STAMPS,
  'validation data': STORE,
  'two documents in one': SYNTAX,
  bombs: BOMBS,
  transplants: TRANSPLANT,
};

export const ATTACKS: readonly Attack[] = Object.values(FAMILIES).flat();
