/** A ZIP of documents: those that were issued here are known by their hashes, each other one is examined. */
import { createHash } from 'node:crypto';
import type { LocalDate } from '../domain/period.ts';
import { judge, judgeCode, type VerdictKind } from '../domain/verdict.ts';
import type { ExaminedFile } from '../domain/verification.ts';
import { maskSsins } from '../log.ts';
import type { Services } from './services.ts';
import type { UnpackFault } from './unpack.ts';
import { examinePdf } from './verify.ts';
import { type HashReport, type KnownHolder, verifyHashes } from './verify-many.ts';

type ArchiveServices = Pick<
  Services,
  'database' | 'vault' | 'clock' | 'catalogue' | 'sealTrust' | 'sealKeys' | 'verifiers'
>;

/** What was found of one file. */
export interface ArchivedReport extends HashReport {
  /** As the archive says, at most 200 characters, without anything that looks like the number of a person. */
  readonly name: string;
  readonly verdict: VerdictKind;
  /** Of bytes that were not issued here. */
  readonly examined?: ExaminedFile;
}

/** `unknownEmployer`: the organisation is none that the register knows. */
export type ArchiveOutcome =
  | { readonly kind: 'reports'; readonly reports: readonly ArchivedReport[] }
  | { readonly kind: UnpackFault | 'unknownEmployer' };

const LONGEST_NAME = 200;

/** Reports on the files of an archive, in their order. Throws `verifierBusy`. */
export async function verifyArchive(
  services: ArchiveServices,
  zip: Buffer,
  holder: KnownHolder,
  day?: LocalDate,
): Promise<ArchiveOutcome> {
  const unpacked = await services.verifiers.unpack(zip);
  if (typeof unpacked === 'string') return { kind: unpacked };
  const hashes = unpacked.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  const known = await verifyHashes(services, hashes, holder, day);
  if (known === undefined) return { kind: 'unknownEmployer' };
  const reports: ArchivedReport[] = [];
  for (const [at, { name, bytes }] of unpacked.entries()) {
    const report = known[at];
    if (report === undefined) continue;
    const common = { ...report, name: maskSsins(name.slice(0, LONGEST_NAME)) };
    if (report.status !== 'unknown') {
      reports.push({ ...common, verdict: judgeCode(report) });
      continue;
    }
    const file = { sha256: report.sha256, bytes: bytes.length, pdf: bytes, isPdf: true };
    const examined = await examinePdf(services, file);
    reports.push({ ...common, verdict: judge({ ...examined, status: 'unknown' }), examined });
  }
  return { kind: 'reports', reports };
}
