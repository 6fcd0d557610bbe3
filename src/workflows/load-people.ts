/** Many persons of a register file in one transaction: set by set, and one by one where a number takes another's place. */
import { insertAuditEntries } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  claimLookUps,
  type LookedAt,
  listHouseholds,
  lookAtPersons,
  saveDomiciles,
  savePersons,
} from '../database/person-loads.ts';
import { listPresentFacts } from '../database/status-history.ts';
import { looksAtPerson } from '../domain/entitlement-rule.ts';
import { sexOf } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import type { PersonRecord } from '../flow/register-record.ts';
import { queueSettling } from './apply.ts';
import {
  type LoadServices,
  loadPerson,
  personOf,
  type RecordIssue,
  type SourceAccess,
} from './load-person.ts';

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
    const plain = round.filter(({ person }) => person.replaces.length === 0);
    const single = [
      ...round.filter(({ person }) => person.replaces.length > 0),
      ...(await loadSet(services, connection, access, plain)),
    ];
    for (const { line, person } of single) {
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

/** Loads persons of different numbers; gives back those whose number was replaced, who are loaded one by one. */
async function loadSet(
  services: LoadServices,
  connection: Connection,
  access: SourceAccess,
  lines: readonly PersonLine[],
): Promise<readonly PersonLine[]> {
  if (lines.length === 0) return [];
  const ids = await claimAll(services, connection, lines);
  const before = await lookAtPersons(connection, ids);
  const isReplaced = (at: number) => (before.get(ids[at] ?? '')?.replacedBy ?? null) !== null;
  const kept = lines.flatMap(({ person }, at) => {
    const personId = ids[at];
    return personId === undefined || isReplaced(at) ? [] : [{ personId, person }];
  });
  await savePersons(
    connection,
    kept.map(({ personId, person }) => ({
      ...personOf(services, person, person.ssin),
      personId,
      sex: sexOf(person.ssin),
    })),
  );
  await saveDomiciles(
    connection,
    kept.flatMap(({ personId, person: { municipality, birthDate } }) =>
      municipality === undefined
        ? []
        : [
            {
              personId,
              nisCode: municipality.nisCode,
              validFrom: municipality.since ?? birthDate ?? '1900-01-01',
            },
          ],
    ),
  );
  const personIds = kept.map(({ personId }) => personId);
  await settleChanged(services, connection, before, await lookAtPersons(connection, personIds));
  const { actor, ground, traceId } = access;
  const entry = { actor, action: 'person.load', ground: ground.kind } as const;
  await insertAuditEntries(connection, { ...entry, ...(traceId !== undefined && { traceId }) }, personIds);
  return lines.filter((_, at) => isReplaced(at));
}

/** Finds or makes the id of each, by its hash under the oldest version first. Throws `unexpected` where two disagree. */
async function claimAll(
  { vault, newId }: LoadServices,
  connection: Connection,
  lines: readonly PersonLine[],
): Promise<readonly string[]> {
  const lookUps = lines.map(({ person }) => vault.lookUps(person.ssin));
  let ids: readonly string[] = lines.map(() => newId());
  const versions = Math.max(...lookUps.map((own) => own.length));
  for (let version = 0; version < versions; version += 1) {
    const claims = lookUps.flatMap((own, at) => {
      const [lookUp, personId] = [own[version], ids[at]];
      return lookUp === undefined || personId === undefined ? [] : [{ ...lookUp, personId }];
    });
    const found = await claimLookUps(connection, claims);
    const held = claims.map(({ ssinHmac, personId }) => found.get(ssinHmac.toString('hex')) ?? personId);
    const differing = held.findIndex((personId, at) => personId !== ids[at]);
    if (version > 0 && differing >= 0)
      throw new ServiceError(
        'unexpected',
        `persons ${ids[differing]} and ${held[differing]} have one number`,
      );
    ids = held;
  }
  return ids;
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
