/** A receiver says what it wants of a flow: on which deliberation, what of it, to which key, and where it is told. */
import { insertAuditEntry } from '../database/audit.ts';
import { dropKnownRows } from '../database/flow-changes.ts';
import { endOrder, type FlowOrder, findOrder, replaceOrder } from '../database/flow-orders.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Flow, FlowChoices, FlowIssue } from '../domain/flow.ts';
import { attributeNames } from '../domain/flow-field.ts';
import { faultsOfChoices, planRun } from '../domain/flow-plan.ts';
import { groundIdOf } from '../domain/ground.ts';
import { parseMailAddress } from '../mail/address.ts';
import { findFlowGround } from './flow-ground.ts';
import { defectOfCertificate } from './flow-receiver.ts';
import { viewOf } from './flow-start.ts';
import type { OrganizationAccess } from './institution.ts';
import type { Services } from './services.ts';

export type { FlowOrder };

type OrderServices = Pick<Services, 'database' | 'catalogue' | 'newId' | 'clock'>;

/** What is ordered. */
export interface OrderWish {
  readonly deliberationId: string;
  readonly choices: FlowChoices;
  /** DER. */
  readonly certificate: Buffer | undefined;
  readonly mail:
    | { readonly address: string; readonly language: NonNullable<FlowOrder['mailLanguage']> }
    | undefined;
  readonly putsDown: boolean;
}

export type OrderOutcome =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'notFound' | 'notAllowed' }
  | { readonly kind: 'faulty'; readonly issues: readonly FlowIssue[] };

/** Finds a flow that an organisation may receive; to anybody else it looks as if there were none. */
export function findFlow(
  { catalogue }: Pick<Services, 'catalogue'>,
  id: string,
  organization: string,
): Flow | undefined {
  const flow = catalogue.flows.get(id);
  return flow?.receivers.some((one) => one === organization) ? flow : undefined;
}

/** Orders a flow, in place of what the organisation ordered of it before. */
export async function orderFlow(
  services: OrderServices,
  access: OrganizationAccess,
  flowId: string,
  wish: OrderWish,
): Promise<OrderOutcome> {
  const { organization, actor, traceId } = access;
  const flow = findFlow(services, flowId, organization);
  if (flow === undefined) return { kind: 'notFound' };
  const issues = [...faultsOfChoices(flow, wish.choices), ...faultsOfDelivery(services, flow, wish)];
  if (issues.length > 0) return { kind: 'faulty', issues };
  const plan = planRun(flow, wish.choices, 'whole', viewOf(services, flow));
  return services.database.transaction(async (connection): Promise<OrderOutcome> => {
    // It was read from a token that was checked.
    const party = { organization: organization as EnterpriseNumber, deliberationId: wish.deliberationId };
    const ground = await findFlowGround(connection, party, plan);
    if (ground === undefined) return { kind: 'notAllowed' };
    const { deliberationId, choices, certificate = null, mail, putsDown } = wish;
    await replaceOrder(connection, {
      orderId: services.newId(),
      flow: flow.id,
      organization,
      deliberationId,
      choices,
      certificate,
      mail: mail?.address ?? null,
      mailLanguage: mail?.language ?? null,
      putsDown,
      orderedBy: actor.id,
    });
    await insertAuditEntry(connection, {
      actor,
      action: 'flow.order',
      ground: 'deliberation',
      groundId: groundIdOf(ground),
      purpose: flow.legalContext,
      object: flow.id,
      traceId,
    });
    return { kind: 'ordered' };
  });
}

/** Files with persons in them are handed over encrypted. */
function faultsOfDelivery(
  { clock }: Pick<Services, 'clock'>,
  flow: Flow,
  { certificate, mail, putsDown, choices }: OrderWish,
): FlowIssue[] {
  const issues: FlowIssue[] = [];
  const needsKey = flow.row !== 'count' || putsDown;
  if (certificate === undefined && needsKey)
    issues.push({ name: 'certificate', detail: 'is needed: files with data of persons are encrypted to it' });
  const defect = certificate && defectOfCertificate(certificate, clock());
  if (defect !== undefined) issues.push({ name: 'certificate', detail: defect });
  if (mail !== undefined && parseMailAddress(mail.address) === undefined)
    issues.push({ name: 'mail.address', detail: 'is no mail address' });
  if (choices.format === 'fixed' && flow.columns.some(({ width }) => width === undefined))
    issues.push({ name: 'choices.format', detail: 'is not there: the columns of this flow have no width' });
  return issues;
}

/** Finds what an organisation ordered of a flow. */
export function consultOrder(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
  flowId: string,
): Promise<FlowOrder | undefined> {
  return database.transaction((connection) => findOrder(connection, flowId, organization));
}

/** Ends what an organisation ordered; false where there was nothing. */
export async function cancelOrder(
  { database }: Pick<Services, 'database'>,
  { organization, actor, traceId }: OrganizationAccess,
  flowId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    if (!(await endOrder(connection, flowId, organization))) return false;
    await dropKnownRows(connection, { flow: flowId, organization });
    await insertAuditEntry(connection, {
      actor,
      action: 'flow.order',
      ground: 'duty',
      object: flowId,
      traceId,
    });
    return true;
  });
}

/** What a deliberation must name for a flow as it stands. */
export function needsOf(services: Pick<Services, 'catalogue' | 'clock'>, flow: Flow) {
  const { codes, format, type } = planRun(flow, {}, 'whole', viewOf(services, flow));
  return {
    statuses: codes,
    attributes: attributeNames(format.columns.map(({ field }) => field)),
    ...(type && { attestationType: type.id }),
  };
}
