/** Judges a declaration against the register as it stands, under the lock of the worker it speaks of. */
import type { Connection } from '../database/database.ts';
import {
  type EmployerNumbers,
  type EmployerRow,
  knownEmployer,
  listEmployers,
} from '../database/employers.ts';
import { lockName } from '../database/locks.ts';
import { type DeclaredPeriod, findPeriod, listLivePeriods } from '../database/periods.ts';
import { findPerson, findPersonBySsin, listAliases, type PersonRow } from '../database/persons.ts';
import { type Assessment, assessDeclaration } from '../domain/assessment.ts';
import type { Declaration, EmployerIdentification } from '../domain/declaration.ts';
import {
  parseEnterpriseNumber,
  parseNssoNumber,
  parseProvisionalNssoNumber,
} from '../domain/enterprise-number.ts';
import type { KnownPerson, RegisterView } from '../domain/register-checks.ts';
import { parseSsin } from '../domain/ssin.ts';
import { unfold, writeLine } from '../domain/text.ts';
import type { LookUp } from '../keys/vault.ts';
import type { Services } from './services.ts';

export interface Judgement {
  readonly assessment: Assessment;
  /** The person the declared SSIN stands for; for a change, the one of the period. */
  readonly person: PersonRow | undefined;
  /** The declared SSIN by its hashes, when it is one. */
  readonly lookUps: readonly LookUp[] | undefined;
  /** The period that a change names. */
  readonly period: DeclaredPeriod | undefined;
  readonly employerId: string | undefined;
  readonly employerNumbers: EmployerNumbers;
}

/**
 * Judges one declaration of a sender. Holds the worker's lock until the transaction ends, unless the judgement is
 * `tentative`: nothing will be written by it, and it may be different a moment later.
 */
export async function judgeDeclaration(
  { catalogue, vault, renderer }: Pick<Services, 'catalogue' | 'vault' | 'renderer'>,
  connection: Connection,
  received: Declaration,
  sender: { readonly organization: string; readonly representedEmployerId?: string },
  isTentative = false,
): Promise<Judgement> {
  const { declaration, lookUps, employerNumbers } = readNames({ vault, renderer }, received);
  const lock = isTentative ? () => Promise.resolve() : (name: string) => lockName(connection, name);
  const { period, declared, person } = await lockWorker(connection, declaration, lookUps, lock);
  const employers = await listEmployers(connection, employerNumbers);
  const employerId = period?.employerId ?? knownEmployer(employers)?.employerId;
  const others =
    person === undefined || employerId === undefined
      ? []
      : await listLivePeriods(connection, await listAliases(connection, person.personId), employerId);
  const mayChange = period !== undefined && (await isOwnPeriod(connection, period, sender));
  const worker = { lookUps, period, declared, person };
  return judgeFound(catalogue, declaration, { ...worker, employerNumbers, employers, others, mayChange });
}

/** What a declaration names, in the forms in which the register knows it. */
export interface Names {
  /** As received; what the typeface lacks is an anomaly of it. */
  readonly declaration: Declaration;
  readonly lookUps: readonly LookUp[] | undefined;
  readonly employerNumbers: EmployerNumbers;
}

/** Reads what a declaration names. */
export function readNames(
  { vault, renderer }: Pick<Services, 'vault' | 'renderer'>,
  received: Declaration,
): Names {
  const declaration = checkGlyphs(renderer, received);
  const { worker, receivedOn, employer } = declaration;
  const ssin = worker?.ssin === undefined ? undefined : parseSsin(worker.ssin, receivedOn);
  return { declaration, lookUps: ssin && vault.lookUps(ssin), employerNumbers: checkedNumbers(employer) };
}

/** What the register has of what a declaration names. */
export interface Found extends Worker, Omit<Names, 'declaration'> {
  /** Those that any of the numbers belongs to, the one that counts first. */
  readonly employers: readonly EmployerRow[];
  /** Live periods of the person with the employer. */
  readonly others: readonly DeclaredPeriod[];
  /** Whether the sender may change the period. */
  readonly mayChange: boolean;
}

