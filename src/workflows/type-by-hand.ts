/** Verify by hand: whoever cannot scan types the attestation number and the ten characters that stand beside it. */
import { timingSafeEqual } from 'node:crypto';
import { findIssuedNumber } from '../database/issued-numbers.ts';
import { countUses, forgiveUse } from '../database/limit-uses.ts';
import { codeOf, typedCodeFor } from './prepare.ts';
import type { Services } from './services.ts';

/** What was typed, as `readTypedNumber` and `readTypedCode` read it, and where it comes from (`addressOf`). */
export interface Typed {
  readonly number: string;
  readonly code: string;
  readonly address: string;
}

/**
 * What came of it. `found` gives the code of the QR, which opens the same report; `unknown` is a wrong code as well as a
 * number that nobody has; `tooMany` looked at neither.
 */
export type TypedOutcome =
  | { readonly kind: 'found'; readonly token: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'tooMany'; readonly limit: number; readonly retryAfterSeconds: number };

/**
 * Wrong attempts within the window, for one number and from one address. With 50 bits nobody guesses a code in thousands
 * of years of it; behind one address may sit a whole office.
 */
export const TYPING_LIMITS = { number: 5, address: 60, windowSeconds: 3600 } as const;

/** Looks up what was typed. An attempt counts before it is looked at, and counts no more when it was right. */
export async function findByHand(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  { number, code, address }: Typed,
): Promise<TypedOutcome> {
  const subjects = [
    { name: vault.attempt(`address/${address}`), limit: TYPING_LIMITS.address },
    { name: vault.attempt(`number/${number}`), limit: TYPING_LIMITS.number },
  ];
  // Always in one order, so that two at once do not wait for each other.
  const ordered = subjects.toSorted((one, other) => Buffer.compare(one.name, other.name));
  const refused = await database.transaction(async (connection) => {
    const counted = [];
    for (const { name, limit } of ordered)
      counted.push({ limit, ...(await countUses(connection, name, 1, TYPING_LIMITS.windowSeconds)) });
    return counted.filter(({ uses, limit }) => uses > limit);
  });
  const [first] = refused.toSorted((one, other) => other.secondsLeft - one.secondsLeft);
  if (first !== undefined)
    return {
      kind: 'tooMany',
      limit: first.limit,
      retryAfterSeconds: Math.max(Math.ceil(first.secondsLeft), 1),
    };
  // The same work for every number: the code is made of the number alone, and the register is always asked.
  const isRight = timingSafeEqual(Buffer.from(code), Buffer.from(typedCodeFor(vault, number)));
  const found = await database.transaction((connection) => findIssuedNumber(connection, number));
  if (!isRight || found === undefined) return { kind: 'unknown' };
  await database.transaction(async (connection) => {
    for (const { name } of ordered) await forgiveUse(connection, name);
  });
  return { kind: 'found', token: codeOf(vault, found.attestationId) };
}
