/** What must hold in the register, each as a statement that gives what breaks it. */
import type { DatabasePart } from './database-part.ts';
import { type Finding, findingOf } from './finding.ts';

/** Rules that hold at any moment, whatever is under way. */
const ALWAYS: Readonly<Record<string, string>> = {
  'one attestation of a version': `select case_id || ' ' || version as wrong from attestation
    group by case_id, version having count(*) > 1`,
  'one issued attestation of a case': `select case_id as wrong from attestation where state = 'issued'
    group by case_id having count(*) > 1`,
  'the issued attestation is the latest': `select a.case_id as wrong from attestation a where a.state = 'issued'
    and exists (select from attestation b where b.case_id = a.case_id and b.version > a.version and b.issued_at is not null)`,
  'one prepared attestation of a case': `select case_id as wrong from attestation where state = 'prepared'
    group by case_id having count(*) > 1`,
  'issued with hashes': `select attestation_id::text as wrong from attestation
    where issued_at is not null and (pdf_sha256 is null or object_sha256 is null)`,
  'one file for one attestation': `select encode(pdf_sha256, 'hex') as wrong from attestation where pdf_sha256 is not null
    group by pdf_sha256 having count(*) > 1`,
  'one message of an attestation': `select a.attestation_id::text as wrong from attestation a
    left join message m using (attestation_id) where a.issued_at is not null
    group by a.attestation_id having count(m.message_id) <> 1`,
  'one message of a key': `select idempotency_key as wrong from message
    group by sender_organization_id, sender_application_id, idempotency_key having count(*) > 1`,
  'each issue once in evidence': `select a.attestation_id::text as wrong from attestation a
    left join audit_entry e on e.action = 'attestation.issue' and e.object = a.attestation_id::text
    where a.issued_at is not null group by a.attestation_id having count(e.object) <> 1`,
  'each declaration once in evidence': `select d.declaration_id::text as wrong from declaration d
    left join audit_entry e on e.action = 'declaration.report' and e.object = d.declaration_id::text
    group by d.declaration_id having count(e.object) <> 1`,
  'each declaration is answered once': `select d.declaration_id::text as wrong from declaration d
    left join declaration_answer a using (declaration_id) group by d.declaration_id having count(a.result) <> 1`,
  'receipts once': `select message_id || ' ' || kind as wrong from receipt where kind in ('published', 'read', 'printed', 'refused')
    group by message_id, kind having count(*) > 1`,
  'read as the receipts say': `select message_id::text as wrong from message m where (read_at is not null)
    <> exists (select from receipt r where r.message_id = m.message_id and r.kind = 'read')`,
  'one digest of a person and a day': `select person_id || ' ' || day as wrong from mail
    group by person_id, day having count(*) > 1`,
  'one relay of an attestation that was issued': `select m.message_id::text as wrong from message m
    left join relay r using (message_id) where m.attestation_id is not null group by m.message_id having count(r.message_id) <> 1`,
};

/** Rules that hold once nothing is under way any more. */
const IN_THE_END: Readonly<Record<string, string>> = {
  'nothing is left to do': `select kind || ' ' || coalesce(last_error, '') as wrong from job
    where dead_at is null and not (kind in ('rekey', 'resolve'))`,
  'nothing was set aside': `select kind || ' after ' || attempts || ': ' || coalesce(last_error, '') as wrong from job
    where dead_at is not null`,
  'no lease is left': `select kind as wrong from job where lease_until < clock_timestamp() - interval '10 seconds'`,
  'nothing stays prepared': `select attestation_id::text as wrong from attestation where state = 'prepared'`,
  'everything was told': `select message_id::text as wrong from outbox where told_at is null`,
  'everything was relayed': `select message_id || ' ' || state as wrong from relay where state in ('waiting', 'parked')`,
  'what was issued lies somewhere': `select m.message_id::text as wrong from message m join attestation a using (attestation_id)
    join relay r on r.message_id = m.message_id where a.state = 'issued' and r.state <> 'published'`,
  'batches end': `select batch_id || ' ' || state as wrong from batch
    where state not in ('done', 'receiving', 'recalled')`,
  'rows of batches end': `select batch_row.batch_id || ' ' || row_number as wrong from batch_row join batch using (batch_id)
    where outcome is null and batch.state <> 'receiving'`,
  'what was taken back is not in force': `select distinct a.attestation_id::text as wrong from batch_row r
    join attestation a on a.case_id = r.case_id where r.recall in ('withdrawn', 'revoked', 'removed') and a.state = 'issued'`,
  'rows of a recalled batch say what came of it': `select r.batch_id || ' ' || r.row_number as wrong from batch b
    join batch_row r using (batch_id) where b.state = 'recalled' and r.declaration_id is not null and r.recall is null
    and r.outcome not in ('refused', 'unchanged')`,
  'of a revoked attestation its person is told once': `select distinct a.attestation_id::text as wrong from batch b
    join batch_row r using (batch_id) join attestation a on a.case_id = r.case_id
    where b.state = 'recalled' and r.recall = 'revoked' and a.state = 'revoked'
      and (select count(*) from message m where m.idempotency_key = 'recall/' || a.attestation_id) <> 1`,
  'mails were sent': `select mail_id || ' ' || state as wrong from mail where state = 'prepared'`,
  'files were processed': `select file_id || ' ' || state as wrong from declaration_file where state = 'received'`,
  'what was relayed has a receipt': `select message_id::text as wrong from relay r where r.state = 'published'
    and not exists (select from receipt c where c.message_id = r.message_id and c.kind = 'published')`,
  'whoever has an address is notified': `select m.message_id::text as wrong from message m join person p using (person_id)
    where m.is_hosted and m.expires_at > clock_timestamp() and p.email is not null and p.erased_at is null and m.read_at is null
    and not exists (select from receipt c where c.message_id = m.message_id and c.kind in ('notified', 'notificationFailed'))
    and not exists (select from mail_due d where d.message_id = m.message_id)
    and not exists (select from mail_message l where l.message_id = m.message_id)`,
  'of whom was erased no key is left': `select a.attestation_id::text as wrong from attestation a
    join citizen_key k using (citizen_key_id) join person p on p.person_id = a.person_id where p.erased_at is not null`,
  'erased means erased': `select erasure_id::text as wrong from erasure where done_at is null`,
};

/** Looks at what must hold at any moment. */
export function checkAlways(database: DatabasePart): Promise<Finding[]> {
  return check(database, ALWAYS);
}

/** Looks at what must hold in the end. */
export async function checkInTheEnd(database: DatabasePart): Promise<Finding[]> {
  return [...(await check(database, ALWAYS)), ...(await check(database, IN_THE_END))];
}

async function check(database: DatabasePart, rules: Readonly<Record<string, string>>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [rule, text] of Object.entries(rules)) {
    const rows = await database.query<{ wrong: string }>(text);
    findings.push(
      ...findingOf(
        rule,
        rows.map(({ wrong }) => String(wrong)),
      ),
    );
  }
  return findings;
}
