/** An agency asks for data: the request, the steps it goes through, and what may be decided when. */
import { type DataUse, type UncoveredPart, uncoveredBy } from './deliberation.ts';

/** `asked → inAnalysis → granted | refused`; a request may be decided without having been analysed. */
export const REQUEST_STATES = ['asked', 'inAnalysis', 'granted', 'refused'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** A decision on a request; a refusal says why. */
export type Decision =
  | { readonly outcome: 'granted'; readonly deliberationId: string; readonly reasons?: string }
  | { readonly outcome: 'refused'; readonly reasons: string };

/** The version of a deliberation that a request would rest on. */
export interface LinkedDeliberation extends DataUse {
  readonly organization: string;
}

/** Why a request cannot be granted on a deliberation. */
export type GrantFault = 'otherOrganization' | UncoveredPart;

/** Tells whether a request may still move to a state. */
export function mayMove(from: RequestState, to: RequestState): boolean {
  switch (to) {
    case 'asked':
      return false;
    case 'inAnalysis':
      return from === 'asked';
    case 'granted':
    case 'refused':
      return from === 'asked' || from === 'inAnalysis';
  }
}

/** Lists why a request cannot be granted on a deliberation: it is another organisation's, or allows less than was asked. */
export function grantFaults(
  asked: DataUse & { readonly organization: string },
  linked: LinkedDeliberation,
): readonly GrantFault[] {
  if (linked.organization !== asked.organization) return ['otherOrganization'];
  return uncoveredBy(linked, asked);
}
