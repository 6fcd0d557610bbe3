/** Decisions on cases: what was decided when, by which rules and on which facts; each kept once until it changes. */
import type { Ground } from '../domain/ground.ts';
import type { LocalDate } from '../domain/period.ts';
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

/** Keeps a decision unless it is the one that was taken last. */
export async function insertDecision(connection: Connection, one: NewDecision): Promise<void> {
  await connection.query(
    `insert into decision (decision_id, case_id, person_id, type, type_version, is_entitled, explanations)
     select $1::uuid, $2::text, $3::uuid, $4::text, $5::int, $6::boolean, $7::jsonb
     where not exists (select from (select d.type_version, d.is_entitled, d.explanations from decision d
         where d.case_id = $2 order by d.decided_at desc limit 1) last
       where last.type_version = $5::int and last.is_entitled = $6::boolean and last.explanations = $7::jsonb)`,
    [
      one.decisionId,
      one.caseId,
      one.personId,
      one.type,
      one.typeVersion,
      one.isEntitled,
      JSON.stringify(one.explanations),
    ],
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
