/** A receiver starts runs of its flows, follows them, and fetches their files, as often as it needs to. */
import { insertAuditEntry } from '../database/audit.ts';
import { type FlowFile, findFlowFile, listFiles, listParts } from '../database/flow-files.ts';
import { findOrder, listOrders } from '../database/flow-orders.ts';
import { type FlowRun, findRun, listLastRuns, listRuns } from '../database/flow-runs.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Flow, FlowChoices, FlowIssue } from '../domain/flow.ts';
import { faultsOfChoices, writtenFormatOf } from '../domain/flow-plan.ts';
import { groundIdOf } from '../domain/ground.ts';
import { createFlowWriter } from '../flow/flow-writer.ts';
import { nameOf } from './flow-close.ts';
import { encryptContent, readContent } from './flow-content.ts';
import { findFlowGround } from './flow-ground.ts';
import { findFlow } from './flow-order.ts';
import { findRunKey } from './flow-part.ts';
import { type StartOutcome, type StartServices, startRun } from './flow-start.ts';
import type { OrganizationAccess } from './institution.ts';
import type { Services } from './services.ts';

export type { Flow, FlowFile, FlowRun };

export interface ListedFlow {
  readonly flow: Flow;
  readonly isOrdered: boolean;
  readonly lastRun: FlowRun | undefined;
}

/** Lists the flows that an organisation may receive, whether it ordered them, and their last runs. */
export async function listFlows(
  { database, catalogue }: Pick<Services, 'database' | 'catalogue'>,
  { organization }: OrganizationAccess,
): Promise<readonly ListedFlow[]> {
  const flows = [...catalogue.flows.values()].filter(({ receivers }) =>
    receivers.some((one) => one === organization),
  );
  const ids = flows.map(({ id }) => id);
  const { orders, runs } = await database.transaction(async (connection) => ({
    orders: await listOrders(connection, ids),
    runs: await listLastRuns(connection),
  }));
  const own = new Set(orders.filter((order) => order.organization === organization).map(({ flow }) => flow));
  return flows.map((flow) => ({
    flow,
    isOrdered: own.has(flow.id),
    lastRun: runs.find((run) => run.flow === flow.id && run.organization === organization),
  }));
}

export type AskOutcome =
  | StartOutcome
  | { readonly kind: 'notFound' | 'notOrdered' }
  | { readonly kind: 'faulty'; readonly issues: readonly FlowIssue[] };

/** Begins a run that the receiver asks for. */
export async function askForRun(
  services: StartServices & Pick<Services, 'database'>,
  access: OrganizationAccess,
  flowId: string,
  { choices, isWhole }: { readonly choices: FlowChoices; readonly isWhole: boolean },
): Promise<AskOutcome> {
  const flow = findFlow(services, flowId, access.organization);
  if (flow === undefined) return { kind: 'notFound' };
  const issues = faultsOfChoices(flow, choices);
  if (issues.length > 0) return { kind: 'faulty', issues };
  return services.database.transaction(async (connection): Promise<AskOutcome> => {
    const order = await findOrder(connection, flowId, access.organization);
    if (order === undefined) return { kind: 'notOrdered' };
    const { actor, traceId } = access;
    return startRun(
      services,
      connection,
      { flow, order },
      { cause: 'asked', actor, traceId, choices, isWhole },
    );
  });
}

/** Lists the runs of a flow for an organisation, the newest first. */
export function consultRuns(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
  flow: string,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<readonly FlowRun[]> {
  return database.transaction((connection) => listRuns(connection, { flow, organization }, page));
}

/** A file and what it is called. */
export interface NamedFile extends FlowFile {
  readonly name: string;
}

/** Finds a run of an organisation with its files; those without a row are left out of a flow that is split. */
export async function consultRun(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
  runId: string,
): Promise<{ readonly run: FlowRun; readonly files: readonly NamedFile[] } | undefined> {
  return database.transaction(async (connection) => {
    const run = await findRun(connection, runId, organization);
    if (run === undefined) return undefined;
    const files = run.state === 'done' ? await listFiles(connection, runId) : [];
    const filled = files.filter(({ part, rowCount }) => part === undefined || rowCount > 0);
    return { run, files: filled.map((file) => ({ ...file, name: nameOf(run, file) })) };
  });
}

/** A file on its way to its receiver. */
export interface FetchedFile {
  readonly kind: 'file';
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Buffer>;
}

/**
 * Fetches a file of a run that is done. `notAllowed` once no deliberation allows it any more, `gone` once the key of the
 * run was destroyed. Nothing is held of the file but the part that is under way.
 */
export async function fetchFile(
  services: Pick<Services, 'database' | 'archive' | 'vault'>,
  { organization, actor, traceId }: OrganizationAccess,
  runId: string,
  fileId: string,
): Promise<FetchedFile | { readonly kind: 'notFound' | 'notAllowed' | 'gone' }> {
  return services.database.transaction(async (connection) => {
    const run = await findRun(connection, runId, organization);
    const file = await findFlowFile(connection, fileId, organization);
    if (run?.state !== 'done' || file?.runId !== runId || file.bytes === null || file.sha256 === null)
      return { kind: 'notFound' };
    // It was read from a token that was checked.
    const party = { organization: organization as EnterpriseNumber, deliberationId: run.deliberationId };
    const ground = await findFlowGround(connection, party, run.plan);
    if (ground === undefined) return { kind: 'notAllowed' };
    const key = await findRunKey(services, connection, runId);
    if (key === undefined) return { kind: 'gone' };
    const parts = await listParts(connection, fileId);
    const { contentKey, recipient, bytes, handedBytes } = file;
    await insertAuditEntry(connection, {
      actor,
      action: 'flow.fetch',
      ground: 'deliberation',
      groundId: groundIdOf(ground),
      purpose: run.plan.legalContext,
      object: `${run.flow}/${runId}/${fileId}`,
      digest: file.handedSha256 ?? file.sha256,
      traceId,
    });
    const content = readContent(services, { plan: run.plan, key, parts });
    const name = nameOf(run, file);
    if (contentKey === null || recipient === null || handedBytes === null) {
      const { mediaType } = createFlowWriter(writtenFormatOf(run.plan), run.flow);
      return { kind: 'file', name, mediaType, bytes, content };
    }
    const encryption = { fileId, bytes, contentKey, recipient };
    const encrypted = encryptContent(content, key, encryption);
    return {
      kind: 'file',
      name,
      mediaType: 'application/pkcs7-mime',
      bytes: handedBytes,
      content: encrypted,
    };
  });
}
