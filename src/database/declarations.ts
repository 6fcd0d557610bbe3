/** Declarations as received, and the answers they got. Rows are only ever added. */
import type { Action, PeriodImpact, Result } from '../domain/declaration.ts';
import type { Ground } from '../domain/ground.ts';
import { unweighed } from './columns.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/** The wire form in which a declaration came; its body is read again as such. */
export type Channel = 'xml' | 'json' | 'csv';

export interface NewDeclaration {
  readonly declarationId: string;
  readonly senderOrganization: string;
  readonly senderClient: string;
  readonly channel: Channel;
  readonly messageKey: string;
  readonly bodyHmac: Buffer;
  readonly body: Buffer;
  /** The key that the body is under: a citizen's or a file's. */
  readonly citizenKeyId?: string;
  readonly fileKeyId?: string;
  readonly action: Action | undefined;
  readonly declaredAt: Date;
  readonly receivedAt: Date;
}

/** Keeps a declaration and, apart from it, what was declared. */
export async function insertDeclaration(connection: Connection, one: NewDeclaration): Promise<void> {
  await connection.query(
    `with kept as (
       insert into declaration (declaration_id, sender_organization, sender_client, channel, message_key, body_hmac,
         action, declared_at, received_at)
       values ($1, $2, $3, $4, $5, $6, $8, $9, $10)
     )
     insert into declaration_content (declaration_id, citizen_key_id, file_key_id, body) values ($1, $11, $12, $7)`,
    [
      one.declarationId,
      one.senderOrganization,
      one.senderClient,
      one.channel,
      one.messageKey,
      one.bodyHmac,
      one.body,
      one.action ?? null,
      one.declaredAt,
      one.receivedAt,
      one.citizenKeyId ?? null,
      one.fileKeyId ?? null,
    ],
  );
}

export interface AnswerRow {
  readonly declarationId: string;
  readonly result: Result;
  readonly anomalies: readonly string[];
  readonly periodId: string | null;
  readonly impact: PeriodImpact | null;
  readonly answeredAt: Date;
}

export interface AnsweredDeclaration extends AnswerRow {
  readonly bodyHmac: Buffer;
}

/** The last answer of a declaration `d`, for `lateral`. */
export const LAST_ANSWER = `select result, anomalies, period_id, impact, answered_at
  from declaration_answer where declaration_id = d.declaration_id order by answer_number desc limit 1`;

const ANSWERED = `d.declaration_id as "declarationId", d.body_hmac as "bodyHmac", a.result, a.anomalies,
  a.period_id as "periodId", a.impact, a.answered_at as "answeredAt"`;

/** Finds the declaration that a sender sent under a message key. */
export async function findByMessageKey(
  connection: Connection,
  senderOrganization: string,
  messageKey: string,
): Promise<AnsweredDeclaration | undefined> {
  const [row] = await connection.query<AnsweredDeclaration>(
    `select ${ANSWERED} from declaration d, lateral (${LAST_ANSWER}) a
     where d.sender_organization = ${unweighed('$1', 'text')} and d.message_key = $2`,
    [senderOrganization, messageKey],
  );
  return row;
}

/** Finds the last declaration that a sender sent with the same body and without a key of its own. */
export async function findByBody(
  connection: Connection,
  senderOrganization: string,
  bodyHmac: Buffer,
): Promise<AnsweredDeclaration | undefined> {
  const [row] = await connection.query<AnsweredDeclaration>(
    `select ${ANSWERED} from declaration d, lateral (${LAST_ANSWER}) a
     where d.sender_organization = ${unweighed('$1', 'text')} and d.body_hmac = $2 and d.message_key like 'body:%'
     order by d.received_at desc limit 1`,
    [senderOrganization, bodyHmac],
  );
  return row;
}

/**
 * Tells whether an accepted declaration touched a period after the one given did. The times stay in the database, which
 * knows microseconds.
 */
