/** Dossiers that organisations registered: of whom, for which deliberation, from when to when. */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Connection } from './database.ts';

export interface NewDossier {
  readonly dossierId: string;
  readonly organization: EnterpriseNumber;
  readonly deliberationId: string;
  readonly personId: string;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | undefined;
  /** Client id. */
  readonly registeredBy: string;
}

/** Registers a dossier; where one is open already it is left as it is. Gives the one that counts. */
export async function keepDossier(
  connection: Connection,
  one: NewDossier,
): Promise<{ readonly dossierId: string; readonly isNew: boolean }> {
  const [row] = await connection.query<{ dossierId: string; isNew: boolean }>(
    `insert into dossier (dossier_id, organization, deliberation_id, person_id, valid_from, valid_until, registered_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (organization, deliberation_id, person_id) where closed_at is null
       do update set organization = excluded.organization
     returning dossier_id as "dossierId", dossier_id = $1 as "isNew"`,
    [
      one.dossierId,
      one.organization,
      one.deliberationId,
      one.personId,
      one.validFrom,
      one.validUntil ?? null,
      one.registeredBy,
    ],
  );
  return row ?? { dossierId: one.dossierId, isNew: true };
}

export interface DossierRow {
  readonly dossierId: string;
  readonly deliberationId: string;
  readonly personId: string;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly registeredAt: Date;
  readonly closedAt: Date | null;
  /** The day it is in Brussels by the database's clock. */
  readonly today: LocalDate;
}

/** Finds a dossier that this organisation registered. */
export async function findDossier(
  connection: Connection,
  organization: EnterpriseNumber,
  dossierId: string,
): Promise<DossierRow | undefined> {
  const [row] = await connection.query<DossierRow>(
    `select dossier_id as "dossierId", deliberation_id as "deliberationId", person_id as "personId",
       valid_from as "validFrom", valid_until as "validUntil", registered_at as "registeredAt",
       closed_at as "closedAt", brussels_today() as today
     from dossier where organization = $1 and dossier_id = $2`,
    [organization, dossierId],
  );
  return row;
}

/** Closes a dossier; false when it was closed already. */
export async function closeDossier(
  connection: Connection,
  dossierId: string,
  closedBy: string,
): Promise<boolean> {
  const rows = await connection.query(
    `update dossier set closed_at = clock_timestamp(), closed_by = $2
     where dossier_id = $1 and closed_at is null returning dossier_id`,
    [dossierId, closedBy],
  );
  return rows.length > 0;
}
