/** An eBox with messages of every kind that lists and filters tell apart. */
import { quaUpdate } from '../support/declarations.ts';
import { INBOX, type Scene } from './scene.ts';

export const OTHER_SENDER = '0206731645';

/** A message as the registry gives it, as far as tests look at it. */
export interface Message {
  readonly messageId: string;
  readonly originalMessageId?: string;
  readonly receiptDate: string;
  readonly readStatus: boolean;
  readonly senderOrganizationId: string;
  readonly attachments: {
    readonly items: readonly {
      readonly attachmentId: string;
      readonly contentHref: string;
      readonly fileName: string;
      readonly size: number;
      readonly digest: { readonly digestValue: string };
    }[];
  };
}

/**
 * Gives Lena five messages, newest first. The first took the place of the fourth; the fifth is old, read, not to be
 * shown, and from another sender.
 */
export async function fillInbox(scene: Scene): Promise<readonly Message[]> {
  const { database } = scene.service;
  for (const day of ['2020-09-01', '2020-10-01', '2020-11-02']) await scene.declareDays('lena', [day]);
  const [period] = await database.query<{ id: string }>(
    `select period_id as id from dimona_period where start_date = '2020-09-01'`,
  );
  await scene.client.declare(quaUpdate({ periodId: period?.id ?? '', day: '2020-09-02' }));
  await scene.client.settled();
  await database.query(
    `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
       language, received_at, expires_at, is_visible, read_at, idempotency_key, search_text)
     select gen_random_uuid(), person_id, 'tax-letter', $1, 'taxes', 'Brief', 'nl', timestamptz '2019-06-03 12:00Z',
       timestamptz '2036-06-03 12:00Z', false, now(), 'x', 'brief'
     from message join person using (person_id) where given_name = 'Lena' limit 1`,
    [OTHER_SENDER],
  );
  return (await scene.api.get(INBOX, await scene.service.personToken('lena'))).body.items;
}
