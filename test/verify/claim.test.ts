/** In whose name a file was sealed, or pretends to be. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Signer } from '../../src/keys/signer.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { isInNameOf } from '../../src/verify/claim.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner } from '../support/pki.ts';

describe('isInNameOf', () => {
  const issuing = createAuthority('Issuing', createAuthority('Root'));
  let signer: Signer;
  let unsealed: Buffer;
  let sealed: Buffer;
  before(async () => {
    signer = createSigner({ authority: issuing });
    unsealed = await createPdf(signedDataBytes(signer));
    sealed = await sealPdf(Buffer.from(unsealed), signer);
  });

  it('is so for what was sealed with the certificate, whole or altered', () => {
    assert.equal(isInNameOf(sealed, signer.certificate), true);
    assert.equal(isInNameOf(Buffer.concat([sealed, Buffer.from('\n% more')]), signer.certificate), true);
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
    assert.equal(isInNameOf(altered, signer.certificate), true);
  });

  it('is so whichever way the signature value is written', () => {
    const upper = sealed.toString('latin1').replace(/<[\da-f]{200,}>/, (value) => value.toUpperCase());
    assert.notEqual(upper, sealed.toString('latin1'));
    assert.equal(isInNameOf(Buffer.from(upper, 'latin1'), signer.certificate), true);
    const mixed = sealed
      .toString('latin1')
      // Some of the letters.
      .replace(/<[\da-f]{200,}>/, (value) =>
        value.replace(/[a-f]/g, (found, at: number) => (at % 3 === 0 ? found.toUpperCase() : found)),
      );
    assert.equal(isInNameOf(Buffer.from(mixed, 'latin1'), signer.certificate), true);
    assert.equal(isInNameOf(Buffer.concat([unsealed, signer.certificate]), signer.certificate), true);
  });

  it('is not so for a file without a seal, nor for one in the name of its issuer', () => {
    assert.equal(isInNameOf(unsealed, signer.certificate), false);
    assert.equal(isInNameOf(Buffer.alloc(0), signer.certificate), false);
    assert.equal(isInNameOf(unsealed, issuing.certificate), false);
  });
});
