/** Share codes: what a person lets others see of an attestation, and until when. */
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

export interface NewShareCode {
  readonly shareId: string;
  readonly codeHash: Buffer;
  readonly days: number;
}

/** Codes in force at once for one attestation. */
const MOST_IN_FORCE = 10;

const OF_MESSAGE = `message m join attestation a using (attestation_id)`;
const SHARED_BY = { person: 'a.person_id' };

/** Makes a code for the attestation in a message that a ground covers; undefined when there is none, or too many codes. */
export async function insertShareCode(
  connection: Connection,
  ground: Ground,
  messageId: string,
  { shareId, codeHash, days }: NewShareCode,
): Promise<string | undefined> {
  const values: unknown[] = [shareId, codeHash, days, messageId, MOST_IN_FORCE];
  const [row] = await connection.query<{ attestationId: string }>(
    `insert into share_code (share_id, attestation_id, code_hash, expires_at)
     select $1, a.attestation_id, $2, clock_timestamp() + make_interval(days => $3) from ${OF_MESSAGE}
     where m.message_id = $4 and a.state in ('issued', 'superseded', 'revoked')
       and (select count(*) from share_code_in_force s where s.attestation_id = a.attestation_id) < $5
       and ${coveredBy(ground, SHARED_BY, bindTo(values))}
     returning attestation_id as "attestationId"`,
    values,
  );
  return row?.attestationId;
}

export interface ShareCodeRow {
  readonly shareId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly isInForce: boolean;
  /** When somebody looked at the attestation with it, the last first; no more than `MOST_USES`. */
  readonly uses: readonly Date[];
}

/** Codes and uses that are told of: whoever wants to know more finds every access among those to their data. */
const MOST_LISTED = 20;
const MOST_USES = 20;

/** Lists the codes for the attestation in a message that a ground covers, the last first, with their uses. */
export async function listShareCodes(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<ShareCodeRow[]> {
  const values: unknown[] = [messageId];
  return connection.query<ShareCodeRow>(
    `select s.share_id as "shareId", s.created_at as "createdAt", s.expires_at as "expiresAt", s.ended_at as "endedAt",
       s.ended_at is null and s.expires_at > clock_timestamp() as "isInForce",
       array(select e.recorded_at from audit_entry e
         where e.person_id = a.person_id and e.ground = 'holder' and e.ground_id = s.share_id::text
         order by e.audit_entry_id desc limit ${MOST_USES}) as uses
     from ${OF_MESSAGE} join share_code s using (attestation_id)
     where m.message_id = $1 and ${coveredBy(ground, SHARED_BY, bindTo(values))}
     order by s.created_at desc, s.share_id limit ${MOST_LISTED}`,
    values,
  );
}

/** Ends a code for an attestation that a ground covers; gives the attestation, undefined when there is no such code. */
export async function endShareCode(
  connection: Connection,
  ground: Ground,
  shareId: string,
): Promise<string | undefined> {
  const values: unknown[] = [shareId];
  const [row] = await connection.query<{ attestationId: string }>(
    `update share_code s set ended_at = clock_timestamp() from attestation a
     where s.share_id = $1 and s.ended_at is null and a.attestation_id = s.attestation_id
       and ${coveredBy(ground, SHARED_BY, bindTo(values))}
     returning s.attestation_id as "attestationId"`,
    values,
  );
  return row?.attestationId;
}
