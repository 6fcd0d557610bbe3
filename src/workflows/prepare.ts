/** Fixes everything about a version of an attestation before anything is done with it, and queues its issuing. */
import { createHash } from 'node:crypto';
import { objectKeyOf } from '../archive/object-key.ts';
import { placeOf } from '../code/status-list.ts';
import { insertAttestation, type NewAttestation, nextAttestationNumber } from '../database/attestations.ts';
import type { Connection } from '../database/database.ts';
import { type EmployerRow, listEmployersById } from '../database/employers.ts';
import { type Lane, queueJob } from '../database/jobs.ts';
import type { PersonRow } from '../database/persons.ts';
import { attestationNumber } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import type { Case } from '../domain/case.ts';
import type { Entitlement } from '../domain/entitlement.ts';
import { chooseLanguage } from '../domain/language.ts';
import { municipalityOn } from '../domain/municipality.ts';
import { brusselsDate } from '../domain/period.ts';
import { formatTypedCode, typedCodeOf } from '../domain/typed-code.ts';
import { ServiceError } from '../errors.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { employerIdsOf, factsOf } from './attested-facts.ts';
import { citizenKeyOf } from './declaration-key.ts';
import type { Services } from './services.ts';

export type PrepareServices = Pick<Services, 'catalogue' | 'vault' | 'clock' | 'newId' | 'settings'>;

/** What settling decided to prepare. */
export interface Draft {
  readonly caseId: string;
  readonly ofCase: Case;
  readonly type: AttestationType;
  readonly person: PersonRow;
  readonly entitlement: Entitlement & { readonly isEntitled: true };
  readonly fingerprint: string;
  readonly version: number;
  readonly supersedes: string | undefined;
  readonly lane: Lane;
}

/** Prepares a version and gives its id. */
export async function prepareAttestation(
  services: PrepareServices,
  connection: Connection,
  draft: Draft,
): Promise<string> {
  const citizenKey = await demandKey(services, connection, draft.person);
  const named = await listEmployersById(connection, employerIdsOf(draft));
  const employers = new Map(named.map((row) => [row.employerId, row]));
  const sequence = await nextAttestationNumber(connection);
  const prepared = fixVersion(services, draft, { citizenKey, employers, sequence });
  const { attestationId } = prepared;
  await insertAttestation(connection, prepared);
  await queueJob(connection, {
    lane: draft.lane,
    kind: 'issue',
    payload: { attestationId },
    dedupeKey: attestationId,
  });
  return attestationId;
}

/** Fixes all of a version: its ids, its number and place, and what is printed. */
export function fixVersion(
  services: PrepareServices,
  draft: Omit<Draft, 'lane'>,
  found: {
    readonly citizenKey: { readonly citizenKeyId: string; readonly key: CitizenKey };
    /** At least those whom its document names. */
    readonly employers: ReadonlyMap<string, EmployerRow>;
    readonly sequence: bigint;
  },
): NewAttestation {
  const { catalogue, vault, newId } = services;
  const { citizenKey, employers, sequence } = found;
  const { citizenKeyId, key } = citizenKey;
  const preparedAt = services.clock();
  // The page shows seconds, so nothing smaller is kept.
  preparedAt.setMilliseconds(0);
  const attestationId = newId();
  const municipality =
    draft.person.nisCode === null
      ? undefined
      : municipalityOn(catalogue.municipalities, draft.person.nisCode, brusselsDate(preparedAt));
  const choice = chooseLanguage(
    draft.person.language ?? undefined,
    municipality,
    services.settings.languagePresumption,
  );
  const facts = factsOf(services, draft, choice.language, employers);
  const { list, index } = placeOf(sequence, vault.shuffle);
  return {
    attestationId,
    caseId: draft.caseId,
    version: draft.version,
    type: draft.type.id,
    typeVersion: draft.type.version,
    personId: draft.person.personId,
    fingerprint: draft.fingerprint,
    facts: key.seal(Buffer.from(JSON.stringify(facts)), attestationId),
    citizenKeyId,
    language: choice.language,
    languageBasis: choice.basis,
    number: attestationNumber(
      draft.type.numberPrefix,
      Number(brusselsDate(preparedAt).slice(0, 4)),
      sequence,
    ),
    tokenHash: hashOfCode(codeOf(vault, attestationId)),
    objectKey: objectKeyOf(attestationId, preparedAt),
    messageId: newId(),
    supersedes: draft.supersedes,
    preparedAt,
    statusList: list,
    statusIndex: index,
  };
}

/** A person who is erased at this very moment has no key; the case is settled again, and then there is no such person. */
async function demandKey(services: PrepareServices, connection: Connection, person: PersonRow) {
  const key = await citizenKeyOf(services, connection, person);
  if (key === undefined) throw new ServiceError('unexpected', `person ${person.personId} has no key`);
  return key;
}

/** Makes the code printed on a document: 128 bits in base64url, the same on every try. */
export function codeOf(vault: Services['vault'], attestationId: string): string {
  return vault.code(attestationId).subarray(0, 16).toString('base64url');
}

/** Makes the code that is typed by hand, for whoever cannot scan: of the number that stands beside it. */
export function typedCodeFor(vault: Pick<Services['vault'], 'typed'>, number: string): string {
  return typedCodeOf(vault.typed(number));
}

/** Gives what a document tells who cannot scan: where to go, and what to type there. */
export function byHandOf(
  { vault, settings }: Pick<Services, 'vault' | 'settings'>,
  number: string,
): { readonly page: string; readonly code: string } {
  return { page: `${settings.publicUrl}/verify`, code: formatTypedCode(typedCodeFor(vault, number)) };
}

/** The form in which the register keeps a code: whoever reads the register learns no code. */
export function hashOfCode(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
