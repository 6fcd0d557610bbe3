/** Verification: genuine documents over HTTP, unknown ones in one process, and the worst file of the corpus. */
import { Agent, request as ask } from 'node:http';
import { ATTACKS } from '../corpus/attacks.ts';
import { judgeFile } from '../corpus/judge.ts';
import { createLab, KINDS, LEVELS } from '../corpus/lab.ts';
import { createClient, until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService } from '../support/service.ts';

const AT_ONCE = 16;
const NOWHERE = 'http://127.0.0.1:9/';

interface HttpFigure {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly asked: number;
}

export interface VerifyResult {
  readonly seconds: number;
  /** With the whole service on this machine, by wall clock; sixteen ask at once. */
  readonly http: { readonly genuine: HttpFigure; readonly altered: HttpFigure };
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
      { aim: 'genuine: 2 000/s a core over HTTP', isReached: http.genuine.perSecond >= 2000 },
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

async function overHttp(seconds: number): Promise<VerifyResult['http']> {
  const service = await startTestService({ LOG_LEVEL: 'error' });
  try {
    const client = createClient(service);
    const ssin = demoSsin('lena');
    await client.load(
      JSON.stringify({ ssin, familyName: 'Vermeulen', givenName: 'Lena', language: 'nl', hasEbox: true }),
    );
    await client.declare(quaIn({ ssin, day: '2021-03-01' }));
    const [message] = await until(
      () => client.inbox('lena'),
      ({ length }) => length > 0,
    );
    if (message === undefined) throw new Error('no message');
    const genuine = await client.open('lena', message);
    const { status } = await client.verify(genuine);
    if (status !== 'valid') throw new Error(`the genuine document is ${status}`);
    const altered = Buffer.from(genuine);
    altered[2000] = (altered[2000] ?? 0) ^ 1;
    return {
      genuine: await load(service.url, genuine, seconds),
      altered: await load(service.url, altered, seconds),
    };
  } finally {
    await service.stop();
  }
}

async function load(url: string, pdf: Buffer, seconds: number): Promise<HttpFigure> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const once = () =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/pdf', 'content-length': pdf.length };
      const sent = ask(
        `${url}/verifications/v1/verifications`,
        { method: 'POST', agent, headers },
        (answer) => {
          if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`));
          answer.resume().once('end', resolve);
        },
      );
      sent.once('error', reject).end(pdf);
    });
  for (let warm = 0; warm < 200; warm += 1) await once();
  const times: number[] = [];
  const began = performance.now();
  const line = async () => {
    while (performance.now() - began < seconds * 1000) {
      const sent = performance.now();
      await once();
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  const took = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((one, other) => one - other);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  return { perSecond: Math.round(times.length / took), p50Ms: at(0.5), p99Ms: at(0.99), asked: times.length };
}
