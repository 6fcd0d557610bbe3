/** What granting a right without being asked comes to, beside granting it on request: a model with every assumption in it. */

/** What is assumed; nothing of it is measured here. */
export interface GrantingAssumptions {
  /** Share of those entitled who ask where they have to, from 0 to 1. */
  readonly takeUp: number;
  /** What one person is granted, in cents. */
  readonly unitInCents: number;
  /** To handle one request, and to make one. */
  readonly clerkMinutes: number;
  readonly applicantMinutes: number;
}

export const USUAL_ASSUMPTIONS: GrantingAssumptions = {
  takeUp: 0.6,
  unitInCents: 15_000,
  clerkMinutes: 30,
  applicantMinutes: 45,
};

export const ASSUMED: Readonly<Record<keyof GrantingAssumptions, string>> = {
  takeUp:
    'share of those entitled who ask where they have to (--take-up): assumed, not measured; it differs from right to right',
  unitInCents: 'euro cents a person (--unit-value)',
  clerkMinutes:
    'minutes of a clerk for one request (--clerk-minutes): assumed; take those of your own counter',
  applicantMinutes: 'minutes of a citizen for one request (--applicant-minutes): assumed',
};

export interface Granting {
  /** Who meets the rules. */
  readonly entitled: number;
  readonly grantedOnRequest: number;
  readonly neverAsked: number;
  /** In cents: where all are granted, and what of it goes to those who never ask. */
  readonly costInCents: number;
  readonly costOfNeverAskedInCents: number;
  readonly clerkHoursSaved: number;
  readonly applicantHoursSaved: number;
}

/** How each figure is made; the names are those of `Granting` and `GrantingAssumptions`. */
export const FORMULAS: Readonly<Record<keyof Granting, string>> = {
  entitled: 'persons of the generated population who meet the rule, each looked at',
  grantedOnRequest: 'entitled × takeUp, rounded',
  neverAsked: 'entitled − grantedOnRequest: who gets it only because it is granted without being asked',
  costInCents: 'entitled × unitInCents',
  costOfNeverAskedInCents: 'neverAsked × unitInCents',
  clerkHoursSaved: 'grantedOnRequest × clerkMinutes ÷ 60: requests that nobody handles any more',
  applicantHoursSaved: 'grantedOnRequest × applicantMinutes ÷ 60: requests that nobody makes any more',
};

/** Works it out for so many who are entitled. */
export function weighGranting(entitled: number, assumed: GrantingAssumptions): Granting {
  const { takeUp, unitInCents, clerkMinutes, applicantMinutes } = assumed;
  const grantedOnRequest = Math.round(entitled * takeUp);
  const neverAsked = entitled - grantedOnRequest;
  const hours = (minutes: number) => Math.round((grantedOnRequest * minutes) / 60);
  return {
    entitled,
    grantedOnRequest,
    neverAsked,
    costInCents: entitled * unitInCents,
    costOfNeverAskedInCents: neverAsked * unitInCents,
    clerkHoursSaved: hours(clerkMinutes),
    applicantHoursSaved: hours(applicantMinutes),
  };
}
