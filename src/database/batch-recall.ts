/** What a recalled batch declared: which periods its rows opened, and what became of their attestations since. */
import type { RecallResult } from '../domain/batch.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { columnsOf, numberIs } from './columns.ts';
import type { Connection } from './database.ts';

/** Says how many chunks of a batch are to be recalled. */
export async function expectRecalls(connection: Connection, batchId: string, chunks: number): Promise<void> {
  await connection.query('update batch set recall_left = $2 where batch_id = $1', [batchId, chunks]);
}

/** A row whose own declaration was accepted, or waits for its worker, and which has no result of recalling yet. */
export interface RecallableRow {
  readonly rowNumber: number;
  readonly declarationId: string;
  /** The period that it opened; null where its worker was not in the register. */
  readonly periodId: string | null;
  readonly isCancelled: boolean | null;
  /** Whether it may still come to something else: the row has not ended, or its case is to be settled. */
  readonly isPending: boolean;
  readonly attestationId: string | null;
  /** Whether a version of its case was prepared and never issued. */
  readonly wasHeldBack: boolean;
  /** The last version of its case that was issued. */
  readonly lastId: string | null;
  readonly lastState: 'issued' | 'revoked' | 'superseded' | 'erased' | null;
}

/**
 * Whether the case of a row is to be settled, or is being settled. Each is asked of by itself: as a condition on rows that
 * exist, all jobs that settle could be gone through for each chunk, as many as a large batch has rows.
 */
const IS_SETTLED_SOON = `coalesce(
  (select true from job where kind = 'settle' and dedupe_key = r.case_id and lease_token is null and dead_at is null
     and run_after < clock_timestamp() + interval '1 hour' limit 1),
  (select true from job where kind = 'settle' and dedupe_key = r.case_id and lease_token is not null and dead_at is null
     limit 1),
  false)`;

/** What was sent before is another's: a row counts that made its declaration, at the moment at which its batch came. */
export async function listRecallable(
  connection: Connection,
  batchId: string,
  from: number,
  to: number,
): Promise<RecallableRow[]> {
  return connection.query(
    `select r.row_number as "rowNumber", r.declaration_id as "declarationId", w.period_id as "periodId",
       p.is_cancelled as "isCancelled", r.attestation_id as "attestationId", last.attestation_id as "lastId",
       last.state as "lastState",
       exists (select from attestation h where h.case_id = r.case_id and h.state = 'withdrawn') as "wasHeldBack",
       r.state <> 'ended' or ${IS_SETTLED_SOON} as "isPending"
     from batch_row r join batch b using (batch_id)
       join declaration d on d.declaration_id = r.declaration_id and d.received_at = date_trunc('milliseconds', b.created_at)
         and d.sender_organization = b.organization
       left join lateral (select period_id from declaration_answer n where n.declaration_id = r.declaration_id
         order by answer_number desc limit 1) w on true
       left join dimona_period p on p.period_id = w.period_id
       left join lateral (select attestation_id, state from attestation a
         where a.case_id = r.case_id and a.issued_at is not null order by version desc limit 1) last on true
     where r.batch_id = $1 and r.row_number between $2 and $3 and r.recall is null
       and r.outcome is distinct from 'refused' and r.outcome is distinct from 'unchanged'
     order by r.row_number`,
    [batchId, from, to],
  );
}

/** Tells whether every row from one number to another has its outcome: no other may still be declared. */
export async function isEnded(
  connection: Connection,
  batchId: string,
  from: number,
  to: number,
): Promise<boolean> {
  const open = await connection.query(
    `select from batch_row where batch_id = $1 and row_number between $2 and $3 and state <> 'ended' limit 1`,
    [batchId, from, to],
  );
  return open.length === 0;
}

/** Forgets that declarations wait for their workers: nothing will come of them. */
export async function forgetWaiting(
  connection: Connection,
  declarationIds: readonly string[],
): Promise<void> {
  await connection.query('delete from waiting_declaration where declaration_id = any($1)', [declarationIds]);
}

/** Keeps what recalling rows came to, and counts it; what was kept is not counted. */
export async function keepRecalls(
  connection: Connection,
  batchId: string,
  results: readonly { readonly rowNumber: number; readonly result: RecallResult }[],
): Promise<void> {
  if (results.length === 0) return;
  await connection.query(
    `with recalled as (
       update batch_row r set recall = g.result from unnest($2::int[], $3::text[]) as g (row_number, result)
       where r.batch_id = $1 and ${numberIs('r.row_number', 'g.row_number', '$2')} and r.recall is null returning r.recall
     )
     update batch set recalled_count = recalled_count + (select count(*) from recalled where recall <> 'kept')
     where batch_id = $1`,
    [batchId, ...columnsOf(results, [({ rowNumber }) => rowNumber, ({ result }) => result])],
  );
}

/** Counts a chunk as recalled; the last one makes the batch so. */
export async function endRecall(connection: Connection, batchId: string): Promise<void> {
  await connection.query(
    `update batch set recall_left = recall_left - 1,
       state = case when recall_left = 1 then 'recalled' else state end,
       done_at = case when recall_left = 1 then coalesce(done_at, clock_timestamp()) else done_at end
     where batch_id = $1 and state = 'recalling'`,
    [batchId],
  );
}

/** A revoked attestation whose person is to be told, with the key of that person. */
export interface ToldRecall {
  readonly attestationId: string;
  readonly number: string;
  readonly type: string;
  readonly personId: string;
  readonly language: DocumentLanguage;
  readonly messageId: string;
  readonly citizenKeyId: string;
  readonly wrappedKey: Buffer;
}

/**
 * Lists those of some revoked attestations of whom nobody was told yet, and holds on to the keys of their persons. Whoever
 * was erased is told nothing. `keyPrefix` and the id make the idempotency key of the message that tells.
 */
export async function listUntold(
  connection: Connection,
  attestationIds: readonly string[],
  keyPrefix: string,
): Promise<ToldRecall[]> {
  return connection.query(
    `select a.attestation_id as "attestationId", a.number, a.type, a.person_id as "personId", a.language,
       a.message_id as "messageId", k.citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey"
     from attestation a join citizen_key k on k.citizen_key_id = a.citizen_key_id and k.destroyed_at is null
     where a.attestation_id = any($1) and a.state = 'revoked' and not exists (
       select from message m join message g on g.message_id = a.message_id
       where m.sender_organization_id = g.sender_organization_id and m.sender_application_id = g.sender_application_id
         and m.idempotency_key = $2 || a.attestation_id)
     order by a.attestation_id for share of k`,
    [attestationIds, keyPrefix],
  );
}
