/** Runs of flows for two agencies, each with a file without rows. */
import { randomUUID } from 'node:crypto';
import type { RunPlan } from '../../../src/domain/flow.ts';
import { newDeliberation } from '../../support/grounds.ts';
import { day } from '../../support/register.ts';
import type { TestService } from '../../support/service.ts';
import { PARTIES } from './callers.ts';
import type { Thing } from './world.ts';

/** The flow of every address in the matrix; nobody in it is its receiver now. */
export const FLOW = 'social-statuses';
const LEGAL_CONTEXT = 'CITY:FLOW';

const plan: RunPlan = {
  flow: FLOW,
  row: 'count',
  legalContext: LEGAL_CONTEXT,
  rules: [],
  statuses: [],
  codes: [],
  window: { from: day('2020-01-01'), until: day('2020-01-31') },
  attributes: {},
  enterprise: false,
  format: { kind: 'ndjson', separator: ';', columns: [] },
  fewest: 1,
  tellsChanges: false,
  differences: false,
};

/** Makes them as they would be once they are done. */
export async function makeFlowRuns({
  database,
  service,
}: TestService): Promise<{ readonly flowRun: readonly Thing[] }> {
  const made: Thing[] = [];
  for (const owner of ['agencyA', 'agencyB'] as const) {
    const organization = PARTIES[owner].number;
    const { vault, settings } = service.composition.services;
    const use = { organization, flows: [FLOW], legalContext: LEGAL_CONTEXT };
    const { deliberationId } = await service.composition.services.database.transaction((connection) =>
      newDeliberation(connection, use),
    );
    const [orderId, runId, fileId] = [randomUUID(), randomUUID(), randomUUID()];
    await database.query(
      `insert into flow_order (order_id, flow, organization, deliberation_id, choices, puts_down, ordered_by, ended_at)
       values ($1, $2, $3, $4, '{}', false, 'matrix', now())`,
      [orderId, FLOW, organization, deliberationId],
    );
    await database.query(
      `insert into flow_run (run_id, order_id, flow, organization, run_number, cause, asked_by, state, plan, deliberation_id,
         deliberation_version, done_at) values ($1, $2, $3, $4, 1, 'asked', 'matrix', 'done', $5, $6, 1, now())`,
      [runId, orderId, FLOW, organization, JSON.stringify(plan), deliberationId],
    );
    await database.query(
      `insert into flow_file (file_id, run_id, file_number, is_read, bytes, sha256) values ($1, $2, 1, true, 0, $3)`,
      [fileId, runId, Buffer.alloc(32)],
    );
    await database.query(
      `insert into file_key (file_key_id, wrapped_key, key_version, expires_at) values ($1, $2, $3, now() + make_interval(days => $4))`,
      [runId, vault.createFileKey(runId), vault.version, settings.fileKeyDays],
    );
    made.push({ owner, id: runId, second: fileId });
  }
  const [first, other] = made;
  return {
    flowRun: [
      ...made,
      // A run of one's own leads to no file of somebody else's.
      { owner: 'nobody', id: randomUUID(), second: first?.second ?? '' },
      { owner: 'malformed', id: 'not-a-uuid', second: other?.second ?? '' },
    ],
  };
}
