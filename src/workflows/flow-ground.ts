/** On which deliberation a flow rests: of its receiver, for its purpose, in force, with the flow and all that it tells. */
import type { Connection } from '../database/database.ts';
import { findInForce } from '../database/deliberations.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { RunPlan } from '../domain/flow.ts';
import { attributeNames } from '../domain/flow-field.ts';
import type { DeliberationGround } from '../domain/ground.ts';

/** Who receives, and on which deliberation. */
export interface FlowParty {
  readonly organization: EnterpriseNumber;
  readonly deliberationId: string;
}

/**
 * Finds the ground of a flow as it is today; undefined when the deliberation is not the receiver's, not in force, or
 * does not name everything that the plan looks at and tells. The statement that reads persons holds the same again.
 */
export async function findFlowGround(
  connection: Connection,
  { organization, deliberationId }: FlowParty,
  { flow, legalContext, codes, type, format }: RunPlan,
): Promise<DeliberationGround | undefined> {
  const asked = { organization, deliberationId, legalContext };
  const allowed = await findInForce(connection, asked);
  if (allowed === undefined || !allowed.flows.includes(flow)) return undefined;
  const names = attributeNames(format.columns.map(({ field }) => field));
  const isCovered =
    codes.every((code) => allowed.statuses.includes(code)) &&
    names.every((name) => allowed.attributes.includes(name)) &&
    (type === undefined || allowed.attestationTypes.includes(type.id));
  return isCovered ? { kind: 'deliberation', ...asked, version: allowed.version } : undefined;
}
