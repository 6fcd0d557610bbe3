/** Signers from PEM: which keys and certificates are taken, and that what they sign verifies. */
import assert from 'node:assert/strict';
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
  X509Certificate,
} from 'node:crypto';
import { describe, it } from 'node:test';
import { ATTRIBUTE, issueCertificate, writeName } from '../../src/embedded/pki/certificate.ts';
import { loadPemSigner, readCertificates } from '../../src/keys/signer.ts';
import { createAuthority, toPem } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const rsa = (modulusLength: number): Pair => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string): Pair => generateKeyPairSync('ec', { namedCurve });
const pair = ec('P-256');

function certify({ publicKey }: Pair): Buffer {
  return issueCertificate(issuing, {
    subject: writeName([[ATTRIBUTE.commonName, 'Seal']]),
    publicKey,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2029-01-01T00:00:00Z'),
    extensions: [],
  });
}

function keyPem({ privateKey }: Pair): string {
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function load(keys: Pair) {
  return loadPemSigner('seal', keyPem(keys), toPem(certify(keys)));
}

const isUnfit = { name: 'ServiceError', code: 'keyUnfit', message: /^seal: / };

describe('loadPemSigner', () => {
  for (const [algorithm, keys] of [
    ['rsa-2048', rsa(2048)],
    ['rsa-3072', rsa(3072)],
    ['p-256', pair],
    ['p-384', ec('P-384')],
  ] as const) {
    describe(`when the key is ${algorithm}`, () => {
      const signer = load(keys);

      it('names the algorithm', () => assert.equal(signer.algorithm, algorithm));

      it('signs the hash of the data that belongs to it, in no more bytes than it says', async () => {
        // The length of an ECDSA signature varies with its two integers.
        for (let turn = 0; turn < 40; turn += 1) {
          const data = randomBytes(turn);
          const signature = await signer.sign(data);
          assert.ok(verify(algorithm === 'p-384' ? 'sha384' : 'sha256', data, keys.publicKey, signature));
          assert.ok(signature.length <= signer.signatureBytes);
        }
      });

      it('makes a signature that holds for these data only', async () => {
        const signature = await signer.sign(Buffer.from('one'));
        assert.equal(
          verify(
            algorithm === 'p-384' ? 'sha384' : 'sha256',
            Buffer.from('other'),
            keys.publicKey,
            signature,
          ),
          false,
        );
      });
    });
  }

  it('names the key by the SHA-256 of its certificate', () => {
    const certificate = certify(pair);
    const signer = loadPemSigner('seal', keyPem(pair), toPem(certificate));
    assert.equal(signer.keyId, createHash('sha256').update(certificate).digest('hex').slice(0, 16));
    assert.ok(signer.certificate.equals(certificate));
  });

  it('gives the certificates between its own and the root, without the root', () => {
    const files = [certify(pair), issuing.certificate, root.certificate].map(toPem).join('\n');
    const signer = loadPemSigner('seal', keyPem(pair), files);
    assert.deepEqual(signer.chain, [issuing.certificate]);
  });

  it('keeps a certificate whose name is that of its issuer, when another key issued it', () => {
    const namesake = createAuthority('Root', root);
    const files = [certify(pair), namesake.certificate].map(toPem).join('');
    assert.deepEqual(loadPemSigner('seal', keyPem(pair), files).chain, [namesake.certificate]);
  });

  for (const [form, pem] of Object.entries({
    'PKCS#8': keyPem(pair),
    'SEC 1': pair.privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
    'SEC 1 after the parameters of the curve': `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pair.privateKey.export({ format: 'pem', type: 'sec1' }).toString()}`,
    'PKCS#8 with CRLF': keyPem(pair).replaceAll('\n', '\r\n'),
  })) {
    it(`takes a key in ${form}`, () =>
      assert.equal(loadPemSigner('seal', pem, toPem(certify(pair))).algorithm, 'p-256'));
  }

  describe('when it refuses', () => {
    const certificates = toPem(certify(pair));
    const encrypted = pair.privateKey.export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    });
    const refused: Readonly<Record<string, readonly [key: string, certificates: string]>> = {
      'a key that belongs to another certificate': [keyPem(ec('P-256')), certificates],
      'certificates with another than its own first': [
        keyPem(pair),
        toPem(issuing.certificate) + certificates,
      ],
      'no key': ['', certificates],
      'a text that is no key': [
        '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
        certificates,
      ],
      'a public key': [pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(), certificates],
      'an encrypted key': [String(encrypted), certificates],
      'no certificate': [keyPem(pair), ''],
      'a certificate that cannot be read': [
        keyPem(pair),
        '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      ],
    };
    for (const [what, [key, files]] of Object.entries(refused)) {
      it(`says keyUnfit for ${what}`, () => assert.throws(() => loadPemSigner('seal', key, files), isUnfit));
    }

    for (const [what, keys] of Object.entries<Pair>({
      'RSA-1024': rsa(1024),
      'RSA of an odd length': rsa(2056),
      'RSASSA-PSS only': generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
      secp256k1: ec('secp256k1'),
      'P-521': ec('P-521'),
      Ed25519: generateKeyPairSync('ed25519'),
    })) {
      it(`says keyUnfit for ${what}`, () => assert.throws(() => load(keys), isUnfit));
    }

    it('says nothing of the key', () => {
      const key = keyPem(ec('P-256'));
      assert.throws(
        () => loadPemSigner('seal', key, certificates),
        (error: Error) => !key.split('\n').some((line) => line !== '' && error.message.includes(line)),
      );
    });
  });
});

describe('readCertificates', () => {
  it('finds them in their order among other text', () => {
    const text = `subject=Seal\r\n${toPem(certify(pair)).replaceAll('\n', '\r\n')}\n# the issuer\n${toPem(issuing.certificate)}`;
    assert.deepEqual(
      readCertificates('seal', text).map(({ issuer }) => issuer),
      ['CN=Issuing', 'CN=Root'],
    );
  });

  it('finds none in an empty text', () => assert.deepEqual(readCertificates('seal', ''), []));

  it('gives what a verifier can use', () => {
    const [certificate] = readCertificates('seal', toPem(root.certificate));
    assert.ok(certificate instanceof X509Certificate && certificate.verify(certificate.publicKey));
  });
});
