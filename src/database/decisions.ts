/** Decisions on cases: what was decided when, by which rules and on which facts; each kept once until it changes. */
import type { Ground } from '../domain/ground.ts';
import type { LocalDate } from '../domain/period.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/** A fact that was decided on, as the source named it. */
export interface DecidedFact {
  readonly status: string;
  readonly source: string;
  readonly reference: string;
  readonly from: LocalDate;
  readonly until?: LocalDate;
}

/** What came of a rule. */
export interface DecidedRule {
  readonly rule: string;
  /** Why it is not met; empty when it is. */
  readonly reasons: readonly string[];
  readonly facts: readonly DecidedFact[];
}

export interface NewDecision {
  readonly decisionId: string;
  readonly caseId: string;
  readonly personId: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly isEntitled: boolean;
  readonly explanations: readonly DecidedRule[];
}

/** Keeps each decision that is not the one taken last on its case. */
export async function insertDecisions(
  connection: Connection,
  decisions: readonly NewDecision[],
): Promise<void> {
  await connection.query(
    `insert into decision (decision_id, case_id, person_id, type, type_version, is_entitled, explanations)
     select n.* from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int[], $6::boolean[], $7::jsonb[])
       as n (decision_id, case_id, person_id, type, type_version, is_entitled, explanations)
     where not exists (select from (select d.type_version, d.is_entitled, d.explanations from decision d
         where d.case_id = n.case_id order by d.decided_at desc limit 1) last
       where last.type_version = n.type_version and last.is_entitled = n.is_entitled
         and last.explanations = n.explanations)`,
    columnsOf(decisions, [
      (one) => one.decisionId,
      (one) => one.caseId,
      (one) => one.personId,
      (one) => one.type,
      (one) => one.typeVersion,
      (one) => one.isEntitled,
      (one) => JSON.stringify(one.explanations),
    ]),
  );
}

/** A decision as it is told. */
export interface DecisionRow extends Omit<NewDecision, 'caseId' | 'personId'> {
  readonly decidedAt: Date;
}

/** Lists the decisions that a ground covers, the newest first. */
export async function listDecisions(
  connection: Connection,
  ground: Ground,
  limit: number,
): Promise<readonly DecisionRow[]> {
  const values: unknown[] = [limit];
  const isCovered = coveredBy(ground, { person: 'd.person_id', attestationType: 'd.type' }, bindTo(values));
  return connection.query<DecisionRow>(
    `select d.decision_id as "decisionId", d.type, d.type_version as "typeVersion", d.is_entitled as "isEntitled",
       d.explanations, d.decided_at as "decidedAt"
     from decision d where ${isCovered} order by d.decided_at desc, d.decision_id limit $1`,
    values,
  );
}
