/** Share: a person makes a code by which somebody sees one attestation for some days, and may take it back. */
import { endShareCode, insertShareCode, listShareCodes, type ShareCodeRow } from '../database/share-codes.ts';
import { hashOfCode } from './prepare.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

/** For how many days a code may open what it opens. */
export const SHARE_DAYS = [1, 7, 30] as const;

/** A code and what became of it, which only its maker sees. */
export interface Share extends ShareCodeRow {
  readonly code: string;
}

/** Shares the attestation in a message; undefined when the reader has no such message, or shared it often enough. */
export async function shareAttestation(
  { database, vault, newId }: Pick<Services, 'database' | 'vault' | 'newId'>,
  reader: Reader,
  messageId: string,
  days: (typeof SHARE_DAYS)[number],
): Promise<string | undefined> {
  const shareId = newId();
  const codeHash = hashOfCode(shareCodeOf(vault, shareId));
  return database.transaction(async (connection) => {
    const attestationId = await insertShareCode(connection, reader.ground, messageId, {
      shareId,
      codeHash,
      days,
    });
    if (attestationId === undefined) return undefined;
    await recordReading(connection, reader, 'attestation.share', attestationId);
    return shareId;
  });
}

/** Lists the last codes of the attestation in a message of the reader. */
export async function listShares(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  reader: Reader,
  messageId: string,
): Promise<readonly Share[]> {
  const rows = await database.transaction((connection) =>
    listShareCodes(connection, reader.ground, messageId),
  );
  return rows.map((row) => ({ ...row, code: shareCodeOf(vault, row.shareId) }));
}

/** Takes a code back; false when the reader has none of that id, or it was taken back before. */
export async function endShare(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  shareId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    const attestationId = await endShareCode(connection, reader.ground, shareId);
    if (attestationId === undefined) return false;
    await recordReading(connection, reader, 'attestation.unshare', attestationId);
    return true;
  });
}

/** 128 bits in base64url, the same each time: the maker sees it again, the register keeps its hash alone. */
function shareCodeOf(vault: Pick<Services['vault'], 'code'>, shareId: string): string {
  return vault.code(`share/${shareId}`).subarray(0, 16).toString('base64url');
}
