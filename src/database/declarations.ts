/** Declarations as received, and the answers they got. Rows are only ever added. */
import type { Action, PeriodImpact, Result } from '../domain/declaration.ts';
import type { Ground } from '../domain/ground.ts';
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
  readonly action: Action | undefined;
  readonly declaredAt: Date;
  readonly receivedAt: Date;
}

/** Keeps a declaration. */
export async function insertDeclaration(connection: Connection, one: NewDeclaration): Promise<void> {
  await connection.query(
    `insert into declaration (declaration_id, sender_organization, sender_client, channel, message_key, body_hmac, body,
       action, declared_at, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
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
     where d.sender_organization = $1 and d.message_key = $2`,
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
     where d.sender_organization = $1 and d.body_hmac = $2 and d.message_key like 'body:%'
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
  readonly body: Buffer;
  readonly receivedAt: Date;
  readonly senderOrganization: string;
  readonly senderClient: string;
}

const FULL = `${ANSWERED}, d.channel, d.body, d.received_at as "receivedAt",
  d.sender_organization as "senderOrganization", d.sender_client as "senderClient"`;

/** A declaration with the person that it turned out to concern; null where no period came of it. */
export interface ConsultedRow extends DeclarationRow {
  readonly personId: string | null;
}

/** Whose a declaration is: who declared it, and the employer of the period that it opened or changed. */
export const DECLARED = { declarant: 'd.sender_organization', employer: 'p.employer_id' };

/** The columns of a consulted declaration `d`, its last answer `a` and its period `p`. */
export const CONSULTED = `${FULL}, p.person_id as "personId"`;

/** Finds an answered declaration that a ground covers; any other is as good as not there. */
export async function findConsulted(
  connection: Connection,
  ground: Ground,
  declarationId: string,
): Promise<ConsultedRow | undefined> {
  const values = [declarationId];
  const [row] = await connection.query<ConsultedRow>(
    `select ${CONSULTED} from declaration d cross join lateral (${LAST_ANSWER}) a
       left join dimona_period p on p.period_id = a.period_id
     where d.declaration_id = $1 and ${coveredBy(ground, DECLARED, bindTo(values))}`,
    values,
  );
  return row;
}

/** Remembers that a declaration waits for a person. */
export async function insertWaiting(
  connection: Connection,
  declarationId: string,
  ssinHmac: Buffer,
): Promise<void> {
  await connection.query('insert into waiting_declaration (declaration_id, ssin_hmac) values ($1, $2)', [
    declarationId,
    ssinHmac,
  ]);
}

/** Lists declarations that wait for a person who is in the register by now, oldest first. */
export async function listResolvable(connection: Connection, limit: number): Promise<readonly string[]> {
  const rows = await connection.query<{ declarationId: string }>(
    `select w.declaration_id as "declarationId" from waiting_declaration w
     join person p on p.ssin_hmac = w.ssin_hmac join declaration d on d.declaration_id = w.declaration_id
     order by d.declared_at, d.declaration_id limit $1`,
    [limit],
  );
  return rows.map((row) => row.declarationId);
}

/** Takes a declaration out of those that wait and gives it; undefined when another took it first. */
export async function takeWaiting(
  connection: Connection,
  declarationId: string,
): Promise<DeclarationRow | undefined> {
  const [taken] = await connection.query<{ found: string }>(
    'delete from waiting_declaration where declaration_id = $1 returning declaration_id as found',
    [declarationId],
  );
  if (taken === undefined) return undefined;
  const [row] = await connection.query<DeclarationRow>(
    `select ${FULL} from declaration d, lateral (${LAST_ANSWER}) a where d.declaration_id = $1`,
    [declarationId],
  );
  return row;
}
