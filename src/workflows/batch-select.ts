/** The institution has a batch made of a selection on its register: each case that the selection touches is a row. */
import { insertAuditEntry } from '../database/audit.ts';
import { completeSelection, insertCheckedRows, listSelected } from '../database/batch-selection.ts';
import { deleteBatch, findBatch, insertBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { findRange, type PersonRange } from '../database/flow-reads.ts';
import { listAliasesOf } from '../database/person-sets.ts';
import { listStatuses } from '../database/statuses.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { usualCanary } from '../domain/batch-guard.ts';
import { codesOf, type Limits } from '../domain/entitlement-rule.ts';
import type { Flow, Places, RunPlan } from '../domain/flow.ts';
import type { DayRange, PeriodWish } from '../domain/flow-period.ts';
import { planRun } from '../domain/flow-plan.ts';
import { brusselsDate } from '../domain/period.ts';
import type { Status, StatusCode } from '../domain/status.ts';
import type { FileKey } from '../keys/vault.ts';
import { casesOf } from './apply.ts';
import { runOrForesee } from './batch-check.ts';
import { sealFileName } from './batch-row.ts';
import { createFileKey } from './file-key.ts';
import type { InstitutionAccess } from './institution.ts';
import type { Services } from './services.ts';

/** Who is meant, in the words of flows; every property narrows. */
export interface BatchSelection {
  readonly attestationType: string;
  readonly period: PeriodWish;
  /** Of the statuses that the type looks at. */
  readonly statuses?: readonly StatusCode[];
  readonly places?: Places;
  readonly age?: Limits;
}

export interface SelectionOrder {
  readonly selection: BatchSelection;
  readonly name: string;
  readonly runsAtOnce: boolean;
  readonly canaryRows?: number | undefined;
}

type SelectServices = Pick<Services, 'database' | 'vault' | 'catalogue' | 'newId' | 'clock' | 'settings'>;

const PERSONS_AT_ONCE = 5000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Lists the statuses that a selection names and its type does not look at; undefined for a type that is not known. */
export function unknownStatuses(
  { catalogue }: Pick<Services, 'catalogue'>,
  { attestationType, statuses = [] }: BatchSelection,
): readonly StatusCode[] | undefined {
  const type = catalogue.types.get(attestationType);
  const known = type && statusesOf(type);
  return known && statuses.filter((code) => !known.includes(code));
}

/**
 * Makes a batch of everybody who is meant and gives its id. It needs no checking: what its rows come to is decided by the
 * rules of their type when it runs. No transaction lasts longer than some thousand persons take.
 */
export async function submitSelection(
  services: SelectServices,
  access: InstitutionAccess,
  order: SelectionOrder,
): Promise<string> {
  const { database } = services;
  const batchId = services.newId();
  const key = await database.transaction((connection) =>
    openBatch(services, connection, access, batchId, order),
  );
  try {
    const rows = await stageCases(services, key, batchId, order.selection);
    await database.transaction(async (connection) => {
      await completeSelection(connection, batchId, rows);
      const { actor, traceId } = access;
      const entry = { actor, action: 'batch.submit', ground: 'duty', object: batchId, traceId } as const;
      await insertAuditEntry(connection, entry);
      const batch = await findBatch(connection, batchId);
      if (batch !== undefined) await runOrForesee(services, connection, batch);
    });
    return batchId;
  } catch (error) {
    await database.transaction((connection) => deleteBatch(connection, batchId));
    throw error;
  }
}

async function openBatch(
  services: SelectServices,
  connection: Connection,
  { actor, organization }: InstitutionAccess,
  batchId: string,
  { name, runsAtOnce, canaryRows }: SelectionOrder,
): Promise<FileKey> {
  const key = await createFileKey(services, connection, batchId);
  await insertBatch(connection, {
    batchId,
    organization,
    submittedBy: actor.id,
    submittedByKind: actor.kind,
    form: 'selection',
    fileName: sealFileName(key, batchId, name),
    runsAtOnce,
    canaryRows: canaryRows ?? usualCanary(services.settings.batchGuards, organization) ?? null,
  });
  return key;
}

async function stageCases(
  services: SelectServices,
  key: FileKey,
  batchId: string,
  selection: BatchSelection,
): Promise<number> {
  const type = services.catalogue.types.get(selection.attestationType);
  if (type === undefined) return 0;
  const plan = planOf(services, type, selection);
  let rows = 0;
  for (let after = NOBODY; ; ) {
    const from = after;
    const range = await services.database.transaction(async (connection) => {
      const next = await findRange(connection, {}, from, PERSONS_AT_ONCE);
      const caseIds = next === undefined ? [] : await listCases(connection, type, plan, next);
      const staged = caseIds.map((caseId, at) => {
        return { rowNumber: rows + at + 1, body: key.seal(Buffer.from(caseId), batchId), caseId };
      });
      if (staged.length > 0) await insertCheckedRows(connection, batchId, staged);
      return next && { ...next, rows: staged.length };
    });
    if (range === undefined) return rows;
    rows += range.rows;
    after = range.last;
  }
}

/** A flow of the moment that nobody receives: its selection says who is meant. */
function planOf(
  { catalogue, clock }: Pick<Services, 'catalogue' | 'clock'>,
  type: AttestationType,
  { period, statuses, places, age }: BatchSelection,
): RunPlan {
  const none = { nl: '', fr: '', de: '', en: '' };
  const flow: Flow = {
    id: 'selection',
    version: 1,
    name: none,
    receivers: [],
    legalContext: '',
    row: 'person',
    select: {
      all: [],
      any: statuses ?? statusesOf(type),
      none: [],
      sources: {},
      period,
      days: 1,
      attributes: {},
      enterprise: false,
      ...(places && { places }),
      ...(age && { age }),
    },
    choose: [],
    columns: [],
    format: { kind: 'csv', separator: ';' },
    differences: false,
    fewest: 0,
  };
  const { municipalities } = catalogue;
  return planRun(flow, {}, 'whole', { municipalities, typeRules: [], today: brusselsDate(clock()) });
}

function statusesOf({ rules }: AttestationType): readonly StatusCode[] {
  return [...new Set(rules.flatMap(codesOf))];
}

/** Lists the cases that persons of a range who are meant have within the days of the selection. */
async function listCases(
  connection: Connection,
  type: AttestationType,
  plan: RunPlan,
  range: PersonRange,
): Promise<readonly string[]> {
  const aliases = await listAliasesOf(connection, await listSelected(connection, plan, range));
  const holders = new Map(aliases.map(({ alias, personId }) => [alias, personId]));
  const facts = await listStatuses(connection, [...holders.keys()], plan.statuses);
  const within = facts.filter((fact) => isWithin(fact, plan.window));
  return casesOf(
    [type],
    within.map((fact) => ({ ...fact, personId: holders.get(fact.personId) ?? fact.personId })),
  );
}

/** Whether a fact holds on some of these days. */
function isWithin({ period: { startDate, endDate } }: Status, { from, until }: DayRange): boolean {
  return startDate <= until && (endDate === undefined || endDate >= from);
}
