/** Declarations that wait for a person (answer S). */
import type { LookUp } from '../keys/vault.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import { type DeclarationRow, FULL } from './declarations.ts';

/** Remembers that a declaration waits for a person. */
export async function insertWaiting(
  connection: Connection,
  declarationId: string,
  { ssinHmac, keyVersion }: LookUp,
): Promise<void> {
  await connection.query(
    'insert into waiting_declaration (declaration_id, ssin_hmac, key_version) values ($1, $2, $3)',
    [declarationId, ssinHmac, keyVersion],
  );
}

/** Remembers that declarations wait for persons. */
export async function insertAllWaiting(
  connection: Connection,
  waiting: readonly (LookUp & { readonly declarationId: string })[],
): Promise<void> {
  await connection.query(
    `insert into waiting_declaration (declaration_id, ssin_hmac, key_version)
     select * from unnest($1::uuid[], $2::bytea[], $3::int[])`,
    columnsOf(waiting, [
      ({ declarationId }) => declarationId,
      ({ ssinHmac }) => ssinHmac,
      ({ keyVersion }) => keyVersion,
    ]),
  );
}

/** Lists declarations that wait for a person who is in the register by now, oldest first. */
export async function listResolvable(connection: Connection, limit: number): Promise<readonly string[]> {
  const rows = await connection.query<{ declarationId: string }>(
    `select w.declaration_id as "declarationId" from waiting_declaration w
     join person_look_up l on l.ssin_hmac = w.ssin_hmac join declaration d on d.declaration_id = w.declaration_id
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
  const [row] = await connection.query<DeclarationRow>(`${FULL} where d.declaration_id = $1`, [
    declarationId,
  ]);
  return row;
}

/** Brings what was declared under the key of the citizen whom it turned out to speak of. */
export async function moveBody(
  connection: Connection,
  declarationId: string,
  citizenKeyId: string,
  body: Buffer,
): Promise<void> {
  await connection.query(
    `update declaration_content set citizen_key_id = $2, file_key_id = null, body = $3 where declaration_id = $1`,
    [declarationId, citizenKeyId, body],
  );
}
