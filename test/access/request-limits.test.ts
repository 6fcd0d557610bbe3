/** Limits on requests: several processes share one, ask seldom, and count alone where they cannot ask. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  createRequestLimits,
  type LimitedSubject,
  type RequestLimitOptions,
  type RequestLimits,
} from '../../src/access/request-limits.ts';
import { clearUses, countUses } from '../../src/database/limit-uses.ts';
import type { EnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const LIMIT = 200;
/** What one process takes at once. */
const SHARE = LIMIT / 50;

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

const by = () => ({
  query: <Row>(text: string, values: readonly unknown[] = []) =>
    database.database.statement<Row>(text, values, 30_000),
});

interface Process extends RequestLimits {
  /** How often it asked. */
  readonly asked: () => number;
  readonly lines: readonly string[];
}

function startProcess(change: Partial<RequestLimitOptions> = {}): Process {
  let asked = 0;
  const lines: string[] = [];
  const limits = createRequestLimits({
    perMinute: { client: LIMIT, person: LIMIT, address: LIMIT },
    hashSsin: (ssin) => `hash of ${ssin}`,
    nameOf: (subject) => createHash('sha256').update(subject).digest(),
    clear: () => clearUses(by()),
    log: createLog('info', { write: (line: string) => lines.push(line) }),
    patienceMs: 30_000,
    ...change,
    count: (...given) => {
      asked += 1;
      return (change.count ?? ((...use) => countUses(by(), ...use)))(...given);
    },
  });
  return { take: (subject) => limits.take(subject), asked: () => asked, lines };
}

const at = (address: string): LimitedSubject => ({ kind: 'address', address });

/** Takes so many times, many at once, and gives how often that was granted. */
async function takeMany(
  processes: readonly RequestLimits[],
  subject: LimitedSubject,
  times: number,
): Promise<number> {
  const outcomes = await Promise.all(
    Array.from({ length: times }, (_, turn) => processes[turn % processes.length]?.take(subject)),
  );
  return outcomes.filter((excess) => excess === undefined).length;
}

describe('createRequestLimits', () => {
  it('grants what several processes ask together up to the limit and no further', async () => {
    const processes = [startProcess(), startProcess(), startProcess()];
    assert.equal(await takeMany(processes, at('together'), LIMIT * 3), LIMIT);
  });

  it('asks once for a share, not for each request, and no more once all is spent', async () => {
    const alone = startProcess();
    assert.equal(await takeMany([alone], at('seldom'), LIMIT * 5), LIMIT);
    assert.ok(alone.asked() <= LIMIT / SHARE + 1, `${alone.asked()} times`);
  });

  it('refuses early by what others took and did not hand out, at most a share each', async () => {
    const [first, second] = [startProcess(), startProcess()];
    assert.equal(await first.take(at('early')), undefined);
    const granted = await takeMany([second], at('early'), LIMIT * 2);
    assert.equal(granted, LIMIT - SHARE);
  });

  it('says what the limit is, and when to come back', async () => {
    const one = startProcess();
    await takeMany([one], at('told'), LIMIT);
    const excess = await one.take(at('told'));
    assert.equal(excess?.limit, LIMIT);
    assert.ok(excess.retryAfterSeconds >= 1 && excess.retryAfterSeconds <= 60);
  });

  it('begins anew when the window has ended', async () => {
    const one = startProcess({ count: (subject, uses) => countUses(by(), subject, uses, 1) });
    await takeMany([one], at('anew'), LIMIT * 2);
    await until(
      () => one.take(at('anew')),
      (excess) => excess === undefined,
    );
  });

  it('counts each subject by itself, and a person as one however they come', async () => {
    const one = startProcess({ perMinute: { client: 1, person: 2, address: 1 } });
    const client = (clientId: string): LimitedSubject => ({
      kind: 'client',
      clientId,
      organization: '0206731645' as EnterpriseNumber,
    });
    assert.equal(await one.take(client('a')), undefined);
    assert.equal(await one.take(client('b')), undefined);
    assert.ok(await one.take(client('a')));
    const ssin = '88031499863' as Ssin;
    assert.equal(await one.take({ kind: 'person', ssin }), undefined);
    assert.equal(await one.take({ kind: 'person', ssinHmac: `hash of ${ssin}` }), undefined);
    assert.ok(await one.take({ kind: 'person', ssin }));
  });

  it('does not count where there is no limit', async () => {
    const one = startProcess({ perMinute: { client: 0, person: 0, address: 0 } });
    assert.equal(await takeMany([one], at('free'), 1000), 1000);
    assert.equal(one.asked(), 0);
  });

  const troubles: Readonly<Record<string, RequestLimitOptions['count']>> = {
    'does not answer': () => new Promise(() => undefined),
    'is away': () => Promise.reject(new Error('connection refused')),
  };
  for (const [what, count] of Object.entries(troubles)) {
    it(`lets requests through at the same rate, counted alone, when the database ${what}`, async () => {
      const one = startProcess({ count, patienceMs: 50 });
      const granted = await takeMany([one], at(what), LIMIT * 2);
      // A twelfth of the limit for each five seconds that pass.
      assert.ok(granted >= LIMIT / 12 && granted < LIMIT, `${granted}`);
      const excess = await one.take(at(what));
      assert.ok(excess === undefined || excess.retryAfterSeconds <= 5);
      assert.match(one.lines.join(''), /not counted together/);
    });
  }

  it('keeps neither who nor from where', async () => {
    await startProcess().take(at('192.0.2.77'));
    const rows = await database.query<{ row: string }>('select limit_use::text as row from limit_use');
    assert.ok(rows.length > 0);
    assert.doesNotMatch(JSON.stringify(rows), /192\.0\.2/);
  });
});

describe('clearUses', () => {
  it('clears away what ended and nothing else', async () => {
    const names = [1, 2].map((name) => createHash('sha256').update(`clear ${name}`).digest());
    for (const name of names) await countUses(by(), name, 1, 60);
    await database.query('update limit_use set ends_at = clock_timestamp() where subject = $1', [names[0]]);
    await clearUses(by());
    const kept = await database.query('select from limit_use where subject = any ($1)', [names]);
    assert.equal(kept.length, 1);
  });
});
