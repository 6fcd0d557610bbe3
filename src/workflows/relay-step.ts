/** What is done with a publication before another registry is called, and after its answer: decided by what is known alone. */
import type { RelayRow } from '../database/relays.ts';
import type { PublicationOutcome } from '../ebox/relay.ts';

/** Where nothing says when to come back. */
const PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 3600;

/** `end`: nothing is left to be done; `withdraw`: nor will there be. */
export type StepBeforeCall = 'publish' | 'withdraw' | 'end';

export type Published = PublicationOutcome & { readonly kind: 'published' };

/** `await`: the registry is no use at present, which is no matter of the message. */
export type StepAfterAnswer =
  | { readonly kind: 'keep'; readonly published: Published }
  | { readonly kind: 'park'; readonly refusal: string }
  | { readonly kind: 'again'; readonly delaySeconds: number }
  | { readonly kind: 'await'; readonly reason: string };

/** Whether a publication leaves; `isErased` where its recipient was. */
export function stepBeforeCall(
  row: Pick<RelayRow, 'state' | 'triedAt' | 'attestationState'>,
  isErased: boolean,
): StepBeforeCall {
  if (row.state !== 'waiting') return 'end';
  // What was never tried is nowhere: a document that holds no more need not be told of.
  const isOver = row.triedAt === null && row.attestationState !== 'issued';
  return isErased || isOver ? 'withdraw' : 'publish';
}

/** What follows from what the registry answered. */
export function stepAfterAnswer(outcome: PublicationOutcome): StepAfterAnswer {
  switch (outcome.kind) {
    case 'published':
      return { kind: 'keep', published: outcome };
    case 'refused':
      return { kind: 'park', refusal: outcome.refusal };
    case 'unauthorised':
      return { kind: 'await', reason: outcome.reason };
    case 'later': {
      const seconds = outcome.afterSeconds ?? PAUSE_SECONDS;
      return { kind: 'again', delaySeconds: Math.min(Math.max(seconds, 1), LONGEST_PAUSE_SECONDS) };
    }
  }
}
