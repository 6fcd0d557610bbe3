/** Verifier processes: a file that loops, swells or ends one takes nobody else along, and another takes its place. */
import assert from 'node:assert/strict';
import { extname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createLog } from '../../src/log.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { examine } from '../../src/verify/examine.ts';
import { startPool } from '../../src/workflows/process-pool.ts';
import { type Examined, startVerifiers, type Verifiers } from '../../src/workflows/verifiers.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner, trustIn } from '../support/pki.ts';

const logLines: string[] = [];
const log = createLog('info', { write: (line: string) => logLines.push(line) });
const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const signer = createSigner({ authority: issuing });
const trust = { seal: trustIn(root, issuing), certificates: [signer.certificate] };
const HOSTILE = new URL(`../support/hostile.process${extname(import.meta.url)}`, import.meta.url);

function start(processes: number, program?: URL, failpoints?: string): Promise<Verifiers> {
  return startVerifiers({
    processes,
    megabytes: 96,
    seconds: 2,
    failpoints,
    log,
    ...(program && { program }),
  });
}

function said(examined: Examined): string {
  return examined === 'gaveUp' ? examined : examined.signature.explanation;
}

describe('a verifier', () => {
  let verifiers: Verifiers;
  let sealed: Buffer;
  before(async () => {
    verifiers = await start(1, undefined, 'verify.begun=hang@3');
    sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
  });
  after(() => verifiers.stop());

  it('says of a file what examining it here would say', async () => {
    for (const file of [sealed, Buffer.concat([sealed, Buffer.from('x')])]) {
      const found = await verifiers.examine(file, trust);
      assert.deepEqual(found, examine(file, trust.seal, trust.certificates));
    }
  });

  it('is given up on when it takes too long, and followed by another', async () => {
    assert.equal(await verifiers.examine(sealed, trust), 'gaveUp');
    const next = await verifiers.examine(sealed, trust);
    assert.equal(next !== 'gaveUp' && next.signature.indication, 'TOTAL_PASSED');
    assert.ok(logLines.some((line) => line.includes('ended by SIGKILL')));
  });
});

describe('a verifier that a file gets the better of', () => {
  let verifiers: Verifiers;
  before(async () => {
    verifiers = await start(2, HOSTILE);
  });
  after(() => verifiers.stop());
  const send = (file: string) => verifiers.examine(Buffer.from(file), trust);

  it('is given up on, whatever the file does, while others are examined', async () => {
    const files = ['loop', 'allocate', 'heap', 'exit', 'fault'];
    const [found, others] = await Promise.all([
      Promise.all(files.map(send)),
      Promise.all(files.map(() => send('pid'))),
    ]);
    assert.deepEqual(
      found,
      files.map(() => 'gaveUp'),
    );
    assert.ok(others.every((one) => /^\d+$/.test(said(one))));
    assert.ok(process.memoryUsage.rss() < 2 ** 30);
  });

  it('knows nothing of our environment', async () => {
    assert.equal(said(await send('environment')), 'PATH');
  });

  it('reaches nobody where the system lets it be shut in', async (t) => {
    if (verifiers.standing.network === 'shared') return t.skip('the system grants no network of its own');
    assert.equal(said(await send('network')), 'ENETUNREACH');
  });
});

describe('a pool', () => {
  const pool = (more: Partial<Parameters<typeof startPool>[0]>) =>
    startPool({
      command: [process.execPath, '--import', import.meta.resolve('tsx'), HOSTILE.pathname],
      processes: 1,
      tasksEach: 1000,
      timeoutMs: 20_000,
      mostWaiting: 2,
      mostWaitingBytes: 100,
      patienceMs: 60_000,
      largestAnswer: 2 ** 20,
      log,
      ...more,
    });
  const pidOf = (answer: unknown) => JSON.stringify(answer).match(/explanation\\?":\\?"(\d+)/)?.[1];

  it('replaces a process after so many tasks', async (t) => {
    const one = pool({ tasksEach: 2 });
    t.after(() => one.stop());
    const pids: (string | undefined)[] = [];
    for (let count = 0; count < 4; count += 1) pids.push(pidOf(await one.run({}, Buffer.from('pid'))));
    assert.ok(pids.every((pid) => pid !== undefined));
    assert.equal(pids[0], pids[1]);
    assert.equal(pids[2], pids[3]);
    assert.notEqual(pids[0], pids[2]);
  });

  it('takes no more than may wait, in number and in bytes', async (t) => {
    const one = pool({});
    t.after(() => one.stop());
    assert.equal(await one.run({}, Buffer.alloc(101)), 'full');
    const waiting = [one.run({}, Buffer.from('pid')), one.run({}, Buffer.from('pid'))];
    assert.equal(await one.run({}, Buffer.from('pid')), 'full');
    assert.ok((await Promise.all(waiting)).every((answer) => pidOf(answer) !== undefined));
  });

  it('kills a process that answers more than it may', async (t) => {
    const one = pool({});
    t.after(() => one.stop());
    assert.equal(await one.run({}, Buffer.from('flood')), 'ended');
  });

  it('lets nobody wait for ever, also when its program cannot be run', async () => {
    const one = pool({ command: ['/nowhere/to-be-found'], patienceMs: 50 });
    assert.equal(await one.run({}, Buffer.from('pid')), 'full');
    await one.stop();
    assert.equal(await one.run({}, Buffer.from('pid')), 'ended');
  });
});
