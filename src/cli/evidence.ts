/** `ebox evidence`: checks an exported evidence log, copies it, and tells which months may go. */
import { readConfig } from '../config.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { listAuditMonths } from '../database/log-heads.ts';
import { keptUntil } from '../domain/evidence.ts';
import type { LogReport } from '../domain/log-report.ts';
import { ServiceError } from '../errors.ts';
import { createLog } from '../log.ts';
import { verifyLog, type Witness } from '../verify/log.ts';
import type { LogSource } from '../verify/log-heads.ts';
import { checkLog, type DatabaseReport } from '../workflows/check-log.ts';
import { printReport } from './evidence-report.ts';
import {
  bucketSource,
  copyTo,
  folderSource,
  openBucket,
  ownPublicKey,
  stampTrust,
  trustedKeys,
} from './evidence-source.ts';

export interface EvidenceOptions {
  /** An export on disk, instead of the bucket. */
  readonly folder?: string | undefined;
  /** A file of trusted public keys. */
  readonly keys?: string | undefined;
  /** A head that is known from elsewhere, `number:root`. */
  readonly head?: string | undefined;
  /** A file of certificates that time-stamps are relied on by, PEM. */
  readonly tsaTrust?: string | undefined;
  /** A file of certificates that seals of documents are relied on by, PEM. */
  readonly sealTrust?: string | undefined;
  /** A database to hold against the log. */
  readonly database?: string | undefined;
  readonly json: boolean;
}

/** Checks the whole log; status 0 when it is whole, 1 when not. */
export async function verifyEvidence(options: EvidenceOptions): Promise<number> {
  const keys = await trustedKeys(options.keys);
  const witness = readWitness(options.head);
  const timeStamps = await stampTrust(options);
  const trust = { keys, witness, timeStamps };
  const report = await withSource(options, (source) => verifyLog(source, trust));
  const compared = options.database === undefined ? undefined : await compare(options.database, report);
  const findings = [...report.findings, ...(compared?.findings ?? [])];
  const isWhole = findings.length === 0 && report.heads > 0;
  printReport(report, compared, findings, { isWhole, isStamped: timeStamps !== undefined });
  if (options.json) {
    const heads = { logId: report.logId, heads: report.heads, lastHead: report.lastHead };
    const { sealedLeaves, unsealedLeaves } = report;
    const stamps = { ...report.timeStamps, areChecked: timeStamps !== undefined };
    const counts = { sealedLeaves, unsealedLeaves, timeStamps: stamps, databaseLeaves: compared?.leaves };
    process.stdout.write(`${JSON.stringify({ isWhole, ...heads, ...counts, findings })}\n`);
  }
  return isWhole ? 0 : 1;
}

function readWitness(text: string | undefined): Witness | undefined {
  if (text === undefined) return undefined;
  const [, number, root] = /^(\d+):([\w-]{43})$/.exec(text) ?? [];
  if (number === undefined || root === undefined)
    throw new ServiceError('configurationInvalid', '--head is to be <number>:<root>, the root in base64url');
  return { number: Number(number), root };
}

async function withSource<T>(
  { folder }: EvidenceOptions,
  work: (source: LogSource) => Promise<T>,
): Promise<T> {
  if (folder !== undefined) return work(folderSource(folder));
  const bucket = openBucket();
  try {
    return await work(bucketSource(bucket));
  } finally {
    bucket.close();
  }
}

async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase({ url, connections: 1, log: createLog('silent') });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** A database that has fewer leaves than were exported, or another head, is not the one the log is of. */
async function compare(url: string, report: LogReport): Promise<DatabaseReport> {
  const checked = await withDatabase(url, (database) => checkLog({ database }));
  const findings = [...checked.findings];
  const { lastHead } = report;
  const same = checked.heads.find(({ headNumber }) => headNumber === lastHead?.number);
  if (lastHead !== undefined && same?.root.toString('base64url') !== lastHead.root) {
    const { number: position } = lastHead;
    const detail = `the database ${same === undefined ? 'lacks' : 'has another'} head ${position}, which was exported`;
    findings.push({ fault: same === undefined ? 'headMissing' : 'headAltered', position, detail });
  }
  return { ...checked, findings };
}

/** Copies the exported log from the bucket into a folder. */
export async function exportEvidence({ folder, json }: EvidenceOptions): Promise<number> {
  if (folder === undefined) {
    process.stderr.write('Give --folder.\n');
    return 2;
  }
  const objects = await withSource({ json }, (source) => copyTo(source, folder));
  process.stdout.write(`${objects} objects copied to ${folder}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ objects, folder })}\n`);
  return 0;
}

/** Prints the public key that heads are sealed with, as a JWK set: what others need to check the log. */
export async function printEvidenceKeys(): Promise<number> {
  process.stdout.write(`${JSON.stringify({ keys: [await ownPublicKey()] })}\n`);
  return 0;
}

/** Lists the months of audit entries and until when each is kept. Nothing is removed: that is for an operator to do. */
export async function listRetention({ database, json }: EvidenceOptions): Promise<number> {
  const url = database ?? urlOf();
  const months = await withDatabase(url, (opened) => opened.transaction(listAuditMonths));
  const now = new Date();
  const rows = months.map((one) => ({
    ...one,
    until: keptUntil(one.year),
    mayGo: keptUntil(one.year) <= now,
  }));
  for (const { partition, until, mayGo, bytes } of rows) {
    const size = `${Math.ceil(bytes / 1024)} KiB`.padStart(12);
    const verdict = mayGo ? 'may go' : `kept until ${until.toISOString().slice(0, 10)}`;
    process.stdout.write(`${partition}  ${size}  ${verdict}\n`);
  }
  const going = rows.filter(({ mayGo }) => mayGo);
  const kept = rows.find(({ mayGo }) => !mayGo);
  const next = kept === undefined ? '' : `; next on ${kept.until.toISOString().slice(0, 10)}`;
  const bytes = going.reduce((sum, one) => sum + one.bytes, 0);
  process.stdout.write(
    `May go now: ${going.length} of ${rows.length} months, ${Math.ceil(bytes / 1024)} KiB${next}\n`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ months: rows, going: going.length, bytes })}\n`);
  return 0;
}

function urlOf(): string {
  const { database } = readConfig();
  if (database.kind === 'given') return database.url;
  throw new ServiceError(
    'configurationInvalid',
    'DATABASE_URL is not set; name the database with --database',
  );
}
