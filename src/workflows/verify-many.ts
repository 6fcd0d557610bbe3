/** Many at once: an employer that the register knows asks what became of documents it holds, by their hashes. */
import { listHeld, type RegisteredAttestation } from '../database/attestation-reads.ts';
import { insertObjectEntries } from '../database/audit.ts';
import { listCitizenKeys } from '../database/citizen-keys.ts';
import type { Connection } from '../database/database.ts';
import { listEmployers } from '../database/employers.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Actor } from '../domain/evidence.ts';
import type { LocalDate } from '../domain/period.ts';
import type { CodeReport } from '../domain/verification.ts';
import type { Services } from './services.ts';
import { type Registered, standingOf } from './standing.ts';

type ManyServices = Pick<Services, 'database' | 'vault' | 'clock' | 'catalogue'>;

/** The organisation that holds the documents. */
export interface KnownHolder {
  readonly actor: Actor;
  readonly organization: EnterpriseNumber;
  readonly traceId: string;
}

/** Hashes that may be asked about at once. */
export const MOST_HASHES = 1000;

/** What the register says of one document. */
export interface HashReport extends CodeReport {
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Reports on documents by their SHA-256 (hexadecimal), in the order in which they were given; undefined for an organisation
 * that is no employer in the register. Each report on a document of ours stands in evidence.
 */
export async function verifyHashes(
  services: ManyServices,
  hashes: readonly string[],
  holder: KnownHolder,
  day?: LocalDate,
): Promise<readonly HashReport[] | undefined> {
  const checkedAt = services.clock();
  const found = await services.database.transaction(async (connection) => {
    const numbers = {
      enterpriseNumber: holder.organization,
      nssoNumber: null,
      provisionalNssoNumber: null,
    };
    if ((await listEmployers(connection, numbers)).length === 0) return undefined;
    const rows = await listHeld(connection, {
      kind: 'holder',
      held: { kind: 'pdfs', sha256: [...new Set(hashes)].map((hash) => Buffer.from(hash, 'hex')) },
    });
    await insertObjectEntries(
      connection,
      {
        actor: holder.actor,
        action: 'attestation.verify',
        ground: 'holder',
        traceId: holder.traceId,
      },
      rows.map(({ attestationId, state, personId }) => ({
        object: attestationId,
        // Of whoever was erased there is nobody left whom it concerns.
        personId: state === 'erased' ? undefined : personId,
      })),
    );
    return readAll(services, connection, rows);
  });
  return (
    found &&
    hashes.map((sha256) => ({
      sha256,
      checkedAt,
      ...standingOf(services, found.get(sha256), checkedAt, day),
    }))
  );
}

async function readAll(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  rows: readonly RegisteredAttestation[],
): Promise<ReadonlyMap<string, Registered>> {
  const ids = rows.flatMap(({ state, citizenKeyId }) => (state === 'erased' ? [] : [citizenKeyId]));
  const keys = new Map((await listCitizenKeys(connection, ids)).map((key) => [key.citizenKeyId, key]));
  return new Map(
    rows.map((row) => {
      const key = keys.get(row.citizenKeyId);
      const bytes =
        key && vault.openCitizenKey(key.citizenKeyId, key.wrappedKey).open(row.facts, row.attestationId);
      // Written by `settle`, authenticated by the citizen key.
      const facts = bytes && (JSON.parse(bytes.toString('utf8')) as AttestationFacts);
      return [row.pdfSha256?.toString('hex') ?? '', { row, facts }] as const;
    }),
  );
}
