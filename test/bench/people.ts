/** Made-up persons in any number: serial numbers 990 to 998 of a birth day are never reached by real SSINs. */
import request from 'supertest';
import type { TestService } from '../support/service.ts';

/** Loads so many persons into a service's register and gives their SSINs. */
export async function loadPeople(service: TestService, count: number): Promise<string[]> {
  const people = Array.from({ length: count }, (_, index) => ssinOf(index));
  const records = people.map((ssin, index) =>
    JSON.stringify({
      ssin,
      familyName: 'Peeters',
      givenName: `Nr ${index}`,
      language: ['nl', 'fr', 'de'][index % 3],
    }),
  );
  const token = await service.clientToken('population', 'register:report');
  await request(service.url)
    .post('/register/v1/files')
    .auth(token, { type: 'bearer' })
    .type('application/x-ndjson')
    .send(`${records.join('\n')}\n`)
    .expect(202);
  return people;
}

/** Gives the number of a made-up person. */
export function ssinOf(index: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const serial = 990 + (index % 9);
  const day = Math.floor(index / 9);
  const base = `${two(30 + (Math.floor(day / (28 * 12)) % 60))}${two(1 + (Math.floor(day / 28) % 12))}${two(1 + (day % 28))}${serial}`;
  return base + two(97 - (Number(base) % 97));
}
