/** Documents made on threads: the same as on the main thread, with its errors, its keys, its failures and its end. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { type Pki, startPki } from '../../src/embedded/pki/pki.ts';
import { ServiceError } from '../../src/errors.ts';
import { loadPemSigner, type Signer } from '../../src/keys/signer.ts';
import { createLog } from '../../src/log.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { createDocumentMaker, type DocumentInput, type DocumentMaker } from '../../src/workflows/document.ts';
import { startDocumentThreads, type ThreadOptions } from '../../src/workflows/document-threads.ts';
import { catalogue, renderer, sample } from '../render/samples.ts';
import { startSealLab } from '../support/levels.ts';

let folder: string;
let pki: Pki;
let signer: Signer;
let threads: DocumentMaker;
/** What the shared threads are told of a key, by its id; each id is another key to them. */
const keys = new Map<string, () => ReturnType<ThreadOptions['keyOf']>>();
const makers: DocumentMaker[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'threads-'));
  const issuerName = { organisation: 'Office for Quarantine', country: 'BE', enterpriseNumber: '0206731645' };
  // RSA gives the same signature for the same bytes, so whole files can be compared.
  pki = await startPki({ folder, port: 0, sealKey: 'rsa-2048', issuerName });
  signer = loadPemSigner('seal', pki.sealKeyPem, pki.sealCertificatesPem);
  threads = start({ threads: 2, keyOf: (keyId) => keys.get(keyId)?.() ?? loadable() });
});

