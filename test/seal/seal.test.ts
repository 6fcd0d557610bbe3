import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BYTE_RANGE_PLACEHOLDER,
  MAX_PADDING_BYTES,
  readGap,
  readSealGap,
} from '../../src/pades/byte-range.ts';
import { readFirst } from '../../src/pades/der-reader.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { hashPrefix } from '../../src/pades/unsealed.ts';
import { sealInPlace, sealPdf } from '../../src/seal/seal.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const signer = createSigner({ authority: issuing });
const refusal = { name: 'ServiceError', code: 'sealingFailed' };

describe('sealPdf', () => {
  it('fills the signature in place: one revision of the same length', async () => {
    const unsigned = await createPdf(signedDataBytes(signer));
    const sealed = await sealPdf(unsigned, signer);
    const gap = readSealGap(sealed);
    assert.ok(gap);
    assert.equal(sealed.length, unsigned.length);
    assert.deepEqual(sealed.subarray(gap.end), unsigned.subarray(gap.end));
  });

  it('leaves the unsigned bytes untouched', async () => {
    const unsigned = await createPdf(signedDataBytes(signer));
    const before = Buffer.from(unsigned);
    await sealPdf(unsigned, signer);
    assert.deepEqual(unsigned, before);
  });

  it('leaves no slack: the signature value fills its room but for a few zeros', async () => {
    const unsigned = await createPdf(signedDataBytes(signer));
    for (let round = 0; round < 20; round += 1) {
      const sealed = await sealPdf(unsigned, signer);
      const gap = readSealGap(sealed);
      assert.ok(gap);
      const room = readGap(sealed, gap);
      const padding = room.subarray(readFirst(room).raw.length);
      assert.ok(padding.length <= MAX_PADDING_BYTES && padding.every((byte) => byte === 0));
    }
  });

  it('gives the same bytes again with RSA, whose signatures do not vary', async () => {
    const rsa = createSigner({ authority: issuing, key: 'rsa-2048' });
    const unsigned = await createPdf(signedDataBytes(rsa));
    assert.deepEqual(await sealPdf(unsigned, rsa), await sealPdf(unsigned, rsa));
  });

  describe('when the room is too small', () => {
    it('refuses with sealingFailed', async () => {
      const unsigned = await createPdf(signedDataBytes(signer) - 10);
      await assert.rejects(sealPdf(unsigned, signer), refusal);
    });
  });

  describe('when the room is larger than a signature needs', () => {
    it('refuses with sealingFailed: slack is where other things hide', async () => {
      const unsigned = await createPdf(signedDataBytes(signer) + 10);
      await assert.rejects(sealPdf(unsigned, signer), refusal);
    });
  });

  describe('when the placeholder is missing', () => {
    it('refuses with sealingFailed', async () => {
      await assert.rejects(sealPdf(Buffer.from('%PDF-1.7\n'), signer), refusal);
    });
  });

  describe('when the placeholder stands twice', () => {
    it('refuses with sealingFailed', async () => {
      const unsigned = await createPdf(signedDataBytes(signer), {
        catalog: { Second: { ByteRange: BYTE_RANGE_PLACEHOLDER } },
      });
      await assert.rejects(sealPdf(unsigned, signer), refusal);
    });
  });

  describe('when the PDF is sealed already', () => {
    it('refuses with sealingFailed', async () => {
      const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
      await assert.rejects(sealPdf(sealed, signer), refusal);
    });
  });

  describe('when the key module fails', () => {
    it('passes its error on', async () => {
      const broken = { ...signer, sign: async () => Promise.reject(new Error('no session')) };
      await assert.rejects(sealPdf(await createPdf(signedDataBytes(signer)), broken), /no session/);
    });
  });
});

describe('sealInPlace', () => {
  it('gives the seal that sealPdf gives, where the PDF lies and whatever of it was hashed before', async () => {
    const rsa = createSigner({ authority: issuing, key: 'rsa-2048' });
    const unsigned = await createPdf(signedDataBytes(rsa));
    const expected = await sealPdf(unsigned, rsa);
    for (const prefixBytes of [0, 1, 64, 500]) {
      const prefixHash = hashPrefix(unsigned.subarray(0, prefixBytes));
      const bytes = Buffer.from(unsigned);
      const sealed = await sealInPlace({ bytes, prefixBytes, prefixHash }, rsa);
      assert.equal(sealed, bytes);
      assert.deepEqual(sealed, expected);
    }
  });
});
