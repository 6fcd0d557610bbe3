/** An organisation consults attestations, limited to the facts that a deliberation lets it see. */
import {
  type ConsultableRow,
  findAskedPerson,
  findConsultable,
  listConsultable,
} from '../database/attestation-reads.ts';
import type { AttestationFacts, AttestationState } from '../domain/attestation.ts';
import { type ShownFacts, shownFacts } from '../domain/attestation-data.ts';
import type { Ssin } from '../domain/ssin.ts';
import { type DeliberatedAccess, findGround, recordTelling } from './deliberated.ts';
import type { Services } from './services.ts';

type ConsultServices = Pick<Services, 'database' | 'vault' | 'catalogue'>;

/** An attestation as far as the deliberation lets it be seen. */
export interface ConsultedAttestation {
  readonly attestationId: string;
  readonly type: string;
  readonly state: AttestationState;
  /** Of a state that has ended. */
  readonly endedAt?: Date;
  readonly number?: string;
  readonly issuedAt?: Date;
  /** The number of the one it took the place of. */
  readonly supersedes?: string;
  /** Missing once they were erased. */
  readonly facts?: ShownFacts;
}

export interface AttestationQuestion {
  readonly ssin: Ssin;
  readonly type: string;
  readonly size: number;
  readonly before: string | undefined;
}

/**
 * Lists issued attestations of a person, the newest first; none of somebody whom the deliberation does not cover, as of
 * somebody who is not in the register. Undefined when no deliberation in force lets the organisation consult the type.
 */
export async function queryAttestations(
  services: ConsultServices,
  access: DeliberatedAccess,
  { ssin, type, ...page }: AttestationQuestion,
): Promise<readonly ConsultedAttestation[] | undefined> {
  return services.database.transaction(async (connection) => {
    const found = await findGround(connection, access);
    if (found === undefined || !found.allowed.attestationTypes.includes(type)) return undefined;
    const { ground, allowed } = found;
    const personId = await findAskedPerson(connection, ground, services.vault.lookUp(ssin), type);
    if (personId === undefined) return [];
    const rows = await listConsultable(connection, ground, personId, type, page);
    // That there are none is an answer too.
    const told = { action: 'attestation.query', object: type, personIds: [personId] } as const;
    await recordTelling(connection, access, ground, told);
    return rows.map((row) => limit(services, row, allowed.attributes));
  });
}

/** Finds one attestation; undefined without a ground that covers it, as for one that is not there. */
export async function consultAttestation(
  services: ConsultServices,
  access: DeliberatedAccess,
  attestationId: string,
): Promise<ConsultedAttestation | undefined> {
  return services.database.transaction(async (connection) => {
    const found = await findGround(connection, access);
    const row = found && (await findConsultable(connection, found.ground, attestationId));
    if (found === undefined || row === undefined) return undefined;
    const personIds = [row.personId];
    const told = { action: 'attestation.consult', object: attestationId, personIds } as const;
    await recordTelling(connection, access, found.ground, told);
    return limit(services, row, found.allowed.attributes);
  });
}

function limit(
  { vault, catalogue }: ConsultServices,
  row: ConsultableRow,
  attributes: readonly string[],
): ConsultedAttestation {
  const { attestationId, state, endedAt, number, preparedAt, supersedes, wrappedKey } = row;
  const isShown = (name: string) => attributes.includes(name);
  const type = catalogue.types.get(row.type);
  const bytes =
    wrappedKey && vault.openCitizenKey(row.citizenKeyId, wrappedKey).open(row.facts, attestationId);
  return {
    attestationId,
    type: row.type,
    state,
    ...(endedAt !== null && { endedAt }),
    ...(isShown('number') && { number }),
    ...(isShown('issuedOn') && { issuedAt: preparedAt }),
    ...(isShown('supersedes') && supersedes !== null && { supersedes }),
    // Written by `settle`, authenticated by the citizen key.
    ...(type &&
      bytes && { facts: shownFacts(type, JSON.parse(bytes.toString('utf8')) as AttestationFacts, isShown) }),
  };
}