after(async () => {
  await Promise.all(makers.map((maker) => maker.stop()));
  await pki.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(options: Partial<ThreadOptions> = {}): DocumentMaker {
  const maker = startDocumentThreads({
    threads: 1,
    catalogue,
    failpoints: undefined,
    keyOf: loadable,
    log: createLog('silent'),
    ...options,
  });
  makers.push(maker);
  return maker;
}

/** A key that a thread loads itself; here it signs nothing. */
function loadable(): ReturnType<ThreadOptions['keyOf']> {
  const sign = async () => {
    throw new Error('the thread did not sign');
  };
  const place = { kind: 'pem', keyPem: pki.sealKeyPem, certificatesPem: pki.sealCertificatesPem } as const;
  return { signer: { ...signer, sign }, source: { name: 'seal', place } };
}

function inputOf(change: Parameters<typeof sample>[0] = {}): DocumentInput {
  const { type, signatureRoom: _, ...rest } = sample(change);
  return { ...rest, type: type.id, keyId: signer.keyId, level: 'B-B', tokenBytes: 0 };
}

describe('startDocumentThreads', () => {
  it('makes the document that the main thread makes, and tells its hash', async () => {
    const onMain = createDocumentMaker({ catalogue, renderer, signerOf: () => signer });
    const inputs = ['Peeters', 'Janssens', 'Ольга', 'Łęcki'].map((familyName) => inputOf({ familyName }));
    const made = await Promise.all(inputs.map((input) => threads.make(input)));
    for (const [index, input] of inputs.entries()) assert.deepEqual(made[index], await onMain.make(input));
  });

  it('draws the first page as the main thread does, and what is no PDF is an error with its code', async () => {
    const onMain = createDocumentMaker({ catalogue, renderer, signerOf: () => signer });
    const { pdf } = await onMain.make(inputOf());
    const drawn = await threads.draw(pdf);
    assert.equal(drawn.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual(drawn, await onMain.draw(pdf));
    await assert.rejects(threads.draw(Buffer.from('no PDF')), { code: 'renderingFailed' });
  });

  it('keeps the code of an error, and goes on', async () => {
    const isCoded = (code: string) => (error: unknown) =>
      error instanceof ServiceError && error.code === code && error.message !== '';
    await assert.rejects(threads.make(inputOf({ givenName: '\u{1F600}' })), isCoded('renderingFailed'));
    await assert.rejects(threads.make({ ...inputOf(), type: 'gone' }), isCoded('recordMissing'));
    assert.equal((await threads.make(inputOf())).keyId, signer.keyId);
  });

  it('asks again for a key that was not there', async () => {
    const input = { ...inputOf(), keyId: 'late' };
    keys.set('late', () => {
      throw new ServiceError('keyUnfit', 'not yet');
    });
    await assert.rejects(threads.make(input), { code: 'keyUnfit' });
    keys.set('late', () => ({ signer }));
    assert.equal((await threads.make(input)).level, 'B-B');
  });

  describe('when the thread cannot load the key', () => {
    it('has it sign on the main thread, and passes its errors on', async () => {
      let signed = 0;
      let isAway = false;
      const sign = async (data: Buffer) => {
        if (isAway) throw new ServiceError('remoteUnavailable', 'the module is away');
        signed += 1;
        return signer.sign(data);
      };
      const gone = { name: 'gone', place: { kind: 'file', keyFile: join(folder, 'gone.p12') } } as const;
      keys.set('module', () => ({ signer: { ...signer, sign }, source: gone }));
      const input = { ...inputOf(), keyId: 'module' };
      const onMain = createDocumentMaker({ catalogue, renderer, signerOf: () => signer });
      assert.deepEqual(await threads.make(input), await onMain.make(inputOf()));
      assert.equal(signed, 1);
      isAway = true;
      await assert.rejects(threads.make(input), { code: 'remoteUnavailable', isRetriable: true });
    });
  });

  describe('when the document gets a time-stamp', () => {
    for (const level of ['B-T', 'B-LT'] as const) {
      it(`has an authority's, and is of level ${level} for the verifier`, async (t) => {
        const lab = await startSealLab(t, 'p-256');
        const { sealKeyPem: keyPem, sealCertificatesPem: certificatesPem } = lab.pki;
        const source = { name: 'lab', place: { kind: 'pem', keyPem, certificatesPem } } as const;
        keys.set(lab.signer.keyId, () => ({ signer: lab.signer, source }));
        const input: DocumentInput = {
          ...inputOf(),
          keyId: lab.signer.keyId,
          level,
          tokenBytes: await lab.timeStamper.tokenBytes(),
          validationData: level === 'B-LT' ? await lab.revocation.current() : undefined,
        };
        const stamps = [0, 1].map(() => threads.make(input, (imprint) => lab.timeStamper.stamp(imprint)));
        for (const { pdf, pdfSha256, level: made } of await Promise.all(stamps)) {
          assert.deepEqual([made, pdfSha256], [level, createHash('sha256').update(pdf).digest()]);
          const verdict = verifySeal(pdf, { ...lab.trust, at: new Date() });
          assert.deepEqual([verdict.indication, verdict.level], ['TOTAL_PASSED', level], verdict.explanation);
          assert.ok(verdict.timeStamp);
        }
      });
    }

    it('asks the main thread for it, and passes its errors on', async () => {
      const imprints: Buffer[] = [];
      const away = async (imprint: Buffer) => {
        imprints.push(imprint);
        throw new ServiceError('remoteUnavailable', 'no authority answers');
      };
      const stamped = { ...inputOf(), level: 'B-T', tokenBytes: 5000 } as const;
      await assert.rejects(threads.make(stamped, away), { code: 'remoteUnavailable' });
      assert.deepEqual(
        imprints.map(({ length }) => length),
        [32],
      );
      // Bytes that are no token are refused by the check before release.
      await assert.rejects(
        threads.make(stamped, async () => Buffer.from('3000', 'hex')),
        { code: 'sealBroken' },
      );
    });
  });

  describe('when a thread ends of itself', () => {
    it('fails its document so that it is tried again, and another thread makes the next', async () => {
      const workers: Worker[] = [];
      const watch = (worker: Worker) => workers.push(worker);
      process.on('worker', watch);
      try {
        let asked = () => {};
        const isAsked = new Promise<void>((resolve) => {
          asked = resolve;
        });
        let isStuck = true;
        const sign = (data: Buffer) => {
          asked();
          return isStuck ? new Promise<Buffer>(() => {}) : signer.sign(data);
        };
        const one = start({ keyOf: () => ({ signer: { ...signer, sign } }) });
        const lost = one.make(inputOf());
        await isAsked;
        isStuck = false;
        const isRefused = assert.rejects(lost, { code: 'unexpected', isRetriable: true });
        await workers[0]?.terminate();
        await isRefused;
        assert.equal((await one.make(inputOf())).keyId, signer.keyId);
        assert.equal(workers.length, 2);
      } finally {
        process.off('worker', watch);
      }
    });
  });

  describe('when failpoints are armed', () => {
    it('strikes in one thread, and lets documents under way come to their end when it is stopped', async () => {
      const one = start({ failpoints: 'issue.rendered=throw@2,issue.sealed=throw@2', threads: 4 });
      assert.equal((await one.make(inputOf())).keyId, signer.keyId);
      await assert.rejects(one.make(inputOf()), /issue\.rendered/);
      await assert.rejects(one.make(inputOf()), /issue\.sealed/);
      const documents = Array.from({ length: 5 }, () => one.make(inputOf()));
      await one.stop();
      assert.equal((await Promise.all(documents)).length, 5);
    });
  });
});
