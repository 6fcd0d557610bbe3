/** The eBox message that carries an attestation, and how long it stays. */
import type { LocalizedString } from './language.ts';
import type { Reminders } from './reminder.ts';

/** How long messages of a type are available (message registry 2.1, `ValidityPeriod`). */
export interface ValidityPeriod {
  readonly number: number;
  readonly unit: 'day' | 'month' | 'year';
}

/** A business category of messages, registered with the eBox. */
export interface MessageType {
  readonly messageTypeId: string;
  readonly name: LocalizedString;
  readonly senderApplicationId: string;
  readonly applicationName: LocalizedString;
  readonly validity: ValidityPeriod;
  readonly reminders: Reminders;
}

/** Computes when a message expires; the last day of a month stays the last day where the month is shorter. */
export function expiryOf(receivedAt: Date, validity: ValidityPeriod): Date {
  const expiry = new Date(receivedAt);
  if (validity.unit === 'day') {
    expiry.setUTCDate(expiry.getUTCDate() + validity.number);
    return expiry;
  }
  const day = expiry.getUTCDate();
  const months = validity.unit === 'month' ? validity.number : validity.number * 12;
  expiry.setUTCDate(1);
  expiry.setUTCMonth(expiry.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(expiry.getUTCFullYear(), expiry.getUTCMonth() + 1, 0)).getUTCDate();
  expiry.setUTCDate(Math.min(day, lastDay));
  return expiry;
}
