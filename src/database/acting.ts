/** For whom an agent may act today: mandates in force alone, and only those of the agent who asks. */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { MandateAgent } from '../domain/ground.ts';
import type { MandateKind, MandateRight } from '../domain/mandate.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Connection } from './database.ts';

export interface ActedForRow {
  readonly mandateId: string;
  readonly kind: MandateKind;
  readonly rights: readonly MandateRight[];
  readonly validUntil: LocalDate | null;
  /** The person who is acted for, under the number that is theirs now; null for an employer. */
  readonly personId: string | null;
  /** Null for a person. */
  readonly employer: EnterpriseNumber | null;
  /** Null for an employer whom the register has no name of. */
  readonly name: string | null;
}

const COLUMNS = 'm.mandate_id as "mandateId", m.kind, m.rights, m.valid_until as "validUntil"';

const OF_EMPLOYERS = `select ${COLUMNS}, null as "personId", m.employer,
    (select e.name from employer e where e.enterprise_number = m.employer) as name
  from mandate_in_force m where m.kind = 'employer' and m.agent_organization = $1 and 'declare' = any(m.rights)`;

const OF_PERSON = `select ${COLUMNS}, p.person_id as "personId", null as employer,
    p.given_name || ' ' || p.family_name as name
  from mandate_in_force m
    join person named on named.person_id = m.represented_person_id
    join person p on p.person_id = coalesce(named.replaced_by, named.person_id)
  where m.mandate_id = $2 and exists (select from person a where a.person_id = m.agent_person_id
    and coalesce(a.replaced_by, a.person_id) = $1::uuid)`;

/** Finds for whom a mandate lets an agent act; undefined unless it is theirs and in force. */
export async function findActedFor(
  connection: Connection,
  agent: MandateAgent,
  mandateId: string,
): Promise<ActedForRow | undefined> {
  const [row] =
    agent.kind === 'person'
      ? await connection.query<ActedForRow>(OF_PERSON, [agent.personId, mandateId])
      : await connection.query<ActedForRow>(`${OF_EMPLOYERS} and m.mandate_id = $2`, [
          agent.organization,
          mandateId,
        ]);
  return row;
}

/** Lists employers for whom an organisation may declare, the newest mandate first; `employer`: this one alone. */
export async function listEmployersActedFor(
  connection: Connection,
  agent: EnterpriseNumber,
  { employer, limit }: { readonly employer?: EnterpriseNumber; readonly limit: number },
): Promise<ActedForRow[]> {
  return connection.query<ActedForRow>(
    `${OF_EMPLOYERS} and ($2::text is null or m.employer = $2) order by m.mandate_id desc limit $3`,
    [agent, employer ?? null, limit],
  );
}
