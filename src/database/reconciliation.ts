/** The archive against the register: what should be there, what is known, and how far a round is. */
import { uuidsFrom } from '../domain/identifier.ts';
import type { Connection } from './database.ts';

/** How far a round is. */
export interface Round {
  readonly round: number;
  readonly folder: string;
  readonly afterKey: string;
}

/** What was found. */
export interface Findings {
  readonly objects: number;
  readonly missing: number;
  readonly unknown: number;
  readonly undelivered: number;
}

/** A stretch of a folder: keys after the first up to the last; without a last one, to the end. */
export interface Stretch {
  readonly folder: string;
  readonly after: string;
  readonly upTo: string | undefined;
}

/** Gives the round that is under way, or begins one in `folder` where the last is `restSeconds` old; undefined else. */
export async function takeRound(
  connection: Connection,
  folder: string,
  restSeconds: number,
): Promise<Round | undefined> {
  await connection.query(
    `insert into reconciliation (folder) select $1 where not exists (select from reconciliation
       where ended_at is null or ended_at > clock_timestamp() - make_interval(secs => $2)) on conflict do nothing`,
    [folder, restSeconds],
  );
  const [row] = await connection.query<Round>(
    'select round, folder, after_key as "afterKey" from reconciliation where ended_at is null',
  );
  return row;
}

/** Goes on from where a round was to `next`, or ends it; false when another process has done so. */
export async function advanceRound(
  connection: Connection,
  { round, folder, afterKey }: Round,
  found: Findings,
  next: Pick<Round, 'folder' | 'afterKey'> | undefined,
): Promise<boolean> {
  const rows = await connection.query(
    `update reconciliation set objects = objects + $4, missing = missing + $5, unknown = unknown + $6,
       undelivered = undelivered + $7, folder = coalesce($8, folder), after_key = coalesce($9, after_key),
       ended_at = case when $8::text is null then clock_timestamp() end
     where round = $1 and folder = $2 and after_key = $3 and ended_at is null returning 1`,
    [
      round,
      folder,
      afterKey,
      found.objects,
      found.missing,
      found.unknown,
      found.undelivered,
      next?.folder ?? null,
      next?.afterKey ?? null,
    ],
  );
  return rows.length > 0;
}

/** Forgets all but the newest rounds. */
export async function forgetRounds(connection: Connection, kept: number): Promise<void> {
  await connection.query(
    'delete from reconciliation where round <= (select max(round) from reconciliation) - $1 and ended_at is not null',
    [kept],
  );
}

/** What the last whole round came to, and how many seconds ago it ended; undefined before the first. */
export async function lastRound(
  connection: Connection,
): Promise<(Findings & { readonly seconds: number }) | undefined> {
  const [row] = await connection.query<Findings & { readonly seconds: number }>(
    `select objects::float8 as objects, missing::float8 as missing, unknown::float8 as unknown,
       undelivered::float8 as undelivered, extract(epoch from clock_timestamp() - ended_at)::float8 as seconds
     from reconciliation where ended_at is not null order by round desc limit 1`,
  );
  return row;
}

/** What has been so for less than this is under way. */
const SETTLED = `clock_timestamp() - interval '1 hour'`;
/** An id is made about when its object is named: whatever lies in the folder of a year has an id of that year. */
const MARGIN_MS = 24 * 60 * 60 * 1000;

/** An object that should be there. */
export interface ExpectedObject {
  readonly objectKey: string;
  /** Whether the message is there that carries it. */
  readonly isDelivered: boolean;
}

/** Lists the objects that should lie in a stretch of the archive. Keys end with the id, and ids have the order of keys. */
export async function listExpected(connection: Connection, stretch: Stretch): Promise<ExpectedObject[]> {
  const { folder, after, upTo } = stretch;
  const idOf = (key: string) => key.slice(folder.length + 1);
  const year = Number(folder.slice(-4));
  const bounds = [
    after === '' ? uuidsFrom(new Date(Date.UTC(year, 0) - MARGIN_MS)) : idOf(after),
    upTo === undefined ? uuidsFrom(new Date(Date.UTC(year + 1, 0) + MARGIN_MS)) : idOf(upTo),
    `${folder}/%`,
  ];
  return folder.startsWith('attestations/')
    ? connection.query(
        `select a.object_key as "objectKey", m.message_id is not null as "isDelivered"
         from attestation a left join message m on m.message_id = a.message_id
         where a.attestation_id > $1 and a.attestation_id <= $2 and a.object_key like $3 and a.issued_at < ${SETTLED}`,
        bounds,
      )
    : connection.query(
        `select t.object_key as "objectKey", true as "isDelivered"
         from attachment t join message m using (message_id)
         where t.attachment_id > $1 and t.attachment_id <= $2 and t.object_key like $3 and m.received_at < ${SETTLED}`,
        bounds,
      );
}

/** Of some objects, gives those that nothing in the register names. */
export async function listUnknown(connection: Connection, objectKeys: readonly string[]): Promise<string[]> {
  const rows = await connection.query<{ objectKey: string }>(
    `select key as "objectKey" from unnest($1::text[]) as there (key)
     where not exists (select from attestation where object_key = key)
       and not exists (select from attachment where object_key = key)
       and not exists (select from pending_object where object_key = key)`,
    [objectKeys],
  );
  return rows.map(({ objectKey }) => objectKey);
}
