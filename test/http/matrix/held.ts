/** What waits for the institution: a report of a person whom the register does not know, and a delivery with a fault. */
import { randomUUID } from 'node:crypto';
import { linesOf, ssinFrom } from '../scene.ts';
import type { Asker, Thing } from './world.ts';

/** Somebody whom the matrix does not look for. */
const UNKNOWN = ssinFrom('610303996');

/** Has the institution deliver what is held. */
export async function makeHeld(ask: Asker) {
  const record = {
    ssin: UNKNOWN,
    status: 'temporaryUnemployment',
    reference: 'H-1',
    validFrom: '2020-04-01',
    validUntil: '2020-04-30',
  };
  const body = JSON.stringify({ source: 'onem', items: [record] });
  const reported = await ask(
    'institution',
    'register:report',
    '/register/v1/statuses',
    'application/json',
    body,
  );
  const query = 'content=statuses&source=onem&whole=temporaryUnemployment';
  const path = `/register/v1/files?${query}`;
  const rows = linesOf([record, {}]);
  const delivered = await ask('institution', 'register:report', path, 'application/x-ndjson', rows);
  const others = (second: string): Thing[] => [
    { owner: 'nobody', id: randomUUID(), second },
    { owner: 'malformed', id: 'not-a-uuid', second },
  ];
  const idOf = (address: string) => address.split('/').at(-1) ?? '';
  const heldReport: Thing = { owner: 'institution', id: idOf(JSON.parse(reported.text).file), second: '1' };
  const heldDelivery: Thing = { owner: 'institution', id: idOf(delivered.headers.location ?? '') };
  return { heldReport: [heldReport, ...others('1')], heldDelivery: [heldDelivery, ...others('')] };
}
