/** Whoever holds a document sees its first page as it was issued, to lay it beside theirs. */
import { openObject } from '../archive/envelope.ts';
import { consultHeld } from '../database/attestation-reads.ts';
import type { Services } from './services.ts';
import type { Holder } from './verify.ts';

/**
 * Draws it as PNG; undefined where these bytes were not issued here, or their data are erased. That somebody looked stands
 * in evidence, as for each report. Throws `archiveUnavailable`.
 */
export async function drawHeld(
  { database, vault, archive, documents }: Pick<Services, 'database' | 'vault' | 'archive' | 'documents'>,
  sha256: string,
  { actor, traceId }: Holder,
): Promise<Buffer | undefined> {
  const held = { kind: 'pdf', sha256: Buffer.from(sha256, 'hex') } as const;
  const row = await database.transaction((connection) =>
    consultHeld(
      connection,
      { kind: 'holder', held },
      { actor, action: 'attestation.verify', ground: 'holder', ...(traceId !== undefined && { traceId }) },
    ),
  );
  if (row === undefined || row.wrappedKey === null || row.state === 'erased') return undefined;
  const key = vault.openCitizenKey(row.citizenKeyId, row.wrappedKey);
  return documents.draw(openObject(await archive.fetch(row.objectKey), row.attestationId, key));
}
