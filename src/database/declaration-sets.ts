/** Many declarations by one statement each; each does to them what its namesake in `declarations` does to one. */
import { columnsOf, unweighed } from './columns.ts';
import type { Connection } from './database.ts';
import type { NewAnswer, NewDeclaration } from './declarations.ts';

/** Keeps declarations as `insertDeclaration` does. */
export async function insertDeclarations(
  connection: Connection,
  declarations: readonly NewDeclaration[],
): Promise<void> {
  await connection.query(
    `with given as (
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bytea[],
         $8::uuid[], $9::uuid[], $10::text[], $11::timestamptz[], $12::timestamptz[])
         as g (id, organization, client, channel, message_key, body_hmac, body, citizen_key, file_key, action,
           declared_at, received_at)
     ), kept as (
       insert into declaration (declaration_id, sender_organization, sender_client, channel, message_key, body_hmac,
         action, declared_at, received_at)
       select id, organization, client, channel, message_key, body_hmac, action, declared_at, received_at from given
     )
     insert into declaration_content (declaration_id, citizen_key_id, file_key_id, body)
     select id, citizen_key, file_key, body from given`,
    columnsOf(declarations, [
      (one) => one.declarationId,
      (one) => one.senderOrganization,
      (one) => one.senderClient,
      (one) => one.channel,
      (one) => one.messageKey,
      (one) => one.bodyHmac,
      (one) => one.body,
      (one) => one.citizenKeyId,
      (one) => one.fileKeyId,
      (one) => one.action,
      (one) => one.declaredAt,
      (one) => one.receivedAt,
    ]),
  );
}

/** Finds which message keys and which bodies, sent without a key of their own, a sender used before. */
export async function listSent(
  connection: Connection,
  senderOrganization: string,
  messageKeys: readonly string[],
  bodyHmacs: readonly Buffer[],
): Promise<readonly { readonly messageKey: string; readonly bodyHmac: Buffer }[]> {
  return connection.query(
    `select d.* from unnest($2::text[]) as sent (key) cross join lateral (
       select message_key as "messageKey", body_hmac as "bodyHmac" from declaration
       where sender_organization = ${unweighed('$1', 'text')} and message_key = sent.key offset 0) d
     union all
     select d.* from unnest($3::bytea[]) as sent (hmac) cross join lateral (
       select message_key, body_hmac from declaration
       where sender_organization = ${unweighed('$1', 'text')} and body_hmac = sent.hmac and message_key like 'body:%' offset 0) d`,
    [senderOrganization, messageKeys, bodyHmacs],
  );
}

/** Adds the first answers of declarations that were just kept. */
export async function insertFirstAnswers(
  connection: Connection,
  answers: readonly (NewAnswer & { readonly declarationId: string })[],
): Promise<void> {
  await connection.query(
    `insert into declaration_answer (declaration_id, answer_number, result, anomalies, period_id, impact)
     select id, 1, result, string_to_array(anomalies, ' '), period_id, impact
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
       as g (id, result, anomalies, period_id, impact)`,
    columnsOf(answers, [
      (one) => one.declarationId,
      (one) => one.result,
      (one) => one.anomalies.join(' '),
      (one) => one.period?.periodId,
      (one) => one.period && JSON.stringify(one.period.impact),
    ]),
  );
}
