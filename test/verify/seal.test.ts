import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { listenOnLoopback } from '../../src/embedded/loopback.ts';
import { sealExtensions } from '../../src/embedded/pki/profiles.ts';
import type { Signer } from '../../src/keys/signer.ts';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { forgePdf } from '../support/forge.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner, NOW, trustIn } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const trust = trustIn(root, issuing);
const seal = async (signer: Signer, text?: string) =>
  sealPdf(await createPdf(signedDataBytes(signer), text === undefined ? {} : { text }), signer);
const judge = (pdf: Buffer) => {
  const { indication, subIndication } = verifySeal(pdf, trust);
  return subIndication === undefined ? indication : `${indication}/${subIndication}`;
};

describe('verifySeal', async () => {
  const signer = createSigner({ authority: issuing });
  const sealed = await seal(signer);
  const gap = readSealGap(sealed) ?? { start: 0, end: 0 };

  for (const key of ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const) {
    it(`passes a document sealed with ${key}`, async () => {
      assert.equal(judge(await seal(createSigner({ authority: issuing, key }))), 'TOTAL_PASSED');
    });
  }

  it('passes documents of many texts and lengths', async () => {
    for (const text of ['', 'text '.repeat(800), '%%EOF startxref (xref) /Prev <<>> endobj', 'Œdipe – Ω']) {
      assert.equal(judge(await seal(signer, text)), 'TOTAL_PASSED', text.slice(0, 20));
    }
  });

  it('names the signer', () => {
    const { serialNumber } = parseCertificate(signer.certificate);
    assert.deepEqual(verifySeal(sealed, trust).signer, {
      subject:
        'C=BE, O=Office for Quarantine, organizationIdentifier=NTRBE-0206731645, CN=Office for Quarantine',
      issuer: 'CN=Issuing',
      serialNumber,
    });
  });

  describe('when the file is no sealed PDF', () => {
    it('fails for its format', async () => {
      for (const file of [
        Buffer.alloc(0),
        Buffer.from('hello'),
        await createPdf(100),
        Buffer.from('%PDF-1.7\n'),
      ]) {
        assert.equal(judge(file), 'TOTAL_FAILED/FORMAT_FAILURE');
      }
    });
  });

  describe('when the file is larger than 20 MB', () => {
    it('fails for its format', () => {
      assert.equal(judge(Buffer.concat([sealed, Buffer.alloc(20_000_000)])), 'TOTAL_FAILED/FORMAT_FAILURE');
    });
  });

  describe('when the text was altered', () => {
    it('fails for its hash', () => {
      const altered = Buffer.from(sealed.toString('latin1').replace('(en-GB)', '(en-US)'), 'latin1');
      assert.equal(judge(altered), 'TOTAL_FAILED/HASH_FAILURE');
    });
  });

  describe('when the signature was made for another document', () => {
    it('fails for its hash', async () => {
      const rsa = createSigner({ authority: issuing, key: 'rsa-2048' });
      const [one, other] = [await seal(rsa, 'one'), await seal(rsa, 'two')];
      const [from, to] = [readSealGap(other), readSealGap(one)];
      assert.ok(from && to);
      other.copy(one, to.start, from.start, from.end);
      assert.equal(judge(one), 'TOTAL_FAILED/HASH_FAILURE');
    });
  });

  describe('when the signature value is not by the key of its certificate', () => {
    it('fails for its signature', async () => {
      const other = createSigner({ authority: issuing });
      const confused = { ...signer, sign: (data: Buffer) => other.sign(data) };
      assert.equal(judge(await forgePdf(confused)), 'TOTAL_FAILED/SIG_CRYPTO_FAILURE');
    });
  });

  describe('when one byte anywhere was changed', () => {
    it('never passes', () => {
      fc.assert(
        fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const altered = Buffer.from(sealed);
          altered[at] = (altered[at] ?? 0) ^ change;
          assert.notEqual(judge(altered), 'TOTAL_PASSED', `byte ${at}, change ${change}`);
        }),
        { numRuns: 4000 },
      );
    });
  });

  describe('when a digit of the signature value is written in upper case', () => {
    it('never passes: the same signature in other bytes is another file', () => {
      for (let at = gap.start + 1; at < gap.end - 1; at += 1) {
        const altered = Buffer.from(sealed);
        // Digits up to 9 become control characters by this.
        altered[at] = (altered[at] ?? 0) ^ 0x20;
        assert.equal(judge(altered), 'TOTAL_FAILED/FORMAT_FAILURE', `byte ${at}`);
      }
    });
  });

  describe('when bytes were cut out, doubled or put in', () => {
    it('never passes', () => {
      const place = fc.nat(sealed.length - 1);
      fc.assert(
        fc.property(
          place,
          fc.integer({ min: 1, max: 300 }),
          fc.uint8Array({ maxLength: 60 }),
          (at, cut, put) => {
            const spliced = Buffer.concat([sealed.subarray(0, at), put, sealed.subarray(at + cut)]);
            const doubled = Buffer.concat([sealed.subarray(0, at + cut), sealed.subarray(at)]);
            if (!spliced.equals(sealed)) assert.notEqual(judge(spliced), 'TOTAL_PASSED');
            assert.notEqual(judge(doubled), 'TOTAL_PASSED');
          },
        ),
        { numRuns: 1000 },
      );
    });
  });

  describe('when the bytes are arbitrary', () => {
    it('gives a verdict', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          assert.equal(judge(Buffer.from(bytes)), 'TOTAL_FAILED/FORMAT_FAILURE');
        }),
      );
    });
  });

  describe('when what it relies on cannot be read', () => {
    it('throws configurationInvalid', () => {
      const code = { name: 'ServiceError', code: 'configurationInvalid' };
      assert.throws(() => verifySeal(sealed, { ...trust, anchors: [Buffer.from('no')] }), code);
      assert.throws(() => verifySeal(sealed, { ...trust, crls: [Buffer.from('no')] }), code);
    });
  });

  describe('when a certificate names addresses of its own', () => {
    it('never asks there', async (t) => {
      let connections = 0;
      const server = createServer((_, answer) => void answer.end()).on('connection', () => {
        connections += 1;
      });
      const port = await listenOnLoopback('canary', server, '127.0.0.1', 0);
      t.after(() => server.close());
      const url = `http://127.0.0.1:${port}`;
      const foreign = createSigner({
        authority: createAuthority('Foreign root'),
        extensions: sealExtensions({ ocsp: url, crl: url, issuerCertificate: url }),
      });
      assert.equal(judge(await seal(foreign)), 'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND');
      // A connection begun by the verdict would arrive before this request's own.
      await fetch(url);
      assert.equal(connections, 1);
    });
  });
});

describe('verifySeal at a moment', async () => {
  const signer = createSigner({
    authority: issuing,
    notBefore: new Date(NOW.getTime() - 1000),
    notAfter: new Date(NOW.getTime() + 1000),
  });
  const sealed = await seal(signer);

  it('passes while the certificate is valid, to the second', () => {
    assert.equal(judge(sealed), 'TOTAL_PASSED');
  });

  for (const offset of [-5000, 5000]) {
    it(`does not pass ${offset < 0 ? 'before' : 'after'} that`, () => {
      const at = new Date(NOW.getTime() + offset);
      assert.equal(verifySeal(sealed, { ...trust, at }).subIndication, 'OUT_OF_BOUNDS_NOT_REVOKED');
    });
  }
});
