/**
 * Numbers of nobody. An SSIN counts the births of a day from 001 on, and no day comes near 900: **a serial number from 900
 * on says that a person was made up**. Enterprise numbers are drawn from 1900.000.069 on, a block that is not assigned.
 */
import type { Sex } from '../domain/ssin.ts';
import { writeDay } from './days.ts';

/** Of the national register, or a BIS number whose holder's sex is known or not. */
export type NumberKind = 'register' | 'bis' | 'bisWithoutSex';

export interface Numbers {
  /** Takes a number that nobody has yet; of the next day where those of the day are used up. */
  take(day: number, sex: Sex, kind: NumberKind): { readonly ssin: string; readonly day: number };
}

const FIRST_DAY = Math.round(Date.UTC(1900, 0, 1) / 86_400_000);
const DAYS = 50_000;
/** What is added to the month. */
const MONTHS = { register: 0, bis: 40, bisWithoutSex: 20 } as const;
/** 999 is no serial number of the register. */
const LAST_SERIAL = 998;
const PER_SEX = 49;
/** With more, the numbers of some days of birth are used up. */
const MOST_PERSONS = 1_000_000;

/** Tells how many persons there are numbers for. */
export const LARGEST_POPULATION = MOST_PERSONS;

/** Opens a book in which each number is taken once. */
export function openNumbers(): Numbers {
  const taken = new Uint8Array(DAYS * 6);
  return {
    take: (wanted, sex, kind) => {
      const place =
        (sex === 'male' ? 1 : 0) + 2 * (['register', 'bis', 'bisWithoutSex'] as const).indexOf(kind);
      for (let day = wanted; ; day += 1) {
        const slot = (day - FIRST_DAY) * 6 + place;
        const used = taken[slot];
        if (used === undefined) throw new RangeError(`no number is left from day ${wanted} on`);
        if (used >= PER_SEX) continue;
        taken[slot] = used + 1;
        const serial = sex === 'male' ? LAST_SERIAL - 1 - 2 * used : LAST_SERIAL - 2 * used;
        return { ssin: writeSsin(day, serial, MONTHS[kind]), day };
      }
    },
  };
}

/** Writes the number with its check digits, which say the century. */
function writeSsin(day: number, serial: number, addedToMonth: number): string {
  const text = writeDay(day);
  const month = String(Number(text.slice(5, 7)) + addedToMonth).padStart(2, '0');
  const base = `${text.slice(2, 4)}${month}${text.slice(8)}${serial}`;
  const checked = text < '2000' ? Number(base) : 2_000_000_000 + Number(base);
  return base + String(97 - (checked % 97)).padStart(2, '0');
}

/** The enterprise number of the employer at a place, from 0. */
export function enterpriseNumberAt(place: number): string {
  const base = 19_000_000 + place;
  return `${base}${String(97 - (base % 97)).padStart(2, '0')}`;
}
