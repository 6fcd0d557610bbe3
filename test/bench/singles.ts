/** Single declarations while a batch runs: how long from the answer until the message can be read. */
import request from 'supertest';
import { until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import type { TestService } from '../support/service.ts';

/** A token is good for ten minutes. */
const TOKEN_MS = 5 * 60_000;

/** Declares one person after the other until it is told to stop; gives milliseconds of each. */
export function declareMeanwhile(
  service: TestService,
  people: readonly { readonly ssin: string; readonly personId: string }[],
  pauseMs: number,
): () => Promise<number[]> {
  const times: number[] = [];
  let isOver = false;
  let askedAt = performance.now();
  const declare = async () => {
    for (const { ssin, personId } of people) {
      if (isOver) return;
      const isOld = performance.now() - askedAt > TOKEN_MS;
      if (isOld) askedAt = performance.now();
      const token = await service.clientToken('payroll', 'dimona:declare', isOld);
      await request(service.url)
        .post('/dimona/v2/declarations')
        .auth(token, { type: 'bearer' })
        .send(quaIn({ ssin, day: '2021-03-02' }))
        .expect(201);
      const answered = performance.now();
      await until(
        () => service.database.query('select from message where person_id = $1', [personId]),
        (found) => found.length > 0,
      );
      times.push(performance.now() - answered);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const done = declare();
  return async () => {
    isOver = true;
    await done;
    return times;
  };
}

/** The value that so large a share stays under. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
