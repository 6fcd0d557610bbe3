/** Keys in a PKCS#11 token: what they sign verifies, and what becomes of a wrong PIN, a missing key, a token pulled. */
import assert from 'node:assert/strict';
import { verify } from 'node:crypto';
import { after, describe, it, type TestContext } from 'node:test';
import { openTokenKey } from '../../src/keys/pkcs11.ts';
import { openSigner, type SealSource } from '../../src/keys/seal-source.ts';
import { checkSigner } from '../../src/keys/signer.ts';
import type { TokenAddress } from '../../src/keys/token-session.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { createGuardedFetch } from '../../src/remote/guarded-fetch.ts';
import { checkSealed } from '../../src/seal/check.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { needsTool } from '../support/needs.ts';
import { createPdf } from '../support/pdf.ts';
import { createSealFolder } from '../support/seal-folder.ts';
import { createToken, needsToken, type TestToken } from '../support/token.ts';
import { opensslCades, pdfsig } from '../support/tools.ts';

const KEYS = {
  'rsa-2048': 'rsa:2048',
  'rsa-3072': 'rsa:3072',
  'p-256': 'EC:prime256v1',
  'p-384': 'EC:secp384r1',
  'always-p-256': 'EC:prime256v1',
  'p-521': 'EC:secp521r1',
};
const fetch = createGuardedFetch({ allowedOrigins: [], allowLoopback: false, timeoutMs: 1000, maxBytes: 1 });
const data = Buffer.from('signed attributes');

describe('a key in a PKCS#11 token', () => {
  const folder = createSealFolder();
  let token: Promise<TestToken> | undefined;
  after(async () => {
    (await token)?.remove();
    folder.remove();
  });

  /** Skips where there is no token. */
  async function withToken(t: TestContext, work: (token: TestToken) => Promise<void>): Promise<void> {
    if (!(await needsToken(t))) return;
    token ??= createToken(KEYS);
    await work(await token);
  }
  const addressOf = (at: TestToken, label: string, more: Partial<TokenAddress> = {}): TokenAddress => ({
    module: at.module,
    token: at.label,
    label,
    pinFile: at.pinFile,
    sessions: 2,
    ...more,
  });
  /** The key of the token with a certificate of the test's authority for its public key. */
  async function sourceOf(at: TestToken, label: string, certified = label): Promise<SealSource> {
    const key = await openTokenKey('seal', addressOf(at, certified));
    const certificatesFile = folder.file(`${label}.crt`, folder.certify(key.readPublicKey()));
    key.close();
    return { name: label, place: { kind: 'token', certificatesFile, ...addressOf(at, label) } };
  }

  for (const label of ['rsa-2048', 'rsa-3072', 'p-256', 'p-384'] as const) {
    it(`seals with ${label}, and pdfsig and openssl take it`, (t) =>
      withToken(t, async (at) => {
        const { signer, close } = await openSigner(await sourceOf(at, label), fetch);
        assert.equal(signer.algorithm, label);
        await checkSigner('seal', signer);
        const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
        checkSealed(sealed, signer);
        close();
        if (!needsTool(t, 'pdfsig', 'certutil', 'openssl')) return;
        const { isValid, isWhole, output } = await pdfsig(sealed, folder.rootPem);
        assert.deepEqual([isValid, isWhole], [true, true], output);
        assert.equal((await opensslCades(sealed, folder.rootPem)).exitCode, 0);
      }));
  }

  it('gives its PIN at each signature to a key that asks for it', (t) =>
    withToken(t, async (at) => {
      const { signer, close } = await openSigner(await sourceOf(at, 'always-p-256'), fetch);
      await checkSigner('seal', signer);
      await checkSigner('seal', signer);
      close();
    }));

  it('is found by its id as well', (t) =>
    withToken(t, async (at) => {
      const key = await openTokenKey('seal', addressOf(at, 'p-256', { label: undefined, id: '03' }));
      const publicKey = key.readPublicKey();
      assert.ok(verify('sha256', data, publicKey, await key.sign('p-256', data)));
      key.close();
    }));

  it('signs more at once than it has sessions', (t) =>
    withToken(t, async (at) => {
      const key = await openTokenKey('seal', addressOf(at, 'p-384'));
      const publicKey = key.readPublicKey();
      const all = Array.from({ length: 20 }, (_, number) => Buffer.from(`document ${number}`));
      const signatures = await Promise.all(all.map((one) => key.sign('p-384', one)));
      for (const [number, signature] of signatures.entries())
        assert.ok(verify('sha384', all[number] ?? data, publicKey, signature));
      key.close();
    }));

  it('belongs to its certificate, or is refused', (t) =>
    withToken(t, async (at) => {
      const { signer, close } = await openSigner(await sourceOf(at, 'p-256', 'always-p-256'), fetch);
      await assert.rejects(checkSigner('seal', signer), { name: 'ServiceError', code: 'keyUnfit' });
      close();
    }));

  for (const [what, code, message, wrong] of [
    ['a wrong PIN', 'keyUnfit', /refuses the PIN/, (at: TestToken) => ({ pinFile: at.wrongPinFile })],
    ['a missing module', 'keyUnfit', /module \/nowhere/, () => ({ module: '/nowhere/hsm.so' })],
    ['a token that is not there', 'keyUnavailable', /token other is not there/, () => ({ token: 'other' })],
    ['a slot that is not there', 'keyUnavailable', /slot 7 is not there/, () => ({ token: 7 })],
    ['a key that is not there', 'keyUnfit', /no private key with label other/, () => ({ label: 'other' })],
    ['a PIN file that is not there', 'keyUnfit', /cannot be read/, () => ({ pinFile: '/nowhere/pin' })],
  ] as const) {
    it(`says in one sentence what is wrong with ${what}`, (t) =>
      withToken(t, (at) =>
        assert.rejects(openTokenKey('seal', addressOf(at, 'p-256', wrong(at))), {
          name: 'ServiceError',
          code,
          message,
        }),
      ));
  }

  it('refuses a public key on a curve that may not seal', (t) =>
    withToken(t, async (at) => {
      const key = await openTokenKey('seal', addressOf(at, 'p-521'));
      assert.throws(() => key.readPublicKey(), { code: 'keyUnfit' });
      key.close();
    }));

  it('fails for a while when the token is pulled, and signs again when it is back', (t) =>
    withToken(t, async (at) => {
      const key = await openTokenKey('seal', addressOf(at, 'p-256'));
      const other = await openTokenKey('seal', addressOf(at, 'rsa-2048'));
      const publicKey = key.readPublicKey();
      at.pull();
      for (let time = 0; time < 2; time += 1)
        await assert.rejects(key.sign('p-256', data), { code: 'keyUnavailable', isRetriable: true });
      at.putBack();
      assert.ok(verify('sha256', data, publicKey, await key.sign('p-256', data)));
      assert.ok(verify('sha256', data, other.readPublicKey(), await other.sign('rsa-2048', data)));
      key.close();
      other.close();
    }));
});
