/** Deliberations of the Information Security Committee with their versions, and which of them is in force. */
import type { Deliberation, NamedDeliberation, Purpose } from '../domain/deliberation.ts';
import type { DeliberationGround } from '../domain/ground.ts';
import type { LocalDate } from '../domain/period.ts';
import { toUse, USE, USE_COLUMNS, type UseRow, useValues } from './data-use.ts';
import type { Connection } from './database.ts';

/** Who recorded, ended or decided something. */
export interface RecordedBy {
  /** Client id. */
  readonly by: string;
  readonly organization: string;
}

/** Adds a version. A second one with the same number is a unique violation. */
export async function insertDeliberation(
  connection: Connection,
  { deliberationId, version }: Pick<DeliberationGround, 'deliberationId' | 'version'>,
  deliberation: Deliberation,
  recorded: RecordedBy,
): Promise<void> {
  await connection.query(
    `insert into deliberation (deliberation_id, version, number, decided_on, organization, recorded_by,
       recorded_by_organization, ${USE_COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      deliberationId,
      version,
      deliberation.number,
      deliberation.decidedOn,
      deliberation.organization,
      recorded.by,
      recorded.organization,
      ...useValues(deliberation),
    ],
  );
}

export interface DeliberationRow extends Deliberation {
  readonly deliberationId: string;
  readonly version: number;
  /** The last version there is. */
  readonly lastVersion: number;
  readonly recordedAt: Date;
  /** A later version has begun. */
  readonly isReplaced: boolean;
  readonly endedAt: Date | null;
  readonly endReasons: string | null;
  /** When it was announced that this version is about to expire. */
  readonly announcedAt: Date | null;
  /** The day it is in Brussels by the database's clock. */
  readonly today: LocalDate;
}

const DELIBERATION = `select deliberation_id as "deliberationId", version, number, decided_on as "decidedOn", organization,
    recorded_at as "recordedAt", ${USE}, ended_at as "endedAt", e.reasons as "endReasons", brussels_today() as today,
    (select max(l.version) from deliberation l where l.deliberation_id = d.deliberation_id) as "lastVersion",
    exists (select from deliberation l where l.deliberation_id = d.deliberation_id and l.version > d.version
      and l.valid_from <= brussels_today()) as "isReplaced",
    (select o.created_at from outbox o where o.deliberation_id = d.deliberation_id
      and o.deliberation_version = d.version and o.kind = 'deliberationExpires') as "announcedAt"
  from deliberation d left join deliberation_end e using (deliberation_id)`;

type StoredRow = UseRow & Omit<DeliberationRow, keyof UseRow>;

/** Finds a version, the last one unless another is named. `organization`: only one of that organisation. */
export async function findDeliberation(
  connection: Connection,
  organization: string | undefined,
  deliberationId: string,
  version?: number,
): Promise<DeliberationRow | undefined> {
  const [row] = await connection.query<StoredRow>(
    `${DELIBERATION} where deliberation_id = $1 and ($2::text is null or organization = $2)
       and ($3::int is null or version = $3) order by version desc limit 1`,
    [deliberationId, organization ?? null, version ?? null],
  );
  return row && fromRow(row);
}

/** Lists the last version of each deliberation, the newest deliberation first, of one organisation or of all. */
export async function listDeliberations(
  connection: Connection,
  organization: string | undefined,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<DeliberationRow[]> {
  const rows = await connection.query<StoredRow>(
    `${DELIBERATION} where ($1::text is null or organization = $1) and ($2::uuid is null or deliberation_id < $2)
       and not exists (select from deliberation l where l.deliberation_id = d.deliberation_id and l.version > d.version)
     order by deliberation_id desc limit $3`,
    [organization ?? null, page.before ?? null, page.size],
  );
  return rows.map(fromRow);
}

function fromRow(row: StoredRow): DeliberationRow {
  const { municipalities: _municipalities, ...rest } = row;
  return { ...rest, ...toUse(row) };
}

/** Ends a deliberation with all its versions; false when it was ended already. */
export async function endDeliberation(
  connection: Connection,
  deliberationId: string,
  reasons: string,
  { by, organization }: RecordedBy,
): Promise<boolean> {
  const rows = await connection.query(
    `insert into deliberation_end (deliberation_id, reasons, ended_by, ended_by_organization) values ($1, $2, $3, $4)
     on conflict do nothing returning deliberation_id`,
    [deliberationId, reasons, by, organization],
  );
  return rows.length > 0;
}

/** What a deliberation in force allows its organisation. */
export interface InForce {
  readonly version: number;
  readonly statuses: readonly string[];
  readonly attestationTypes: readonly string[];
  readonly flows: readonly string[];
  readonly attributes: readonly string[];
  readonly ownDossiers: boolean;
}

/** Finds what is in force today of a deliberation, for its own organisation and purpose; undefined for anybody else. */
export async function findInForce(
  connection: Connection,
  asked: Omit<DeliberationGround, 'kind' | 'version'>,
): Promise<InForce | undefined> {
  const [row] = await connection.query<InForce>(
    `select version, statuses, attestation_types as "attestationTypes", flows, attributes,
       own_dossiers as "ownDossiers" from deliberation_in_force
     where deliberation_id = $1 and organization = $2 and legal_context = $3`,
    [asked.deliberationId, asked.organization, asked.legalContext],
  );
  return row;
}

/** Lists versions by their names, for those of whom evidence tells that they were consulted. */
export async function nameDeliberations(
  connection: Connection,
  versions: readonly Pick<DeliberationGround, 'deliberationId' | 'version'>[],
): Promise<NamedDeliberation[]> {
  return connection.query(
    `select deliberation_id as "deliberationId", version, number, purpose from deliberation
       join unnest($1::uuid[], $2::int[]) as named (deliberation_id, version) using (deliberation_id, version)`,
    [versions.map(({ deliberationId }) => deliberationId), versions.map(({ version }) => version)],
  );
}

/** A deliberation in force, for whoever chooses on which one to rest. */
export interface DeliberationInForce extends InForce {
  readonly deliberationId: string;
  readonly number: string;
  readonly purpose: Purpose;
  readonly legalContext: string;
  readonly validUntil: LocalDate;
}

/** Lists what is in force today for an organisation, by number. */
export function listInForce(
  connection: Connection,
  organization: string,
): Promise<readonly DeliberationInForce[]> {
  return connection.query(
    `select deliberation_id as "deliberationId", version, number, purpose, legal_context as "legalContext", statuses,
       attestation_types as "attestationTypes", flows, attributes, own_dossiers as "ownDossiers",
       valid_until as "validUntil" from deliberation_in_force where organization = $1 order by number, deliberation_id`,
    [organization],
  );
}
