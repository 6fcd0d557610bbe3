/** Settles many cases in one transaction, each by the rules of one, and prepares their versions together. */
import { insertAttestations, listVersionsOf, nextAttestationNumbers } from '../database/attestation-sets.ts';
import type { NewAttestation } from '../database/attestations.ts';
import { attachRowsOf } from '../database/batch-row-sets.ts';
import type { Connection } from '../database/database.ts';
import { insertDecisions, type NewDecision } from '../database/decisions.ts';
import { listEmployersById } from '../database/employers.ts';
import { lockNames } from '../database/locks.ts';
import { listAliasesOf } from '../database/person-sets.ts';
import type { PersonRow } from '../database/persons.ts';
import { listStatuses } from '../database/statuses.ts';
import { parseCaseId } from '../domain/case.ts';
import { codesOf } from '../domain/entitlement-rule.ts';
import { brusselsDate } from '../domain/period.ts';
import type { Status } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import { employerIdsOf } from './attested-facts.ts';
import { groupBy } from './group.ts';
import { type Draft, fixVersion, type PrepareServices } from './prepare.ts';
import { act, decisionOf, lookAgain, type SettledCase, weigh } from './settle.ts';
import { findSubject } from './subject.ts';
import type { HeldKey } from './write-rows.ts';

/**
 * Settles cases of persons who are in the register and not erased, whose keys are open; the caller holds the locks of
 * these persons. What is prepared waits in the rows of its case: the caller issues it.
 */
export async function settleCases(
  services: PrepareServices,
  connection: Connection,
  cases: ReadonlyMap<string, PersonRow>,
  keys: ReadonlyMap<string, HeldKey>,
): Promise<void> {
  if (cases.size === 0) return;
  await lockNames(
    connection,
    [...cases.keys()].map((caseId) => `case/${caseId}`),
  );
  const settled = [...cases].map(([caseId, person]) => readCase(services, caseId, person));
  const facts = await findFacts(connection, settled);
  const versions = groupBy(await listVersionsOf(connection, [...cases.keys()]), ({ caseId }) => caseId);
  const today = brusselsDate(services.clock());
  const drafts: Omit<Draft, 'lane'>[] = [];
  const decisions: NewDecision[] = [];
  for (const one of settled) {
    const subject = await findSubject(services, connection, one.person, one.type.rules);
    const found = { facts: facts.get(one.person.personId) ?? [], subject, today };
    const weighed = weigh(one, found, versions.get(one.caseId) ?? []);
    decisions.push(decisionOf(services, weighed));
    await lookAgain(connection, weighed, today);
    const draft = await act(connection, weighed);
    if (draft !== undefined) drafts.push(draft);
  }
  await insertDecisions(connection, decisions);
  if (drafts.length > 0) await prepareAll(services, connection, drafts, keys);
}

/** Reads a case of a person who was found. */
export function readCase(
  { catalogue }: Pick<PrepareServices, 'catalogue'>,
  caseId: string,
  person: PersonRow,
): SettledCase {
  const ofCase = parseCaseId(caseId);
  const type = ofCase && catalogue.types.get(ofCase.type);
  if (ofCase && type) return { caseId, ofCase, type, person };
  throw new ServiceError('recordMissing', `case ${caseId} names an unknown type`);
}

/** Lists the facts of each person, under any of their ids; the rules of entitlement take those that count for a case. */
export async function findFacts(
  connection: Connection,
  cases: readonly SettledCase[],
): Promise<ReadonlyMap<string, readonly Status[]>> {
  const personIds = [...new Set(cases.map(({ person }) => person.personId))];
  const aliases = await listAliasesOf(connection, personIds);
  const holders = new Map(aliases.map(({ alias, personId }) => [alias, personId]));
  const codes = [...new Set(cases.flatMap(({ type }) => type.rules.flatMap(codesOf)))];
  const facts = await listStatuses(connection, [...holders.keys()], codes);
  return groupBy(facts, ({ personId }) => holders.get(personId) ?? personId);
}

async function prepareAll(
  services: PrepareServices,
  connection: Connection,
  drafts: readonly Omit<Draft, 'lane'>[],
  keys: ReadonlyMap<string, HeldKey>,
): Promise<void> {
  const named = await listEmployersById(connection, [...new Set(drafts.flatMap(employerIdsOf))]);
  const employers = new Map(named.map((row) => [row.employerId, row]));
  const numbers = await nextAttestationNumbers(connection, drafts.length);
  const prepared = drafts.map((draft, index): NewAttestation => {
    const { personId } = draft.person;
    const citizenKey = keys.get(personId);
    const sequence = numbers[index];
    if (citizenKey === undefined || sequence === undefined)
      throw new ServiceError('unexpected', `person ${personId} has no key`);
    return fixVersion(services, draft, { citizenKey, employers, sequence });
  });
  await insertAttestations(connection, prepared);
  await attachRowsOf(connection, prepared);
}
