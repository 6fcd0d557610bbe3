/** Subscriptions of two employers, each with a delivery that can be asked for again. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { until } from '../../support/client.ts';
import type { TestService } from '../../support/service.ts';
import { PARTIES } from './callers.ts';
import { NOWHERE } from './event-rules.ts';
import type { Thing } from './world.ts';

const OWNERS = ['employerA', 'employerB'] as const;

/** Makes them, once every message stands in the sealed log; of each employer one, to a person whom the matrix does not look for. */
export async function makeSubscriptions({ database }: TestService) {
  const messages: Readonly<Record<string, string>> = Object.fromEntries(
    OWNERS.map((owner) => [owner, randomUUID()]),
  );
  for (const owner of OWNERS) {
    const receipts = await database.query(
      `with sent as (
         insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id,
           subject, language, received_at, expires_at, idempotency_key)
         select $1::uuid, person_id, 'letter', $2, 'app', 'Brief', 'nl', now(), now() + interval '1 year', $1::uuid::text
         from person where given_name = 'Lena' returning message_id
       )
       insert into receipt (event_id, message_id, kind, event_time) select gen_random_uuid(), message_id, 'published', now()
       from sent returning event_id`,
      [messages[owner], PARTIES[owner].number],
    );
    assert.equal(receipts.length, 1);
  }
  await until(
    () =>
      database.query(
        `select from receipt r where not exists (select from evidence_leaf l join sender_event using (leaf_index)
           where l.kind = 'receipt' and l.record_id = r.event_id::text and l.leaf_index < (select max(size) from log_head))`,
      ),
    ({ length }) => length === 0,
  );
  const subscribe = async (party: (typeof OWNERS)[number]) => {
    const id = randomUUID();
    await database.query(
      `insert into subscription (subscription_id, organization, url, format, created_by)
       values ($1, $2, $3, 'cloudEvents', 'matrix')`,
      [id, PARTIES[party].number, NOWHERE],
    );
    return id;
  };
  const made: (Thing & { readonly second: string })[] = [];
  for (const owner of OWNERS) {
    const id = await subscribe(owner);
    const second = randomUUID();
    const deliveries = await database.query(
      `insert into delivery (delivery_id, subscription_id, leaf_index, state, ended_at)
       select $1, $2, leaf_index, 'failed', now() from sender_event join receipt using (event_id) where message_id = $3 returning delivery_id`,
      [second, id, messages[owner]],
    );
    assert.equal(deliveries.length, 1);
    made.push({ owner, id, second });
  }
  const [one, other] = made;
  return {
    subscription: made.map(({ owner, id }): Thing => ({ owner, id })),
    endedSubscription: await Promise.all(
      OWNERS.map(async (owner): Promise<Thing> => ({ owner, id: await subscribe(owner) })),
    ),
    delivery: [
      ...made,
      // A subscription of one's own leads to no delivery of somebody else's.
      { owner: 'mixed', id: one?.id ?? '', second: other?.second ?? '' },
      { owner: 'nobody', id: randomUUID(), second: randomUUID() },
      { owner: 'malformed', id: one?.id ?? '', second: 'not-a-uuid' },
    ] satisfies readonly Thing[],
  };
}
