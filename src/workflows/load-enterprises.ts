/** Enterprises of a register file, many in one transaction: set by set, as if one after the other. */
import type { Connection } from '../database/database.ts';
import {
  describeEmployers,
  insertEmployers,
  type LoadedEmployer,
  saveParts,
} from '../database/employer-loads.ts';
import { type EmployerRow, listEmployersOf } from '../database/employers.ts';
import type { EnterpriseRecord } from '../flow/register-record.ts';
import { groupBy } from './group.ts';
import type { LoadServices, RecordIssue } from './load-person.ts';

/** A record and its place. */
export interface EnterpriseLine {
  readonly line: number;
  readonly enterprise: EnterpriseRecord;
}

/** Loads enterprises within the caller's transaction; gives those that were refused. */
export async function loadEnterprises(
  services: Pick<LoadServices, 'newId'>,
  connection: Connection,
  lines: readonly EnterpriseLine[],
): Promise<readonly { readonly line: number; readonly issue: RecordIssue }[]> {
  const refused: { readonly line: number; readonly issue: RecordIssue }[] = [];
  for (const round of roundsOf(lines)) {
    for (const line of await loadSet(services, connection, round))
      refused.push({ line, issue: { name: 'nssoNumber', detail: 'belongs to another enterprise' } });
  }
  return refused;
}

const numbersOf = ({ enterpriseNumber, nssoNumber }: EnterpriseRecord) => ({
  enterpriseNumber: enterpriseNumber.padStart(10, '0'),
  nssoNumber: nssoNumber ?? null,
  provisionalNssoNumber: null,
});

/** Puts lines into rounds: none has a number twice, and whatever names the same number stays in its order. */
function roundsOf(lines: readonly EnterpriseLine[]): readonly (readonly EnterpriseLine[])[] {
  const rounds: EnterpriseLine[][] = [];
  const next = new Map<string, number>();
  for (const one of lines) {
    const { enterpriseNumber, nssoNumber } = numbersOf(one.enterprise);
    const names = [enterpriseNumber, ...(nssoNumber === null ? [] : [`nsso/${nssoNumber}`])];
    const round = Math.max(...names.map((name) => next.get(name) ?? 0));
    for (const name of names) next.set(name, round + 1);
    (rounds[round] ??= []).push(one);
  }
  return rounds;
}

/** Gives the lines whose NSSO number another enterprise has. */
async function loadSet(
  { newId }: Pick<LoadServices, 'newId'>,
  connection: Connection,
  lines: readonly EnterpriseLine[],
): Promise<readonly number[]> {
  const added = await insertEmployers(
    connection,
    lines.map(({ enterprise }) => loaded(enterprise, newId())),
  );
  const found = groupBy(
    await listEmployersOf(
      connection,
      lines.map(({ enterprise }) => numbersOf(enterprise)),
    ),
    ({ position }) => String(position),
  );
  const refused: number[] = [];
  const described: LoadedEmployer[] = [];
  const holders: { readonly employerId: string; readonly enterprise: EnterpriseRecord }[] = [];
  for (const [position, { line, enterprise }] of lines.entries()) {
    const rows = found.get(String(position)) ?? [];
    const { enterpriseNumber } = numbersOf(enterprise);
    if (rows.some((row) => row.enterpriseNumber !== null && row.enterpriseNumber !== enterpriseNumber)) {
      refused.push(line);
      continue;
    }
    described.push(
      ...rows.filter(({ employerId }) => !added.has(employerId)).map(describe(enterprise, rows)),
    );
    const holder = rows.find((row) => row.enterpriseNumber === enterpriseNumber) ?? rows[0];
    if (holder !== undefined) holders.push({ employerId: holder.employerId, enterprise });
  }
  await describeEmployers(connection, described);
  await saveAllParts(connection, holders);
  return refused;
}

function loaded(enterprise: EnterpriseRecord, employerId: string): LoadedEmployer {
  const { name, activeUntil = null } = enterprise;
  return { ...numbersOf(enterprise), employerId, name, activeUntil };
}

/** An employer that was first declared by one of its numbers learns the other one here, where it is the only one. */
function describe(enterprise: EnterpriseRecord, rows: readonly EmployerRow[]) {
  return ({ employerId }: EmployerRow): LoadedEmployer => {
    const described = loaded(enterprise, employerId);
    return rows.length === 1 ? described : { ...described, enterpriseNumber: null, nssoNumber: null };
  };
}

function saveAllParts(
  connection: Connection,
  holders: readonly { readonly employerId: string; readonly enterprise: EnterpriseRecord }[],
): Promise<unknown> {
  const named = (pick: (one: EnterpriseRecord) => readonly string[] | undefined) =>
    holders.flatMap(({ employerId, enterprise }) => {
      const parts = pick(enterprise);
      return parts === undefined ? [] : [{ employerId, parts }];
    });
  const units = named(({ establishmentUnits }) => establishmentUnits);
  const committees = named(({ jointCommittees }) => jointCommittees);
  return saveParts(connection, 'units', units).then(() => saveParts(connection, 'committees', committees));
}
