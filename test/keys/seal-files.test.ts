/** The seal's files as certificate issuers deliver them; the PKCS#12 files are openssl's. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ATTRIBUTE, issueCertificate, writeName } from '../../src/embedded/pki/certificate.ts';
import { readSealFiles, type SealFiles } from '../../src/keys/seal-files.ts';
import { isPortable, loadPortable, type SealSource } from '../../src/keys/seal-source.ts';
import { loadPemSigner } from '../../src/keys/signer.ts';
import { needsTool } from '../support/needs.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { runTool } from '../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'ebox-seal-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const keep = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
keep('issuing.pem', toPem(issuing.certificate));

function makeKey(name: string, privateKey: KeyObject, publicKey: KeyObject) {
  const certificate = issueCertificate(issuing, {
    subject: writeName([[ATTRIBUTE.commonName, name]]),
    publicKey,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2029-01-01T00:00:00Z'),
    extensions: [],
  });
  const encrypted = {
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  } as const;
  return {
    certificate,
    key: keep(`${name}.key`, String(privateKey.export({ format: 'pem', type: 'pkcs8' }))),
    encryptedKey: keep(`${name}.encrypted.key`, String(privateKey.export(encrypted))),
    certificates: keep(`${name}.crt`, toPem(certificate) + toPem(issuing.certificate)),
  };
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEYS = {
  ec: makeKey('ec', ec.privateKey, ec.publicKey),
  rsa: makeKey('rsa', rsa.privateKey, rsa.publicKey),
};

/** Has openssl pack a key with its certificates. */
async function pack(kind: 'ec' | 'rsa', ...options: readonly string[]): Promise<string> {
  const file = join(folder, `${kind}${options.join('')}.p12`);
  const args = ['pkcs12', '-export', '-inkey', `${kind}.key`, '-in', `${kind}.crt`, '-out', file];
  const { exitCode, output } = await runTool(
    'openssl',
    [...args, '-passout', 'pass:open sesame', ...options],
    folder,
  );
  assert.equal(exitCode, 0, output);
  return file;
}

const filesOf = (given: Partial<SealFiles>): SealFiles => ({
  keyFile: KEYS.ec.key,
  certificatesFile: undefined,
  passphrase: undefined,
  ...given,
});
const load = (given: Partial<SealFiles>) => {
  const { keyPem, certificatesPem } = readSealFiles('seal', filesOf(given));
  return loadPemSigner('seal', keyPem, certificatesPem);
};
const refuses = (given: Partial<SealFiles>, message: RegExp) =>
  assert.throws(() => readSealFiles('seal', filesOf(given)), {
    name: 'ServiceError',
    code: 'keyUnfit',
    message,
  });

describe('loadPortable', () => {
  it('loads a key in another thread from what can be handed to it', async () => {
    const { key: keyFile, certificates: certificatesFile } = KEYS.rsa;
    const source = structuredClone<SealSource>({
      name: 'one',
      from: new Date(),
      place: { kind: 'file', keyFile, certificatesFile },
    });
    assert.ok(isPortable(source));
    const signer = loadPortable(source);
    const { publicKey } = new X509Certificate(signer.certificate);
    assert.ok(verify('sha256', Buffer.from('a'), publicKey, await signer.sign(Buffer.from('a'))));
  });

  it('leaves keys in tokens and at services to the thread that holds them', () => {
    const place = {
      kind: 'remote',
      url: 'https://a.example',
      credential: 'b',
      certificatesFile: 'c',
    } as const;
    assert.ok(!isPortable({ name: 'one', place }));
    assert.throws(() => loadPortable({ name: 'one', place }), { code: 'keyUnfit' });
  });
});

describe('readSealFiles', () => {
  const passphrase = 'open sesame';

  for (const kind of ['ec', 'rsa'] as const) {
    const { certificate, key, encryptedKey, certificates } = KEYS[kind];

    describe(`when the ${kind} key is PEM`, () => {
      it('reads key and certificates from their files', () =>
        assert.deepEqual(load({ keyFile: key, certificatesFile: certificates }).certificate, certificate));

      it('opens an encrypted one', () =>
        assert.deepEqual(
          load({ keyFile: encryptedKey, certificatesFile: certificates, passphrase }).certificate,
          certificate,
        ));
    });

    for (const [form, ...options] of [
      ['of today'],
      ['of old systems', '-legacy'],
      ['without encrypted certificates', '-certpbe', 'NONE'],
    ] as const) {
      it(`reads ${kind} key and certificates from a PKCS#12 file ${form}`, async (t) => {
        if (!needsTool(t, 'openssl')) return;
        const signer = load({ keyFile: await pack(kind, ...options), passphrase });
        assert.deepEqual(signer.certificate, certificate);
        assert.deepEqual(signer.chain, [issuing.certificate]);
        const data = Buffer.from('to be sealed');
        const { publicKey } = new X509Certificate(signer.certificate);
        assert.ok(verify('sha256', data, publicKey, await signer.sign(data)));
      });
    }
  }

  it('takes the certificates of their own file, where one is named, before those of the PKCS#12 file', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const keyFile = await pack('ec');
    const certificatesFile = keep('own.crt', toPem(KEYS.ec.certificate));
    assert.deepEqual(load({ keyFile, certificatesFile, passphrase }).chain, []);
  });

  describe('says in one sentence what does not fit', () => {
    const { encryptedKey, certificates } = KEYS.ec;

    it('a PEM key without certificates', () => refuses({}, /SEAL_CERTIFICATES_FILE is needed/));
    it('a file that is not there', () => refuses({ keyFile: '/nowhere/seal.p12' }, /cannot be read/));
    it('a file that is no key', () => refuses({ keyFile: keep('text', 'hello') }, /neither PEM nor PKCS#12/));
    it('a wrong passphrase for PEM', () =>
      refuses(
        { keyFile: encryptedKey, certificatesFile: certificates, passphrase: 'wrong' },
        /does not open with the passphrase/,
      ));

    for (const wrong of ['wrong', undefined])
      it(`${wrong ?? 'no'} passphrase for PKCS#12`, async (t) => {
        if (!needsTool(t, 'openssl')) return;
        refuses({ keyFile: await pack('ec'), passphrase: wrong }, /opens with the passphrase/);
      });

    it('a PKCS#12 file without a key', async (t) => {
      if (!needsTool(t, 'openssl')) return;
      refuses({ keyFile: await pack('ec', '-nokeys'), passphrase }, /holds 0 private keys/);
    });
  });
});
