/** Verification: genuine documents over HTTP, unknown ones in one process, and the worst file of the corpus. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ATTACKS } from '../corpus/attacks.ts';
import { judgeFile } from '../corpus/judge.ts';
import { createLab, KINDS, LEVELS } from '../corpus/lab.ts';
import { createClient } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { timeOf } from './processor.ts';

const FILES = '/verifications/v1/verifications';
const NOWHERE = 'http://127.0.0.1:9/';

/** What `verify-load.ts` says. */
interface Asked {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly asked: number;
}

/** Documents a second by wall clock, and milliseconds of a processor that each took, whatever else the machine did. */
interface HttpFigure extends Asked {
  readonly serviceMs: number;
  readonly databaseMs: number;
}

export interface VerifyResult {
  readonly seconds: number;
  /** With the whole service on this machine; sixteen ask at once, in a process of their own. `listed`: by a list of hashes. */
  readonly http: { readonly genuine: HttpFigure; readonly altered: HttpFigure; readonly listed: HttpFigure };
  /** Files that no register knows, in a second of one core whatever else the machine did: seal and name. */
  readonly unknownPerCpuSecond: Readonly<Record<string, number>>;
  /** The attacks that took longest, milliseconds of one core. */
  readonly worst: readonly { readonly attack: string; readonly ms: number }[];
  readonly aims: readonly { readonly aim: string; readonly isReached: boolean }[];
}

/** Measures for so many seconds each. */
export async function benchVerify(seconds: number): Promise<VerifyResult> {
  const unknownPerCpuSecond = await judgeUnknown(seconds);
  const worst = await findWorst();
  const http = await overHttp(seconds);
  const slowest = Math.min(...Object.values(unknownPerCpuSecond));
  const result = {
    seconds,
    http,
    unknownPerCpuSecond,
    worst,
    aims: [
      { aim: 'genuine: 2 000/s a core over HTTP', isReached: http.genuine.serviceMs < 0.5 },
      { aim: 'genuine, by lists of hashes: 2 000/s a core', isReached: http.listed.serviceMs < 0.5 },
      { aim: 'genuine: p99 under 50 ms', isReached: http.genuine.p99Ms < 50 },
      { aim: 'unknown: 300/s a core', isReached: slowest >= 300 },
      { aim: 'worst of the corpus under 2 s', isReached: (worst[0]?.ms ?? 0) < 2000 },
    ],
  };
  process.stdout.write(`  ${JSON.stringify(result)}\n`);
  return result;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function judgeUnknown(seconds: number): Promise<Record<string, number>> {
  const lab = createLab({ ocsp: NOWHERE, crl: NOWHERE, issuerCertificate: NOWHERE });
  const rates: Record<string, number> = {};
  const measure = (name: string, pdf: Buffer) => {
    const run = (ms: number) => {
      const began = cpuMs();
      let judged = 0;
      // A copy: an upload is never the same bytes in memory.
      for (; cpuMs() - began < ms; judged += 1) judgeFile(Buffer.from(pdf), lab.trust);
      return (judged * 1000) / (cpuMs() - began);
    };
    run(500);
    rates[name] = Math.round(run(seconds * 1000));
  };
  for (const kind of KINDS) measure(`B-B ${kind}`, await lab.seal({ signer: lab.signers[kind] }));
  for (const level of LEVELS.slice(1))
    measure(`${level} p-256`, await lab.seal({ level, signer: lab.signers['p-256'] }));
  const altered = await lab.seal();
  altered[2000] = (altered[2000] ?? 0) ^ 1;
  measure('altered', altered);
  measure('foreign', Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(200_000, 'x')]));
  return rates;
}

async function findWorst(): Promise<VerifyResult['worst']> {
  const lab = createLab({ ocsp: NOWHERE, crl: NOWHERE, issuerCertificate: NOWHERE });
  const times: { attack: string; ms: number }[] = [];
  for (const attack of ATTACKS) {
    const pdf = await attack.make(lab);
    const trust = (await attack.trust?.(lab)) ?? lab.trust;
    const began = cpuMs();
    judgeFile(pdf, trust);
    times.push({ attack: attack.name, ms: Math.round(cpuMs() - began) });
  }
  return times.sort((one, other) => other.ms - one.ms).slice(0, 10);
}