/** Judges a declaration by what was found in the register. */
export function judgeFound(
  catalogue: Pick<Services['catalogue'], 'declarationRules'>,
  declaration: Declaration,
  { lookUps, period, declared, person, employerNumbers, employers, others, mayChange }: Found,
): Judgement {
  const employer = knownEmployer(employers);
  const register: RegisterView = {
    otherPeriods: others.filter((other) => other.periodId !== declaration.periodId),
    mayChange,
    ...(declared && { person: toKnownPerson(declared) }),
    ...(employer && { employer }),
    // A period made under a number that was replaced is its present holder's.
    ...(period && { period: person === undefined ? period : { ...period, personId: person.personId } }),
  };
  const assessment = assessDeclaration(declaration, register, catalogue.declarationRules);
  const employerId = period?.employerId ?? employer?.employerId;
  return { assessment, person, lookUps, period, employerId, employerNumbers };
}

/** The one text of a declaration that is printed. What the typeface lacks is invalid (zone 00153), not left for later. */
function checkGlyphs({ canPrint }: Services['renderer'], declaration: Declaration): Declaration {
  const name = declaration.features?.usingEmployer?.name;
  if (name === undefined || canPrint(writeLine(unfold(name)))) return declaration;
  return { ...declaration, formAnomalies: [...declaration.formAnomalies, { code: '00153-003' }] };
}

interface Worker {
  readonly period: DeclaredPeriod | undefined;
  /** The person whose SSIN the declaration gives. */
  readonly declared: PersonRow | undefined;
  readonly person: PersonRow | undefined;
}

/** Takes the lock first, and only then reads what it protects. */
async function lockWorker(
  connection: Connection,
  { action, periodId }: Declaration,
  lookUps: readonly LookUp[] | undefined,
  lock: (name: string) => Promise<void>,
): Promise<Worker> {
  const findDeclared = () =>
    lookUps === undefined ? Promise.resolve(undefined) : findPersonBySsin(connection, lookUps);
  if (action === 'in') {
    if (lookUps === undefined) return { period: undefined, declared: undefined, person: undefined };
    const declared = await lockPerson(findDeclared, lookUps[0]?.ssinHmac.toString('hex') ?? '', lock);
    return { period: undefined, declared, person: declared };
  }
  const named = periodId === undefined ? undefined : await findPeriod(connection, periodId);
  if (named === undefined) {
    const declared = await findDeclared();
    return { period: undefined, declared, person: declared };
  }
  const { personId } = named;
  const findNamed = () =>
    personId === undefined ? Promise.resolve(undefined) : findPerson(connection, personId);
  const person = await lockPerson(findNamed, named.periodId, lock);
  return { period: await findPeriod(connection, named.periodId), declared: await findDeclared(), person };
}

/** Locks a worker. Whoever turns out to be another person by the time the lock is held is locked anew. */
async function lockPerson(
  find: () => Promise<PersonRow | undefined>,
  nameWithoutPerson: string,
  lock: (name: string) => Promise<void>,
): Promise<PersonRow | undefined> {
  let person = await find();
  for (;;) {
    await lock(`worker/${person?.personId ?? nameWithoutPerson}`);
    const present = await find();
    if (present?.personId === person?.personId) return present;
    person = present;
  }
}

/** Whether the sender declared the period, is the employer it stands for, or acts for that employer. */
async function isOwnPeriod(
  connection: Connection,
  period: DeclaredPeriod,
  { organization, representedEmployerId }: Parameters<typeof judgeDeclaration>[3],
): Promise<boolean> {
  if (period.declaredBy === organization || period.employerId === representedEmployerId) return true;
  const numbers = { enterpriseNumber: organization, nssoNumber: null, provisionalNssoNumber: null };
  return (await listEmployers(connection, numbers)).some(
    ({ employerId }) => employerId === period.employerId,
  );
}

function checkedNumbers(employer: EmployerIdentification | undefined): EmployerNumbers {
  return {
    enterpriseNumber: parseEnterpriseNumber(employer?.enterpriseNumber ?? '') ?? null,
    nssoNumber: parseNssoNumber(employer?.nssoNumber ?? '') ?? null,
    provisionalNssoNumber: parseProvisionalNssoNumber(employer?.provisionalNssoNumber ?? '') ?? null,
  };
}

function toKnownPerson(person: PersonRow): KnownPerson {
  return {
    personId: person.personId,
    familyName: person.familyName,
    givenName: person.givenName,
    ...(person.birthDate !== null && { birthDate: person.birthDate }),
  };
}
