/** The receipts that time alone causes while a message is unread: after so many days, before its expiry, and at its expiry. */

/** When people are reminded of messages of a type (eBox event service: 15 days unread, 7 days before expiry). */
export interface Reminders {
  /** Days after its arrival; undefined: never. */
  readonly unreadAfterDays: number | undefined;
  /**
   * Days before its expiry; undefined: never. A message that is available no longer than that gets none: that it is
   * there was just told.
   */
  readonly beforeExpiryDays: number | undefined;
}

/** Of types that say nothing else. */
export const USUAL_REMINDERS: Reminders = { unreadAfterDays: 15, beforeExpiryDays: 7 };

/** What each of them counts from, and how far from it; days are negative before it. */
export type Step =
  | { readonly kind: 'reminded'; readonly from: 'received'; readonly days: number }
  | { readonly kind: 'expiryAlerted' | 'neverRead'; readonly from: 'expires'; readonly days: number };

/** Lists the steps that messages of a type go through. */
export function stepsOf({ unreadAfterDays, beforeExpiryDays }: Reminders): readonly Step[] {
  return [
    ...(unreadAfterDays === undefined
      ? []
      : [{ kind: 'reminded', from: 'received', days: unreadAfterDays } as const]),
    ...(beforeExpiryDays === undefined
      ? []
      : [{ kind: 'expiryAlerted', from: 'expires', days: -beforeExpiryDays } as const]),
    { kind: 'neverRead', from: 'expires', days: 0 } as const,
  ];
}
