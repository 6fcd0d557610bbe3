/** Step 3 for many: prepared attestations are made and archived some at a time, and published in one transaction. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  holdPrepared,
  listPrepared,
  markIssuedAll,
  supersedeIssuedOf,
} from '../database/attestation-sets.ts';
import type { AttestationRow } from '../database/attestations.ts';
import { insertAuditRows } from '../database/audit.ts';
import { endAttestationRowsOf } from '../database/batch-row-sets.ts';
import { listCitizenKeys } from '../database/citizen-keys.ts';
import type { Connection } from '../database/database.ts';
import { queueEach } from '../database/jobs.ts';
import { lockNames } from '../database/locks.ts';
import { insertAttachments, insertMessages } from '../database/messages.ts';
import { describeError, ServiceError } from '../errors.ts';
import { deliverMessages } from './deliver.ts';
import { archiveDocument, type Claimed, type IssueServices, makeDocument, openClaimed } from './issue.ts';
import { attachmentOf, issuanceOf, issuingEntries, messageOf } from './issued.ts';
import type { Services } from './services.ts';

type IssueAllServices = IssueServices & Pick<Services, 'log'>;

/** So many documents of one chunk are under way at once: what a store answers in time, and little enough to hold. */
const AT_ONCE = 32;
const ASK_EVERY_MS = 1000;

/** An attestation whose document lies in the archive; the document itself is let go of. */
interface Archived {
  readonly claimed: Claimed;
  readonly issuance: ReturnType<typeof issuanceOf>;
  readonly attachment: ReturnType<typeof attachmentOf>;
}

/** What became of attestations that were to be made. */
export interface Made {
  readonly archived: readonly Archived[];
  /** Those that could not be made or opened; each is left to a job of its own, which says why. */
  readonly failed: readonly string[];
  /** Whether all were tried. */
  readonly isWhole: boolean;
}

/**
 * Makes and archives those of some attestations that are prepared, unless it is told to stop: that is asked before the
 * first and every second. Throws what another system's absence throws.
 */