/** Requests that warm a service up, and that are measured for each second asked for. */
const WARM = 300;
const PER_SECOND = 400;
/** Documents of one list of hashes. */
const LISTED = 40;

async function overHttp(seconds: number): Promise<VerifyResult['http']> {
  const service = await startTestService({ LOG_LEVEL: 'error' });
  const folder = mkdtempSync(join(tmpdir(), 'bench-verify-'));
  try {
    const documents = await attest(service);
    const [genuine = Buffer.alloc(0)] = documents;
    const altered = Buffer.from(genuine);
    altered[2000] = (altered[2000] ?? 0) ^ 1;
    const hashes = documents.map((pdf) => createHash('sha256').update(pdf).digest('hex'));
    const token = await service.clientToken('payroll', 'verifications:bulk');
    const measure = async (path: string, body: Buffer, type: string, more: readonly string[], each = 1) => {
      const file = join(folder, 'body');
      writeFileSync(file, body);
      const ask = (count: number) =>
        runLoad([`${service.url}${FILES}${path}`, file, type, String(count), ...more]);
      await ask(WARM);
      const databaseMs = await databaseMsOf(service);
      const began = cpuMs();
      const figure = await ask(Math.ceil((seconds * PER_SECOND) / each));
      const checked = figure.asked * each;
      const perDocument = (ms: number) => Math.round((ms / checked) * 1000) / 1000;
      return {
        ...figure,
        perSecond: figure.perSecond * each,
        serviceMs: perDocument(cpuMs() - began),
        databaseMs: perDocument((await databaseMsOf(service)) - databaseMs),
      };
    };
    const list = Buffer.from(JSON.stringify({ hashes }));
    return {
      genuine: await measure('', genuine, 'application/pdf', []),
      altered: await measure('', altered, 'application/pdf', []),
      listed: await measure('/hashes', list, 'application/json', [token], hashes.length),
    };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Documents of one worker, one a month. */
async function attest(service: TestService): Promise<readonly Buffer[]> {
  const client = createClient(service);
  const ssin = demoSsin('lena');
  const employer = { enterpriseNumber: '1900045601', name: 'Payroll' };
  const person = { ssin, familyName: 'Vermeulen', givenName: 'Lena', language: 'nl', hasEbox: true };
  await client.load(`${JSON.stringify(employer)}\n${JSON.stringify(person)}\n`);
  for (let month = 0; month < LISTED; month += 1) {
    const day = new Date(Date.UTC(2018, month, 1)).toISOString().slice(0, 10);
    await client.declare(quaIn({ ssin, day }));
  }
  await client.settled();
  const rows = await service.database.query<{ messageId: string }>(
    `select message_id as "messageId" from attestation where state = 'issued'`,
  );
  const documents: Buffer[] = [];
  for (const message of await client.inbox('lena'))
    if (rows.some(({ messageId }) => messageId === message.messageId))
      documents.push(await client.open('lena', message));
  const [genuine] = documents;
  const { status } = genuine === undefined ? { status: 'missing' } : await client.verify(genuine);
  if (status !== 'valid') throw new Error(`the genuine document is ${status}`);
  return documents;
}

/** What the backends that serve the service have used of a processor by now, milliseconds. */
async function databaseMsOf({ database }: TestService): Promise<number> {
  const pids = await database.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'citizen-ebox'`,
  );
  return pids.reduce((sum, { pid }) => sum + timeOf(`/proc/${pid}/stat`), 0) / 1000;
}

async function runLoad(args: readonly string[]): Promise<Asked> {
  const program = join(import.meta.dirname, 'verify-load.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, ...args]);
  // Written by `verify-load.ts`.
  return JSON.parse(stdout) as Asked;
}
