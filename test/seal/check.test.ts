import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { hashPrefix } from '../../src/pades/unsealed.ts';
import { checkSealed, findSealer } from '../../src/seal/check.ts';
import { sealInPlace, sealPdf } from '../../src/seal/seal.ts';
import { forgePdf } from '../support/forge.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner } from '../support/pki.ts';

const authority = createAuthority('Root');
const refusal = { name: 'ServiceError', code: 'sealBroken' };

for (const key of ['p-256', 'p-384', 'rsa-2048'] as const) {
  describe(`checkSealed with ${key}`, async () => {
    const signer = createSigner({ authority, key });
    const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
    const gap = readSealGap(sealed) ?? { start: 0, end: 0 };
    const flip = (at: number) => {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      return altered;
    };

    it('accepts what sealPdf made, and finds its hash', () => {
      assert.equal(checkSealed(sealed, signer), 'B-B');
      const sha256 = createHash('sha256').update(sealed).digest();
      assert.deepEqual(findSealer(sealed, [signer]), { key: signer, level: 'B-B', sha256 });
    });

    describe('when the beginning was hashed before', () => {
      it('still refuses with sealBroken when a bit of it flipped after that', async () => {
        const bytes = await createPdf(signedDataBytes(signer));
        const prefixBytes = 200;
        const prefixHash = hashPrefix(bytes.subarray(0, prefixBytes));
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        const flipped = await sealInPlace({ bytes, prefixBytes, prefixHash }, signer);
        const check = () => findSealer(flipped, [signer], prefixBytes);
        // SHA-384 does not go on from SHA-256: then the file is sealed as it is.
        if (key === 'p-384') assert.equal(check().key, signer);
        else assert.throws(check, refusal);
      });
    });

    describe('when a byte of the document is altered', () => {
      it('refuses with sealBroken', () => {
        assert.throws(() => checkSealed(flip(gap.start - 100), signer), refusal);
        assert.throws(() => checkSealed(flip(gap.end + 100), signer), refusal);
      });
    });

    describe('when a byte of the signature is altered', () => {
      it('refuses with sealBroken', () => {
        assert.throws(() => checkSealed(flip(gap.start + 1), signer), refusal);
        assert.throws(() => checkSealed(flip(gap.end - 40), signer), refusal);
      });
    });

    describe('when bytes follow', () => {
      it('refuses with sealBroken', () => {
        assert.throws(() => checkSealed(Buffer.concat([sealed, Buffer.from('\n')]), signer), refusal);
      });
    });

    describe('when another key signed', () => {
      it('refuses with sealBroken', () => {
        const other = createSigner({ authority, key });
        assert.throws(() => checkSealed(sealed, other), refusal);
      });
    });

    describe('when the key module signed with another key than its certificate says', () => {
      it('refuses with sealBroken', async () => {
        const other = createSigner({ authority, key });
        const confused = { ...signer, sign: (data: Buffer) => other.sign(data) };
        const broken = await forgePdf(confused);
        assert.throws(() => checkSealed(broken, signer), refusal);
      });
    });
  });
}
