/** Made-up persons in any number: serial numbers 990 to 998 of a birth day are never reached by real SSINs. */
import request from 'supertest';
import type { TestService } from '../support/service.ts';

/** So many are sent at once. */
const AT_ONCE = 20_000;
/** Years of birth, from 1900 on. */
const YEARS = 111;
/** A civil month, and the two forms of a BIS number. */
const MONTH_FORMS = [0, 20, 40];
/** There are no more of them. */
export const MOST_PEOPLE = 9 * 28 * 12 * YEARS * MONTH_FORMS.length;

/** The SSINs of so many persons from a number on, and the register file that brings them. */
export function peopleFile(
  count: number,
  from = 0,
): { readonly ssins: readonly string[]; readonly file: string } {
  if (from + count > MOST_PEOPLE)
    throw new RangeError(`there are ${MOST_PEOPLE} persons, not ${from + count}`);
  const ssins = Array.from({ length: count }, (_, index) => ssinOf(from + index));
  const records = ssins.map((ssin, index) =>
    JSON.stringify({
      ssin,
      familyName: 'Peeters',
      givenName: `Nr ${from + index}`,
      language: ['nl', 'fr', 'de'][index % 3],
    }),
  );
  return { ssins, file: `${records.join('\n')}\n` };
}

/** Loads so many persons into a service's register; the SSIN of each is `ssinOf` its number, from 0. */
export async function loadPeople(service: TestService, count: number): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const { file } = peopleFile(Math.min(AT_ONCE, count - from), from);
    // Good for some minutes only.
    const token = await service.clientToken('population', 'register:report', from > 0);
    await request(service.url)
      .post('/register/v1/files')
      .auth(token, { type: 'bearer' })
      .type('application/x-ndjson')
      .send(file)
      .expect(202);
  }
}

/** The SSIN of a made-up person. */
export function ssinOf(index: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const serial = 990 + (index % 9);
  const day = Math.floor(index / 9);
  const rest = Math.floor(day / (28 * 12));
  const year = (30 + (rest % YEARS)) % YEARS;
  const month = 1 + (Math.floor(day / 28) % 12) + (MONTH_FORMS[Math.floor(rest / YEARS)] ?? 0);
  const base = `${two(year % 100)}${two(month)}${two(1 + (day % 28))}${serial}`;
  return base + two(97 - (Number(year < 100 ? base : `2${base}`) % 97));
}
