/** Whose sessions there are, by a keyed hash of the id that evidence has of them; a session is named by the hash that evidence has of it. */
import type { Connection } from './database.ts';

export interface SessionRow {
  /** SHA-256 of the session's id, hexadecimal. */
  readonly tokenHash: string;
  readonly since: Date;
  /** Until when it lasts unless it is used. */
  readonly expiresAt: Date;
}

const HASH = `encode(sha256(convert_to(sid, 'UTF8')), 'hex')`;

/** Lists the sessions of somebody that have not run out, the newest first. */
export async function listSessions(connection: Connection, owner: string): Promise<SessionRow[]> {
  return connection.query<SessionRow>(
    `select ${HASH} as "tokenHash", to_timestamp((sess ->> 'since')::numeric / 1000) as since, expire as "expiresAt"
     from session where sess ->> 'owner' = $1 and expire > clock_timestamp() order by since desc`,
    [owner],
  );
}

/** Which sessions end; a missing wish lets every one through. */
export interface SessionsToEnd {
  readonly owner?: string;
  readonly tokenHash?: string;
  readonly exceptTokenHash?: string;
}

/** Ends sessions of people who are logged in; gives how many. */
export async function deleteSessions(connection: Connection, wish: SessionsToEnd): Promise<number> {
  const rows = await connection.query(
    `delete from session where sess ->> 'owner' is not null and ($1::text is null or sess ->> 'owner' = $1)
       and ($2::text is null or ${HASH} = $2) and ($3::text is null or ${HASH} <> $3) returning 1`,
    [wish.owner ?? null, wish.tokenHash ?? null, wish.exceptTokenHash ?? null],
  );
  return rows.length;
}
