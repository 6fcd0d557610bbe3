/** Somebody chooses for whom they act for a while, which stands in evidence; what they then see rests on the mandate. */
import { type ActedForRow, findActedFor, listEmployersActedFor } from '../database/acting.ts';
import { insertAuditEntry } from '../database/audit.ts';
import { findMandate } from '../database/mandates.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Actor } from '../domain/evidence.ts';
import type { MandateAgent } from '../domain/ground.ts';
import type { Services } from './services.ts';

export type { ActedForRow };

type ActServices = Pick<Services, 'database'>;

/** Who would act, and as whom they stand in evidence. */
export interface Agent {
  readonly actor: Actor;
  readonly agent: MandateAgent;
  readonly traceId: string;
}

/**
 * Begins to act by a mandate and gives for whom; undefined unless it is the agent's and in force, and whoever asks is not
 * told which.
 */
export async function beginActing(
  { database }: ActServices,
  { actor, agent, traceId }: Agent,
  mandateId: string,
): Promise<ActedForRow | undefined> {
  return database.transaction(async (connection) => {
    const found = await findActedFor(connection, agent, mandateId);
    if (found === undefined) return undefined;
    await insertAuditEntry(connection, {
      actor,
      action: 'mandate.act',
      ground: 'mandate',
      groundId: mandateId,
      represented: found.personId ?? found.employer ?? '',
      object: mandateId,
      ...(found.personId !== null && { personId: found.personId }),
      traceId,
    });
    return found;
  });
}

/** Tells whether a mandate still lets an agent act. */
export async function isActing(
  { database }: ActServices,
  agent: MandateAgent,
  mandateId: string,
): Promise<boolean> {
  return database.transaction(
    async (connection) => (await findActedFor(connection, agent, mandateId)) !== undefined,
  );
}

/** Lists employers for whom an organisation may declare, the newest mandate first; `employer`: this one alone. */
export async function listEmployers(
  { database }: ActServices,
  agent: EnterpriseNumber,
  asked: { readonly employer?: EnterpriseNumber; readonly limit: number },
): Promise<readonly ActedForRow[]> {
  return database.transaction((connection) => listEmployersActedFor(connection, agent, asked));
}

/** Gives the employer of a mandate that an organisation has or had; undefined for any other. */
export async function employerOfMandate(
  { database }: ActServices,
  agent: EnterpriseNumber,
  mandateId: string,
): Promise<EnterpriseNumber | undefined> {
  const mandate = await database.transaction((connection) => findMandate(connection, agent, mandateId));
  return mandate?.employer ?? undefined;
}
