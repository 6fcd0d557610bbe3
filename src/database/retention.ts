/** What has been kept for its time: how much there is of it, and its deletion, some rows at a time. */
import type { RetentionClass } from '../domain/retention.ts';
import type { Connection } from './database.ts';

/** Months of audit entries are dropped by an operator: nothing that runs the service may. */
export type AppliedClass = Exclude<RetentionClass, 'auditEntries'>;

interface Class {
  readonly table: string;
  /** The column, or an expression of row `t`, from which the time counts. */
  readonly since: string;
  /** What else must be so. */
  readonly where?: string;
}

/** Not while a hold lasts on somebody whose attestation a row of the batch led to, or of whom it declared something. */
const NOBODY_HELD = (batchId: string) => `not exists (select from batch_row r
  left join attestation a on a.attestation_id = r.attestation_id
  left join declaration_content c on c.declaration_id = r.declaration_id
  left join citizen_key ck on ck.citizen_key_id = c.citizen_key_id
  where r.batch_id = ${batchId} and is_held(coalesce(a.person_id, ck.person_id)))`;

const CLASSES: Readonly<Record<AppliedClass, Class>> = {
  fileKeys: {
    table: 'file_key',
    since: 't.expires_at',
    where: `t.destroyed_at is null
      and not exists (select from batch b where b.batch_id = t.file_key_id and b.state in ('checking', 'running', 'paused', 'cancelling', 'recalling'))
      and not exists (select from declaration_file f where f.file_id = t.file_key_id and f.state = 'received')
      and not exists (select from flow_run r where r.run_id = t.file_key_id and r.state in ('running', 'closing'))
      and ${NOBODY_HELD('t.file_key_id')}`,
  },
  uploads: { table: 'upload', since: 't.touched_at' },
  declarationContents: {
    table: 'declaration_content',
    since: '(select d.received_at from declaration d where d.declaration_id = t.declaration_id)',
    where: `not exists (select from waiting_declaration w where w.declaration_id = t.declaration_id)
      and not exists (select from citizen_key k where k.citizen_key_id = t.citizen_key_id and is_held(k.person_id))`,
  },
  declarations: {
    table: 'declaration',
    since: 't.received_at',
    where: ['declaration_content', 'waiting_declaration', 'declaration_file_form', 'batch_row']
      .map((table) => `not exists (select from ${table} o where o.declaration_id = t.declaration_id)`)
      .join(' and '),
  },
  correctedFacts: { table: 'status_period', since: 't.corrected_at', where: 'not is_held(t.person_id)' },
  decisions: { table: 'decision', since: 't.decided_at', where: 'not is_held(t.person_id)' },
  withdrawnFacts: { table: 'status_withdrawal', since: 't.changed_at', where: 'not is_held(t.person_id)' },
  batches: {
    table: 'batch',
    since: 'coalesce(t.done_at, t.created_at)',
    where: `t.state in ('done', 'cancelled', 'recalled', 'checked') and ${NOBODY_HELD('t.batch_id')}`,
  },
  declarationFiles: { table: 'declaration_file', since: 't.processed_at' },
  registerFiles: { table: 'register_file', since: 't.received_at' },
  toldEvents: { table: 'outbox', since: 't.told_at' },
  endedDeliveries: { table: 'delivery', since: 't.ended_at' },
  senderEvents: {
    table: 'sender_event',
    since: '(select r.recorded_time from receipt r where r.event_id = t.event_id)',
    where: `not exists (select from delivery d where d.leaf_index = t.leaf_index and d.state = 'waiting')`,
  },
  endedSubscriptions: { table: 'subscription', since: 't.ended_at' },
  mails: { table: 'mail', since: 'coalesce(t.sent_at, t.failed_at)', where: 'not is_held(t.person_id)' },
  printItems: {
    table: 'print_item',
    since: 'coalesce(t.printed_at, (select m.expires_at from message m where m.message_id = t.message_id))',
    where: 'not is_held(t.person_id)',
  },
  relays: {
    table: 'relay',
    since: '(select m.expires_at from message m where m.message_id = t.message_id)',
    where: `t.state <> 'parked' and not exists (select from message m where m.message_id = t.message_id
      and is_held(m.person_id))`,
  },
  flowRuns: { table: 'flow_run', since: 't.done_at' },
  simulations: { table: 'simulation', since: 't.made_at' },
  flowOrders: {
    table: 'flow_order',
    since: 't.ended_at',
    where: 'not exists (select from flow_run r where r.order_id = t.order_id)',
  },
  deadJobs: { table: 'job', since: 't.dead_at' },
  sessions: { table: 'session', since: 't.expire' },
  shareCodes: { table: 'share_code', since: 't.expires_at' },
  limitUses: { table: 'limit_use', since: 't.ends_at' },
  mandates: {
    table: 'mandate',
    // The day after the last one; nothing where neither says an end.
    since: `least(t.valid_until + 1, (select r.revoked_at from mandate_revocation r where r.mandate_id = t.mandate_id))`,
    where: `not exists (select from declaration_file f where f.mandate_id = t.mandate_id)
      and not exists (select from batch b where b.mandate_id = t.mandate_id)
      and not is_held(t.agent_person_id) and not is_held(t.represented_person_id)`,
  },
  requests: {
    table: 'request',
    since: `greatest(t.valid_until + 1, (select max(s.taken_at) from request_step s where s.request_id = t.request_id))`,
  },
  dossiers: {
    table: 'dossier',
    since: 'least(t.valid_until + 1, t.closed_at)',
    where: 'not is_held(t.person_id)',
  },
  deliberations: {
    table: 'deliberation',
    since: `least((select max(v.valid_until) + 1 from deliberation v where v.deliberation_id = t.deliberation_id),
      (select e.ended_at from deliberation_end e where e.deliberation_id = t.deliberation_id))`,
    where: ['request_step', 'outbox', 'dossier']
      .map((table) => `not exists (select from ${table} o where o.deliberation_id = t.deliberation_id)`)
      .join(' and '),
  },
  releasedHolds: { table: 'legal_hold', since: 't.released_at' },
  erasures: { table: 'erasure', since: 't.done_at' },
};

