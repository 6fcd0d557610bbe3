/** `ebox keys list`: every seal key with its term, as a table for people and as JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { givenSeal } from '../embedded-parts.ts';
import { describeSealKey, type SealKey, type SealStanding, standingsOf } from '../keys/seal-keys.ts';
import { readSealIdentity, type SealSource } from '../keys/seal-source.ts';
import { parseCertificate } from '../pades/certificate.ts';
import type { SealFolder } from '../seal-folder.ts';

/** One key as it is listed; times in ISO 8601. */
export interface ListedKey {
  readonly purpose: 'seal';
  readonly name: string;
  /** `requested`: made, and waiting for its certificate. */
  readonly status: SealStanding | 'requested';
  readonly place: string;
  readonly algorithm?: string;
  readonly keyId?: string;
  readonly subject?: string;
  /** When it takes over, and when its certificate ends. */
  readonly from?: string;
  readonly until?: string;
  readonly daysLeft?: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** Lists the seal keys at a moment, the current one first. Throws `keyUnfit` when a certificate cannot be read. */
export function listKeys(config: Config, at: Date): ListedKey[] {
  const { sources, requested } = readSources(config);
  const places = new Map<SealKey, SealSource['place']['kind']>();
  for (const source of sources)
    places.set(describeSealKey(source.name, readSealIdentity(source), source.from), source.place.kind);
  const standings = standingsOf([...places.keys()], at, (key) => places.get(key) !== 'none');
  const order: readonly SealStanding[] = ['current', 'next', 'former'];
  const listed = [...standings]
    .sort(([, one], [, other]) => order.indexOf(one) - order.indexOf(other))
    .map(([key, status]) => describe(key, status, places.get(key) ?? 'none', at));
  const waiting = requested.map(
    ({ name, place }): ListedKey => ({ purpose: 'seal', name, status: 'requested', place: place.kind }),
  );
  return [...listed, ...waiting];
}

/** Without a seal of the institution's own: that of the embedded PKI, once the service made it. */
function readSources({ seal, dataDir, embeddedSealKey }: Config): SealFolder {
  if (seal.kind === 'given') return givenSeal(seal).readKeys();
  const path = join(dataDir, 'pki', `seal-${embeddedSealKey}`);
  if (!existsSync(`${path}.crt`)) return { sources: [], requested: [] };
  const place = {
    kind: 'pem' as const,
    keyPem: readFileSync(`${path}.key`, 'utf8'),
    certificatesPem: readFileSync(`${path}.crt`, 'utf8'),
  };
  return { sources: [{ name: 'embedded', place }], requested: [] };
}

function describe(key: SealKey, status: SealStanding, place: string, at: Date): ListedKey {
  return {
    purpose: 'seal',
    name: key.name,
    status,
    place,
    algorithm: key.algorithm,
    keyId: key.keyId,
    subject: parseCertificate(key.certificate).subjectName,
    from: key.startsAt.toISOString(),
    until: key.notAfter.toISOString(),
    daysLeft: Math.max(0, Math.floor((key.notAfter.getTime() - at.getTime()) / DAY)),
  };
}

/** Writes keys as a table, the subject on a line of its own. */
export function writeKeyTable(keys: readonly ListedKey[]): string {
  if (keys.length === 0) return 'No seal key yet: the embedded one is made when the service first starts.\n';
  const head = ['Purpose', 'Name', 'Status', 'Algorithm', 'Key id', 'From', 'Until', 'Days left'];
  const rows = keys.map((key) => [
    key.purpose,
    key.name,
    key.status,
    key.algorithm ?? '',
    key.keyId ?? '',
    key.from?.slice(0, 10) ?? '',
    key.until?.slice(0, 10) ?? '',
    key.daysLeft === undefined ? '' : String(key.daysLeft).padStart(head[7]?.length ?? 0),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const indent = ' '.repeat((widths[0] ?? 0) + 2);
  const lines = rows.flatMap((row, at) => {
    const subject = keys[at]?.subject;
    return subject === undefined ? [line(row)] : [line(row), `${indent}${subject}`];
  });
  return `${[line(head), ...lines].join('\n')}\n`;
}
