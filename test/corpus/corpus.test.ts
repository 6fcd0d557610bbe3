/** A sample of the corpus, which `npm run corpus` judges whole. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { listenOnLoopback } from '../../src/embedded/loopback.ts';
import { ATTACKS, FAMILIES } from './attacks.ts';
import { genuineOf } from './genuine.ts';
import { judgeFile } from './judge.ts';
import { createLab, KINDS, LEVELS } from './lab.ts';
import { diceOf, mutantsOf } from './mutants.ts';
import { startWatch } from './watch.ts';

const nowhere = 'http://127.0.0.1:9/';
const lab = createLab({ ocsp: nowhere, crl: nowhere, issuerCertificate: nowhere });

describe('the named attacks', () => {
  it('are many, of many families, each of its own name', () => {
    assert.ok(ATTACKS.length >= 60 && Object.keys(FAMILIES).length >= 10);
    assert.equal(new Set(ATTACKS.map(({ name }) => name)).size, ATTACKS.length);
  });

  // Bombs take seconds to make.
  const others = ATTACKS.filter((attack) => !FAMILIES['bombs']?.includes(attack));
  for (const attack of others.filter((_, at) => at % 5 === 0)) {
    it(`${attack.name}: ${attack.does}`, async () => {
      const pdf = await attack.make(lab);
      const { seal, told, explanation } = judgeFile(pdf, (await attack.trust?.(lab)) ?? lab.trust);
      assert.deepEqual([seal, told], [attack.seal, attack.told], explanation);
    });
  }
});

describe('mechanical mutants', async () => {
  const bases = await Promise.all(LEVELS.map((level) => lab.seal({ level, signer: lab.signers['p-256'] })));
  const mutant = mutantsOf(bases);

  it('never pass', () => {
    for (let number = 0; number < 500; number += 1) {
      const { seal, explanation } = judgeFile(mutant(number), lab.trust);
      assert.notEqual(seal, 'TOTAL_PASSED', `mutant ${number}: ${explanation}`);
    }
  });

  it('are the same for the same number, and none of the genuine ones', () => {
    for (let number = 0; number < 50; number += 1) {
      assert.deepEqual(mutant(number), mutantsOf(bases)(number));
      assert.ok(bases.every((base) => !base.equals(mutant(number))));
    }
  });

  it('come from dice that fall on every side', () => {
    const dice = diceOf(7);
    assert.equal(new Set(Array.from({ length: 300 }, () => dice(6))).size, 6);
  });
});

describe('genuine documents', () => {
  it('pass, of each level, key and age', async () => {
    const genuine = genuineOf(lab);
    const seen = new Set<string>();
    for (let number = 0; number < LEVELS.length * KINDS.length * 2; number += 1) {
      const { pdf, trust, what } = await genuine(number);
      const { seal, explanation } = judgeFile(pdf, trust);
      assert.equal(seal, 'TOTAL_PASSED', `${what}: ${explanation}`);
      seen.add(what);
    }
    assert.equal(seen.size, LEVELS.length * KINDS.length * 2);
  });
});

describe('startWatch', () => {
  it('sees what reaches out', async (t) => {
    const watch = startWatch();
    const server = createServer((socket) => socket.end());
    const port = await listenOnLoopback('watched', server, '127.0.0.1', 0);
    t.after(() => server.close());
    const before = watch.reached().length;
    judgeFile(Buffer.from('%PDF-'), lab.trust);
    assert.equal(watch.reached().length, before);
    await new Promise((resolve) =>
      connect(port, '127.0.0.1').once('connect', resolve).once('close', resolve),
    );
    assert.ok(watch.reached().length > before);
  });

  it('sees what is written', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'corpus-watch-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { writing } = startWatch();
    const kept = Buffer.alloc(5000);
    assert.equal(writing(() => judgeFile(kept, lab.trust)).bytes, 0);
    if (process.platform !== 'linux') return;
    assert.ok(writing(() => writeFileSync(join(folder, 'kept'), kept)).bytes >= kept.length);
  });
});
