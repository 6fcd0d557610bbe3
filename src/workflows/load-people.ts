/** Many persons of a register file in one transaction: set by set, and one by one where a number takes another's place. */
import { insertAuditEntries } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  type LookedAt,
  listHouseholds,
  lookAtPersons,
  pointAt,
  saveDomiciles,
  savePersons,
} from '../database/person-loads.ts';
import { listPresentFacts } from '../database/status-history.ts';
import { looksAtPerson } from '../domain/entitlement-rule.ts';
import { sexOf } from '../domain/ssin.ts';
import type { PersonRecord } from '../flow/register-record.ts';
import { queueSettling } from './apply.ts';
import { claimFormer, claimNumbers, type FormerNumber } from './claim-numbers.ts';
import {
  type LoadServices,
  loadPerson,
  personOf,
  type RecordIssue,
  type SourceAccess,
} from './load-person.ts';
import { keepSelfEmployed } from './self-employed.ts';

/** A record and its line. */
export interface PersonLine {
  readonly line: number;
  readonly person: PersonRecord;
}

/** A record that was not loaded. */
export interface RefusedPerson {
  readonly line: number;
  readonly issue: RecordIssue;
}

/** Loads persons within the caller's transaction, as if one after the other; gives those that were refused. */
export async function loadPeople(
  services: LoadServices,
  connection: Connection,
  access: SourceAccess,
  lines: readonly PersonLine[],
): Promise<readonly RefusedPerson[]> {
  const refused: RefusedPerson[] = [];
  for (const round of roundsOf(lines)) {
    for (const { line, person } of await loadSet(services, connection, access, round)) {
      const issue = await loadPerson(services, connection, access, person);
      if (issue !== undefined) refused.push({ line, issue });
    }
  }
  return refused;
}

/** Puts lines into rounds: none has a number twice, and whatever names the same number stays in its order. */
function roundsOf(lines: readonly PersonLine[]): readonly (readonly PersonLine[])[] {
  const rounds: PersonLine[][] = [];
  const next = new Map<string, number>();
  for (const one of lines) {
    const numbers = [one.person.ssin, ...one.person.replaces];
    const round = Math.max(...numbers.map((number) => next.get(number) ?? 0));
    for (const number of numbers) next.set(number, round + 1);
    (rounds[round] ??= []).push(one);
  }
  return rounds;
}

/** Loads persons of different numbers; gives back those who are loaded one by one: somebody known becomes one with another. */
async function loadSet(
  services: LoadServices,
  connection: Connection,
  access: SourceAccess,
  lines: readonly PersonLine[],
): Promise<readonly PersonLine[]> {
  const numbers = lines.map(({ person }) => person.ssin);
  const own = await claimNumbers(services, connection, numbers);
  const former = await claimFormer(services, connection, lines, own);
  const before = await lookAtPersons(connection, own);
  const kept = lines.flatMap(({ person }, at) => {
    const [personId, replaced] = [own[at], former[at]];
    const isReplaced = personId === undefined || (before.get(personId)?.replacedBy ?? null) !== null;
    return isReplaced || replaced === undefined ? [] : [{ at, personId, person, replaced }];
  });
  await saveAll(services, connection, kept);
  const personIds = kept.map(({ personId }) => personId);
  await settleChanged(services, connection, before, await lookAfter(connection, before, kept));
  const { actor, ground, traceId } = access;
  const entry = { actor, action: 'person.load', ground: ground.kind } as const;
  await insertAuditEntries(connection, { ...entry, ...(traceId !== undefined && { traceId }) }, personIds);
  const done = new Set(kept.map(({ at }) => at));
  return lines.filter((_, at) => !done.has(at));
}

/** A person of a set, and the numbers that theirs replaced. */
interface KeptPerson {
  readonly personId: string;
  readonly person: PersonRecord;
  readonly replaced: readonly FormerNumber[];
}

async function saveAll(
  services: LoadServices,
  connection: Connection,
  kept: readonly KeptPerson[],
): Promise<void> {
  const rowOf = (personId: string, person: PersonRecord, ssin: string) => {
    return { ...personOf(services, person, ssin), personId, sex: sexOf(ssin) };
  };
  await savePersons(
    connection,
    kept.flatMap(({ personId, person, replaced }) => [
      rowOf(personId, person, person.ssin),
      ...replaced.map((former) => rowOf(former.personId, person, former.ssin)),
    ]),
  );
  await pointAt(
    connection,
    kept.flatMap(({ personId: replacedBy, replaced }) =>
      replaced.flatMap(({ personId, isNew }) => (isNew ? [{ personId, replacedBy }] : [])),
    ),
  );
  await saveDomiciles(
    connection,
    kept.flatMap(({ personId, person: { municipality, birthDate } }) => {
      if (municipality === undefined) return [];
      const { nisCode, since } = municipality;
      return [{ personId, nisCode, validFrom: since ?? birthDate ?? '1900-01-01' }];
    }),
  );
  await keepSelfEmployed(connection, kept);
}

/** How persons look now that they were saved: of who is new nobody else can have changed anything. */
async function lookAfter(
  connection: Connection,
  before: ReadonlyMap<string, LookedAt>,
  kept: readonly { readonly personId: string; readonly person: PersonRecord }[],
): Promise<ReadonlyMap<string, LookedAt>> {
  const isKnown = ({ personId }: { readonly personId: string }) => before.has(personId);
  const after = await lookAtPersons(
    connection,
    kept.filter(isKnown).map(({ personId }) => personId),
  );
  const added = kept
    .filter((one) => !isKnown(one))
    .map(({ personId, person: { household = null, birthDate = null } }): [string, LookedAt] => [
      personId,
      { personId, replacedBy: null, household, birthDate, domiciles: null },
    ]);
  return new Map([...after, ...added]);
}

/** What changed of persons may change what they are entitled to, and of their households what others are. */
async function settleChanged(
  services: LoadServices,
  connection: Connection,
  before: ReadonlyMap<string, LookedAt>,
  after: ReadonlyMap<string, LookedAt>,
): Promise<void> {
  const types = [...services.catalogue.types.values()].filter(({ rules }) => rules.some(looksAtPerson));
  if (types.length === 0) return;
  const changed = [...after.values()].filter((now) => !isSame(before.get(now.personId), now));
  const households = changed.flatMap(({ personId, household }) => {
    const earlier = before.get(personId)?.household ?? null;
    return earlier === household ? [] : [earlier, household].flatMap((one) => one ?? []);
  });
  const members = await listHouseholds(connection, [...new Set(households)]);
  const persons = [...new Set([...changed.map(({ personId }) => personId), ...members])];
  // Nothing was known of who is new, unless of others in their household.
  const known = persons.filter((personId) => before.has(personId) || !after.has(personId));
  if (known.length === 0) return;
  await queueSettling(services, connection, await listPresentFacts(connection, known), 'single', types);
}

function isSame(before: LookedAt | undefined, after: LookedAt): boolean {
  return (
    before !== undefined &&
    before.household === after.household &&
    before.birthDate === after.birthDate &&
    before.domiciles === after.domiciles
  );
}