export async function makeAll(
  services: IssueAllServices,
  attestationIds: readonly string[],
  isStopped: () => Promise<boolean>,
): Promise<Made> {
  const { claimed, missing } = await claimAll(services, attestationIds);
  const archived: Archived[] = [];
  const failed = [...missing];
  const queue = claimed.values();
  let outage: unknown;
  let left = 0;
  const halt = askNowAndThen(isStopped);
  const line = async () => {
    for (const one of queue) {
      if (outage !== undefined) return;
      if (await halt()) {
        left += 1;
        continue;
      }
      try {
        archived.push(await makeOne(services, one));
      } catch (error) {
        const { attestationId } = one.row;
        if (error instanceof ServiceError && error.isRetriable) outage = error;
        services.log.warn({ attestationId, reason: describeError(error) }, 'an attestation of a batch waits');
        failed.push(attestationId);
      }
      // Whoever waits for an answer has a turn.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  if (outage !== undefined) throw outage;
  return { archived, failed, isWhole: left === 0 };
}

/** Asks at once and then no more than every second; after a yes, never again. */
function askNowAndThen(ask: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  let askedAt = 0;
  return async () => {
    const now = performance.now();
    if (answer === undefined || (now - askedAt >= ASK_EVERY_MS && !(await answer))) {
      askedAt = now;
      answer = ask();
    }
    return answer;
  };
}

async function makeOne(services: IssueAllServices, claimed: Claimed): Promise<Archived> {
  const { sealing } = services;
  const made = await sealing.reach(sealing.levels.batch, (means) =>
    makeDocument(services, claimed, means, false),
  );
  const stored = await archiveDocument(services, claimed, made);
  return { claimed, issuance: issuanceOf(stored), attachment: attachmentOf(services, claimed.row, stored) };
}

async function claimAll(
  { database, catalogue, vault }: IssueAllServices,
  attestationIds: readonly string[],
): Promise<{ readonly claimed: readonly Claimed[]; readonly missing: readonly string[] }> {
  const { rows, keys } = await database.transaction(async (connection) => {
    const prepared = await listPrepared(connection, attestationIds);
    const keyIds = [...new Set(prepared.map(({ citizenKeyId }) => citizenKeyId))];
    return { rows: prepared, keys: await listCitizenKeys(connection, keyIds) };
  });
  const wrapped = new Map(keys.map(({ citizenKeyId, wrappedKey }) => [citizenKeyId, wrappedKey]));
  const claimed: Claimed[] = [];
  const missing: string[] = [];
  for (const { replacedNumber, ...row } of rows) {
    const type = catalogue.types.get(row.type);
    const key = wrapped.get(row.citizenKeyId);
    if (type === undefined || key === undefined) missing.push(row.attestationId);
    else claimed.push(openClaimed(vault, row, type, key, replacedNumber ?? undefined));
  }
  return { claimed, missing };
}

/** Publishes what was made in the caller's transaction. What was withdrawn or erased meanwhile is not issued. */
export async function publishAll(
  services: IssueAllServices,
  connection: Connection,
  { archived, failed }: Omit<Made, 'isWhole'>,
): Promise<void> {
  const ids = archived.map(({ claimed }) => claimed.row.attestationId);
  await lockNames(
    connection,
    archived.map(({ claimed }) => `case/${claimed.row.caseId}`),
  );
  const prepared = new Set(await holdPrepared(connection, ids));
  await publishPrepared(
    services,
    connection,
    archived.filter(({ claimed }) => prepared.has(claimed.row.attestationId)),
  );
  await queueEach(connection, { lane: 'bulk', kind: 'issue', idName: 'attestationId' }, failed);
}

async function publishPrepared(
  services: IssueAllServices,
  connection: Connection,
  archived: readonly Archived[],
): Promise<void> {
  if (archived.length === 0) return;
  const rows = archived.map(({ claimed }) => claimed.row);
  const superseded = new Map(
    (await supersedeIssuedOf(connection, caseIdsOf(rows))).map((one) => [one.caseId, one]),
  );
  const times = new Map(
    (
      await markIssuedAll(
        connection,
        archived.map(({ claimed, issuance }) => ({
          ...issuance,
          attestationId: claimed.row.attestationId,
        })),
      )
    ).map(({ attestationId, issuedAt }) => [attestationId, issuedAt]),
  );
  const issued = archived.map((one) => {
    const { row } = one.claimed;
    const issuedAt = times.get(row.attestationId);
    if (issuedAt === undefined)
      throw new ServiceError('unexpected', `attestation ${row.attestationId} could not be issued`);
    return { ...one, row, issuedAt, messageId: row.messageId, replaced: superseded.get(row.caseId) };
  });
  await insertMessages(
    connection,
    issued.map(({ claimed, issuedAt, replaced }) =>
      messageOf(services, claimed, issuedAt, replaced?.messageId),
    ),
  );
  await insertAttachments(
    connection,
    issued.map(({ attachment, messageId }) => ({ ...attachment, messageId })),
  );
  await insertAuditRows(
    connection,
    issued.flatMap(({ row, issuance, replaced }) => issuingEntries(row, issuance, replaced?.attestationId)),
  );
  await deliverMessages(
    services,
    connection,
    issued.map(({ row, messageId, issuedAt }) => ({
      messageId,
      personId: row.personId,
      receivedAt: issuedAt,
      lane: 'bulk',
    })),
  );
  // Last: it counts on the one row of its batch, which others wait for.
  await endAttestationRowsOf(
    connection,
    issued.map(({ row }) => row.attestationId),
  );
}

function caseIdsOf(rows: readonly Pick<AttestationRow, 'caseId'>[]): string[] {
  return rows.map(({ caseId }) => caseId);
}