export async function wasChangedSince(connection: Connection, answer: AnswerRow): Promise<boolean> {
  const [row] = await connection.query<{ found: boolean }>(
    `select exists (select from declaration_answer where period_id = $1 and declaration_id <> $2
       and result in ('A', 'W') and answered_at >
         (select max(answered_at) from declaration_answer where declaration_id = $2)) as found`,
    [answer.periodId, answer.declarationId],
  );
  return row?.found ?? false;
}

export interface NewAnswer {
  readonly result: Result;
  readonly anomalies: readonly string[];
  /** For A and W. */
  readonly period?: { readonly periodId: string; readonly impact: PeriodImpact };
}

/** Adds an answer after those the declaration has. */
export async function insertAnswer(
  connection: Connection,
  declarationId: string,
  answer: NewAnswer,
): Promise<void> {
  const { result, anomalies, period } = answer;
  await connection.query(
    `insert into declaration_answer (declaration_id, answer_number, result, anomalies, period_id, impact)
     select $1, count(*) + 1, $2, $3, $4, $5 from declaration_answer where declaration_id = $1`,
    [
      declarationId,
      result,
      anomalies,
      period?.periodId ?? null,
      period ? JSON.stringify(period.impact) : null,
    ],
  );
}

/** Finds the last answer of a declaration. */
export async function findAnswer(
  connection: Connection,
  declarationId: string,
): Promise<AnswerRow | undefined> {
  const [row] = await connection.query<AnswerRow>(
    `select ${ANSWERED} from declaration d, lateral (${LAST_ANSWER}) a where d.declaration_id = $1`,
    [declarationId],
  );
  return row;
}

export interface DeclarationRow extends AnswerRow {
  readonly channel: Channel;
  /** Null once it was erased. */
  readonly body: Buffer | null;
  readonly citizenKeyId: string | null;
  readonly fileKeyId: string | null;
  /** Of the citizen or the file; null once it was destroyed, and for what is under the institution's own. */
  readonly wrappedKey: Buffer | null;
  readonly receivedAt: Date;
  readonly senderOrganization: string;
  readonly senderClient: string;
}

/** What was declared, with its key, for a declaration `d`. */
const BODY = `b.body, b.citizen_key_id as "citizenKeyId", b.file_key_id as "fileKeyId",
  coalesce(ck.wrapped_key, fk.wrapped_key) as "wrappedKey"`;
export const BODY_OF = `left join declaration_content b on b.declaration_id = d.declaration_id
  left join citizen_key ck on ck.citizen_key_id = b.citizen_key_id
  left join file_key fk on fk.file_key_id = b.file_key_id`;

const COLUMNS = `${ANSWERED}, ${BODY}, d.channel, d.received_at as "receivedAt",
  d.sender_organization as "senderOrganization", d.sender_client as "senderClient"`;

/** Selects declarations `d` with all that is kept of them. */
export const FULL = `select ${COLUMNS} from declaration d ${BODY_OF} cross join lateral (${LAST_ANSWER}) a`;

/** A declaration with the person that it turned out to concern; null where no period came of it. */
export interface ConsultedRow extends DeclarationRow {
  readonly personId: string | null;
}

/** Whose a declaration is: who declared it, and the employer of the period that it opened or changed. */
export const DECLARED = { declarant: 'd.sender_organization', employer: 'p.employer_id' };

/** The columns of a consulted declaration `d`, its last answer `a` and its period `p`. */
export const CONSULTED = `${COLUMNS}, p.person_id as "personId"`;

/** Finds an answered declaration that a ground covers; any other is as good as not there. */
export async function findConsulted(
  connection: Connection,
  ground: Ground,
  declarationId: string,
): Promise<ConsultedRow | undefined> {
  const values = [declarationId];
  const [row] = await connection.query<ConsultedRow>(
    `select ${CONSULTED} from declaration d ${BODY_OF} cross join lateral (${LAST_ANSWER}) a
       left join dimona_period p on p.period_id = a.period_id
     where d.declaration_id = $1 and ${coveredBy(ground, DECLARED, bindTo(values))}`,
    values,
  );
  return row;
}