/** The classes that are applied. */
export const APPLIED_CLASSES = Object.keys(CLASSES) as readonly AppliedClass[];

function overOf({ table, since, where = 'true' }: Class): string {
  return `from ${table} t where ${since} < $1 and ${where}`;
}

export interface OverCount {
  readonly rows: number;
  readonly oldest: Date | null;
  readonly bytes: number;
}

/** Counts what is over. */
export async function countOver(
  connection: Connection,
  name: AppliedClass,
  before: Date,
): Promise<OverCount> {
  const one = CLASSES[name];
  const [row] = await connection.query<OverCount>(
    `select count(*)::int as rows, min(${one.since}) as oldest,
       coalesce(sum(pg_column_size(t.*)), 0)::float8 as bytes ${overOf(one)}`,
    [before],
  );
  return row ?? { rows: 0, oldest: null, bytes: 0 };
}

interface Removal {
  /** What `due` selects beside the place of each row. */
  readonly columns: string;
  readonly statement: string;
}

/** Classes whose rows are not simply deleted, or not alone. */
const REMOVALS: Readonly<Partial<Record<AppliedClass, Removal>>> = {
  fileKeys: {
    columns: '',
    statement: `update file_key t set wrapped_key = null, destroyed_at = clock_timestamp() from due
      where t.ctid = due.ctid`,
  },
  declarations: {
    columns: ', t.declaration_id',
    statement: `, answers as (delete from declaration_answer a using due where a.declaration_id = due.declaration_id)
      delete from declaration t using due where t.ctid = due.ctid`,
  },
  mandates: {
    columns: ', t.mandate_id',
    statement: `, revocations as (delete from mandate_revocation r using due where r.mandate_id = due.mandate_id)
      delete from mandate t using due where t.ctid = due.ctid`,
  },
  requests: {
    columns: ', t.request_id',
    statement: `, steps as (delete from request_step s using due where s.request_id = due.request_id)
      delete from request t using due where t.ctid = due.ctid`,
  },
  deliberations: {
    columns: ', t.deliberation_id',
    // The end goes with the last version.
    statement: `, ends as (delete from deliberation_end e where exists (
        select from due where due.deliberation_id = e.deliberation_id) and not exists (
        select from deliberation o where o.deliberation_id = e.deliberation_id
          and o.ctid not in (select due.ctid from due)))
      delete from deliberation t using due where t.ctid = due.ctid`,
  },
  declarationFiles: {
    columns: ', t.file_id',
    statement: `, forms as (delete from declaration_file_form f using due where f.file_id = due.file_id)
      delete from declaration_file t using due where t.ctid = due.ctid`,
  },
};

function removalOf(name: AppliedClass): Removal {
  const statement = `delete from ${CLASSES[name].table} t using due where t.ctid = due.ctid`;
  return REMOVALS[name] ?? { columns: '', statement };
}

/** Deletes some of what is over, or destroys its keys; gives how many rows. Another process takes others. */
export async function removeOver(
  connection: Connection,
  name: AppliedClass,
  before: Date,
  limit: number,
): Promise<number> {
  // What is never changed may be deleted when its time is over: said here, and nowhere else.
  await connection.query(`set local ebox.retention = 'over'`);
  const { columns, statement } = removalOf(name);
  const rows = await connection.query(
    `with due as (select t.ctid${columns} ${overOf(CLASSES[name])} limit $2 for update of t skip locked)
     ${statement} returning 1`,
    [before, limit],
  );
  await connection.query(`set local ebox.retention = ''`);
  return rows.length;
}
