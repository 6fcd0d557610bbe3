/** Declarations a second end to end: from the POST to the attestation in the eBox, everything on this machine. */
import request from 'supertest';
import { until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { startTestService } from '../support/service.ts';
import { loadPeople, ssinOf } from './people.ts';

const AT_ONCE = 16;

export interface DeclarationResult {
  readonly declarations: number;
  readonly acceptedPerSecond: number;
  readonly issuedPerSecond: number;
  /** Milliseconds from the POST to its 201. */
  readonly answerMs: { readonly p50: number; readonly p99: number };
}

/** Declares for so many persons, sixteen at once. */
export async function benchDeclarations(count: number): Promise<DeclarationResult> {
  const service = await startTestService({ LOG_LEVEL: 'error', SEAL_THREADS: '' });
  try {
    await loadPeople(service, count);
    const people = Array.from({ length: count }, (_, index) => ssinOf(index));
    const token = await service.clientToken('payroll', 'dimona:declare');
    const times: number[] = [];
    const started = performance.now();
    const declare = async () => {
      for (let ssin = people.pop(); ssin !== undefined; ssin = people.pop()) {
        const sent = performance.now();
        const body = quaIn({ ssin, day: '2021-03-01' });
        await request(service.url)
          .post('/dimona/v2/declarations')
          .auth(token, { type: 'bearer' })
          .send(body)
          .expect(201);
        times.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, declare));
    const accepted = (performance.now() - started) / 1000;
    await until(
      () => service.database.query<{ n: number }>(`select count(*)::int as n from message`),
      ([row]) => row?.n === count,
    );
    const issued = (performance.now() - started) / 1000;
    times.sort((one, other) => one - other);
    const at = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? 0);
    const result = {
      declarations: count,
      acceptedPerSecond: round(count / accepted),
      issuedPerSecond: round(count / issued),
      answerMs: { p50: at(0.5), p99: at(0.99) },
    };
    process.stdout.write(`  ${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await service.stop();
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
