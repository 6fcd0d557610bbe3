import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { ATTRIBUTE, extension, issueCertificate } from '../../src/embedded/pki/certificate.ts';
import {
  caExtensions,
  ocspExtensions,
  sealExtensions,
  timeStampExtensions,
} from '../../src/embedded/pki/profiles.ts';
import type { Signer } from '../../src/keys/signer.ts';
import { integer } from '../../src/pades/der.ts';
import { type SealTrust, verifySeal } from '../../src/verify/seal.ts';
import { type Forgery, forgePdf } from '../support/forge.ts';
import {
  ADDRESSES,
  type Authority,
  createAuthority,
  createCrl,
  createSigner,
  NOW,
  type SignerWish,
  trustIn,
} from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root, caExtensions(0));
const trust = trustIn(root, issuing);

async function judge(
  wish: Partial<SignerWish>,
  relied: SealTrust = trust,
  forgery: Forgery = {},
): Promise<string> {
  const pdf = await forgePdf(createSigner({ authority: issuing, ...wish }), forgery);
  const { indication, subIndication } = verifySeal(pdf, relied);
  return subIndication === undefined ? indication : `${indication}/${subIndication}`;
}

const NO_CHAIN = 'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND';

describe('checkChain', () => {
  it('accepts a certificate of a pinned issuer', async () => {
    assert.equal(await judge({}), 'TOTAL_PASSED');
  });

  it('accepts a certificate that the root issued itself', async () => {
    assert.equal(await judge({ authority: root }), 'TOTAL_PASSED');
  });

  describe('when the signer is a stranger', () => {
    it('finds no chain for one with the same names', async () => {
      const impostorRoot = createAuthority('Root');
      const impostor = createAuthority('Issuing', impostorRoot);
      assert.equal(await judge({ authority: impostor }), NO_CHAIN);
    });

    it('finds no chain for one that carries its own root', async () => {
      const foreign = createAuthority('Foreign');
      assert.equal(await judge({ authority: { ...foreign, chain: [foreign.certificate] } }), NO_CHAIN);
    });
  });

  describe('when the issuer is under our root but not pinned', () => {
    it('finds no chain', async () => {
      assert.equal(await judge({ authority: createAuthority('Other issuing', root) }), NO_CHAIN);
    });
  });

  describe('when the issuer may not issue', () => {
    const pin = (authority: Authority): SealTrust => trustIn(root, authority);

    it('finds no chain through a seal certificate', async () => {
      const seal = createAuthority('Seal', root, sealExtensions(ADDRESSES));
      assert.equal(await judge({ authority: seal }, pin(seal)), NO_CHAIN);
    });

    it('finds no chain through a certificate that may sign others but is no authority', async () => {
      const [, keyUsage = Buffer.alloc(0)] = caExtensions();
      const keyOnly = createAuthority('Key only', root, [keyUsage]);
      assert.equal(await judge({ authority: keyOnly }, pin(keyOnly)), NO_CHAIN);
    });

    it('finds no chain through an authority that may not sign others', async () => {
      const [constraints = Buffer.alloc(0)] = caExtensions();
      const [sealUsage = Buffer.alloc(0)] = sealExtensions(ADDRESSES);
      const nameOnly = createAuthority('Name only', root, [constraints, sealUsage]);
      assert.equal(await judge({ authority: nameOnly }, pin(nameOnly)), NO_CHAIN);
    });

    it('finds no chain beyond the length that an authority allows', async () => {
      const below = createAuthority('Below', issuing);
      const relied = { ...trust, intermediates: [issuing.certificate, below.certificate] };
      assert.equal(await judge({ authority: below }, relied), NO_CHAIN);
    });

    it('finds no chain through an authority with an unknown critical extension', async () => {
      const unknown = extension('2.5.29.30', true, integer(1));
      const constrained = createAuthority('Constrained', root, [...caExtensions(), unknown]);
      assert.equal(await judge({ authority: constrained }, pin(constrained)), NO_CHAIN);
    });

    it('finds no chain through an authority with a weak key', async () => {
      const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
      const strong = createAuthority('Weak', root);
      const certificate = issueCertificate(root, {
        subject: strong.name,
        publicKey: weak.publicKey,
        notBefore: new Date(NOW.getTime() - 1000),
        notAfter: new Date(NOW.getTime() + 1000),
        extensions: caExtensions(),
      });
      const authority = {
        ...strong,
        key: weak.privateKey,
        publicKey: weak.publicKey,
        certificate,
        chain: [certificate],
      };
      assert.equal(await judge({ authority }, pin(authority)), NO_CHAIN);
    });
  });

  describe('when the certificate is not meant for sealing', () => {
    const fault = 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE';

    it('refuses that of a time-stamping authority', async () => {
      assert.equal(await judge({ extensions: timeStampExtensions(ADDRESSES) }), fault);
    });

    it('refuses that of an OCSP responder', async () => {
      assert.equal(await judge({ extensions: ocspExtensions() }), fault);
    });

    it('refuses that of an authority', async () => {
      assert.equal(await judge({ extensions: caExtensions() }), fault);
    });

    it('refuses one without key usage', async () => {
      assert.equal(await judge({ extensions: [] }), fault);
    });
  });

  describe('when the certificate has expired', () => {
    it('finds it out of bounds', async () => {
      assert.equal(
        await judge({ notAfter: new Date(NOW.getTime() - 1000) }),
        'INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED',
      );
    });
  });

  describe('when the issuer has other customers', () => {
    const own = createSigner({ authority: issuing });
    const other = createSigner({
      authority: issuing,
      subject: [[ATTRIBUTE.commonName, 'Somebody else'] as const],
    });
    const renewed = createSigner({ authority: issuing, key: 'rsa-2048' });
    const holders = [
      createSigner({ authority: issuing, subject: [[ATTRIBUTE.commonName, 'Former name'] as const] })
        .certificate,
      own.certificate,
    ];
    const judgeSealOf = async (signer: Signer, relied: SealTrust) => {
      const { indication, subIndication, explanation } = verifySeal(await forgePdf(signer), relied);
      return [indication, subIndication, /somebody else/.test(explanation)];
    };

    it('passes seals in our name alone, whatever the key', async () => {
      assert.deepEqual(await judgeSealOf(own, { ...trust, holders }), ['TOTAL_PASSED', undefined, false]);
      assert.deepEqual(await judgeSealOf(renewed, { ...trust, holders }), ['TOTAL_PASSED', undefined, false]);
      assert.deepEqual(await judgeSealOf(other, { ...trust, holders }), [
        'INDETERMINATE',
        'SIG_CONSTRAINTS_FAILURE',
        true,
      ]);
    });

    it('passes seals in any name where none is said to be ours', async () => {
      assert.deepEqual(await judgeSealOf(other, trust), ['TOTAL_PASSED', undefined, false]);
    });
  });

  describe('when certificates beside the chain are carried', () => {
    const signer = createSigner({ authority: issuing });
    const carry = async (...certificates: readonly Buffer[]) => {
      const pdf = await forgePdf(signer, { certificates: [signer.certificate, ...certificates] });
      return verifySeal(pdf, trust).subIndication;
    };

    it('accepts none, the issuer or the root', async () => {
      assert.equal(await carry(), undefined);
      assert.equal(await carry(issuing.certificate), undefined);
      assert.equal(await carry(issuing.certificate, root.certificate), undefined);
    });

    it('refuses strangers, and any twice', async () => {
      assert.equal(await carry(createAuthority('Foreign').certificate), 'FORMAT_FAILURE');
      assert.equal(await carry(issuing.certificate, issuing.certificate), 'FORMAT_FAILURE');
      assert.equal(await carry(signer.certificate), 'FORMAT_FAILURE');
    });
  });

  describe('when revocation lists are at hand', () => {
    const signer = createSigner({ authority: issuing });
    const judgeWith = async (...crls: readonly Buffer[]) => {
      const { indication, subIndication } = verifySeal(await forgePdf(signer), { ...trust, crls });
      return subIndication === undefined ? indication : `${indication}/${subIndication}`;
    };

    it('passes what they do not name', async () => {
      assert.equal(await judgeWith(createCrl(issuing), createCrl(root)), 'TOTAL_PASSED');
    });

    it('refuses a revoked seal certificate', async () => {
      const list = createCrl(issuing, [signer.certificate]);
      assert.equal(await judgeWith(list, createCrl(root)), 'INDETERMINATE/REVOKED_NO_POE');
    });

    it('refuses a revoked issuer', async () => {
      const list = createCrl(root, [issuing.certificate]);
      assert.equal(await judgeWith(createCrl(issuing), list), 'INDETERMINATE/REVOKED_NO_POE');
    });

    it('says revoked rather than expired of a certificate that is both', async () => {
      const old = createSigner({ authority: issuing, notAfter: new Date(NOW.getTime() - 1000) });
      const crls = [createCrl(issuing, [old.certificate]), createCrl(root)];
      assert.equal(verifySeal(await forgePdf(old), { ...trust, crls }).subIndication, 'REVOKED_NO_POE');
    });

    it('is undecided without a current list of every issuer', async () => {
      assert.equal(await judgeWith(createCrl(issuing)), 'INDETERMINATE');
      assert.equal(await judgeWith(), 'INDETERMINATE');
    });
  });
});
