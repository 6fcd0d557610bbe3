/** Rows of the register for tests of the database: each as the service would write it, with what a test wants changed. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { insertAttestation, type NewAttestation } from '../../src/database/attestations.ts';
import { keepCitizenKey } from '../../src/database/citizen-keys.ts';
import type { Connection } from '../../src/database/database.ts';
import { insertDeclaration, type NewDeclaration } from '../../src/database/declarations.ts';
import { insertMessage, type NewMessage } from '../../src/database/messages.ts';
import type { DeclaredPeriod } from '../../src/database/periods.ts';
import { savePerson } from '../../src/database/persons.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import type { Status } from '../../src/domain/status.ts';

export const day = (text: string) => text as LocalDate;

/** A person with a key of their own. */
export interface Citizen {
  readonly personId: string;
  readonly ssinHmac: Buffer;
  readonly citizenKeyId: string;
}

/** Loads a person of whom nothing more is known than a name. */
export async function newPerson(
  connection: Connection,
  changes: { readonly email?: string } = {},
): Promise<Citizen> {
  const ssinHmac = randomBytes(32);
  const personId = await savePerson(connection, {
    personId: randomUUID(),
    lookUps: [{ ssinHmac, keyVersion: 1 }],
    ssinCiphertext: randomBytes(40),
    keyVersion: 1,
    familyName: 'Vermeulen',
    givenName: 'Lena',
    birthDate: null,
    language: null,
    email: changes.email ?? null,
    hasEbox: false,
  });
  const fresh = { citizenKeyId: randomUUID(), wrappedKey: randomBytes(60), keyVersion: 1 };
  const kept = await keepCitizenKey(connection, personId, fresh);
  return { personId, ssinHmac, citizenKeyId: kept?.citizenKeyId ?? fresh.citizenKeyId };
}

/** Prepares a version of a case. */
export async function newAttestation(
  connection: Connection,
  { personId, citizenKeyId }: Citizen,
  changes: Partial<NewAttestation> = {},
): Promise<NewAttestation> {
  const attestationId = randomUUID();
  const attestation: NewAttestation = {
    attestationId,
    caseId: `quarantine/${personId}`,
    version: 1,
    type: 'quarantine',
    typeVersion: 1,
    personId,
    fingerprint: 'a',
    facts: randomBytes(40),
    citizenKeyId,
    language: 'nl',
    languageBasis: 'chosen',
    number: `QUA-${attestationId}`,
    tokenHash: randomBytes(32),
    objectKey: `attestations/2026/${attestationId}`,
    messageId: randomUUID(),
    supersedes: undefined,
    preparedAt: new Date('2026-01-15T10:00:00Z'),
    ...nextPlace(),
    ...changes,
  };
  await insertAttestation(connection, attestation);
  return attestation;
}

let places = 0;

/** The next place of the first status list. */
function nextPlace(): Pick<NewAttestation, 'statusList' | 'statusIndex'> {
  places += 1;
  return { statusList: 0, statusIndex: places };
}

/** What an issued document is recorded with. */
export function issuance(pdf = randomBytes(8)) {
  return {
    pdfSha256: createHash('sha256').update(pdf).digest(),
    objectSha256: randomBytes(32),
    pdfBytes: 60_000,
    keyId: '0123456789abcdef',
    level: 'B-B',
  } as const;
}

/** Publishes a message that carries an attestation. */
export async function newMessage(
  connection: Connection,
  attestation: NewAttestation,
  changes: Partial<NewMessage> = {},
): Promise<NewMessage> {
  const message: NewMessage = {
    messageId: attestation.messageId,
    personId: attestation.personId,
    messageTypeId: 'quarantine-attestation',
    senderOrganizationId: '1912345694',
    senderApplicationId: 'attestations',
    subject: 'Attest',
    language: 'nl',
    attestationId: attestation.attestationId,
    originalMessageId: undefined,
    receivedAt: new Date(),
    expiresAt: new Date(Date.now() + 86_400_000),
    idempotencyKey: attestation.attestationId,
    ...changes,
  };
  await insertMessage(connection, message);
  return message;
}

/** Keeps a declaration that came without a reference. */
export async function newDeclaration(
  connection: Connection,
  changes: Partial<NewDeclaration> = {},
): Promise<NewDeclaration> {
  const bodyHmac = randomBytes(32);
  const declaration: NewDeclaration = {
    declarationId: randomUUID(),
    senderOrganization: '1900045601',
    senderClient: 'payroll',
    channel: 'json',
    messageKey: `body:${bodyHmac.toString('hex')}`,
    bodyHmac,
    body: randomBytes(100),
    action: 'in',
    declaredAt: new Date('2026-01-15T10:00:00Z'),
    receivedAt: new Date('2026-01-15T10:00:01Z'),
    ...changes,
  };
  await insertDeclaration(connection, declaration);
  return declaration;
}

/** An employer by its enterprise number. */
export async function newEmployer(connection: Connection, enterpriseNumber: string): Promise<string> {
  const employerId = randomUUID();
  await connection.query('insert into employer (employer_id, enterprise_number) values ($1, $2)', [
    employerId,
    enterpriseNumber,
  ]);
  return employerId;
}

let periods = 0;

/** A period of one day, not saved yet. */
export function period(
  personId: string,
  employerId: string,
  changes: Partial<DeclaredPeriod> = {},
): DeclaredPeriod {
  periods += 1;
  return {
    periodId: `9${String(periods).padStart(11, '0')}`,
    personId,
    employerId,
    declaredBy: '1900045601',
    workerType: 'QUA',
    startDate: day('2020-09-01'),
    endDate: day('2020-09-01'),
    isCancelled: false,
    changedAt: new Date('2026-01-15T10:00:00Z'),
    ...changes,
  };
}

/** A fact of one day, not saved yet. */
export function fact(personId: string, changes: Partial<Status> = {}): Status {
  return {
    personId,
    code: 'quarantine',
    source: 'dimona',
    period: { startDate: day('2020-09-01'), endDate: day('2020-09-01') },
    reference: randomUUID(),
    attributes: {},
    ...changes,
  };
}
