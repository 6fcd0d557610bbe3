/** What a folder of a backup says of itself (`backup.json`). */
import { z } from 'zod';
import { ServiceError } from '../errors.ts';

const Table = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  rows: z.int().nonnegative(),
  /** Of the file, hexadecimal. */
  sha256: z.string(),
});

const Manifest = z.object({
  format: z.literal(1),
  takenAt: z.iso.datetime(),
  /** What was applied to the schema, in its order. */
  migrations: z.array(z.string()),
  tables: z.array(Table),
  sequences: z.array(z.object({ name: z.string(), next: z.string() })),
  /** First days of the months that evidence has partitions for. */
  months: z.array(z.string()),
});

export type BackupTable = z.output<typeof Table>;
export type BackupManifest = z.output<typeof Manifest>;

/** Reads one. Throws `configurationInvalid` for another format; `place` says which file it is. */
export function parseManifest(text: string, place: string): BackupManifest {
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new ServiceError('configurationInvalid', `${place} is not a backup of this format`, { cause });
  }
}
