/** The receiver of a flow is told by mail that a run is there; the mail says nothing of anybody. */
import type { Connection } from '../database/database.ts';
import { type FlowOrder, findOrderById } from '../database/flow-orders.ts';
import { findRun } from '../database/flow-runs.ts';
import { queueJob } from '../database/jobs.ts';
import { describeError, ServiceError } from '../errors.ts';
import { composeFlowNotice } from '../mail/flow-notice.ts';
import type { OrganizationAccess } from './institution.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type TellServices = Pick<Services, 'database' | 'catalogue' | 'mailer' | 'settings' | 'log'>;

/** Queues the mail in the transaction that ends a run, where the receiver wants one. */
export async function queueTelling(
  connection: Connection,
  { mail }: FlowOrder,
  runId: string,
): Promise<void> {
  if (mail === null) return;
  await queueJob(connection, { lane: 'tell', kind: 'tellFlow', payload: { runId }, dedupeKey: runId });
}

/** Mails again that a run is there, to where its receiver is told; false where that is nowhere, or it is not their run. */
export async function tellAgain(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
  runId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    const run = await findRun(connection, runId, organization);
    const order = run?.state === 'done' ? await findOrderById(connection, run.orderId) : undefined;
    if (order === undefined || order.mail === null) return false;
    await queueTelling(connection, order, runId);
    return true;
  });
}

/**
 * Mails the receiver and ends the job; a second try sends the same mail under the same id. A mail that the server does
 * not want is logged: the run is there all the same. Throws `mailUnavailable`.
 */
export async function tellReceiver(services: TellServices, lease: Lease, runId: string): Promise<void> {
  const { database, catalogue, mailer, settings, log } = services;
  const told = await database.transaction(async (connection) => {
    const run = await findRun(connection, runId);
    return { run, order: run && (await findOrderById(connection, run.orderId)) };
  });
  const { run, order } = told;
  const flow = run && catalogue.flows.get(run.flow);
  if (run && flow && order?.mail && order.mailLanguage) {
    const language = order.mailLanguage;
    const notice = composeFlowNotice(catalogue.noticeTexts[language].flow, {
      language,
      issuerName: catalogue.issuer.name[language],
      flow: flow.name[language],
      number: run.runNumber,
      rows: run.rowCount,
      url: `${settings.publicUrl}/flows/v1/flows/${flow.id}/runs/${runId}`,
    });
    const messageId = `<${runId}@${new URL(settings.publicUrl).hostname}>`;
    try {
      await mailer.send({ ...notice, to: { address: order.mail }, messageId });
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'mailRefused') throw error;
      log.warn({ runId, reason: describeError(error) }, 'the mail server does not take the mail about a run');
    }
  }
  await database.transaction((connection) => commitLease(connection, lease));
}
