/** Seals of somebody else: strangers under our name, certificates of other purposes, and those that are over. */
import { generateKeyPairSync } from 'node:crypto';
import { ATTRIBUTE, extension, issueCertificate, writeName } from '../../../src/embedded/pki/certificate.ts';
import {
  caExtensions,
  ocspExtensions,
  sealExtensions,
  TIME_STAMP_POLICY,
  timeStampExtensions,
  tlsExtensions,
} from '../../../src/embedded/pki/profiles.ts';
import type { Signer } from '../../../src/keys/signer.ts';
import { bitString, boolean, integer, oid, sequence } from '../../../src/pades/der.ts';
import {
  createAuthority,
  createSigner,
  NOW,
  SEAL_NAME,
  type SignerWish,
  weakSigner,
} from '../../support/pki.ts';
import { type Attack, attacks } from '../attack.ts';
import { forged } from '../edit.ts';
import type { Lab } from '../lab.ts';

const MINUTE = 60_000;
const after = (ms: number) => new Date(NOW.getTime() + ms);
export const YEARS_LATER = new Date('2028-06-01T00:00:00Z');

/** A document under the seal of a certificate that differs from ours in what is asked for. */
const sealedBy =
  (wish: (lab: Lab) => Partial<SignerWish>) =>
  (lab: Lab): Promise<Buffer> =>
    forged(lab, {}, signerOf(lab, wish(lab)));

function signerOf(lab: Lab, wish: Partial<SignerWish>): Signer {
  return createSigner({ authority: lab.issuing, extensions: sealExtensions(lab.addresses), ...wish });
}

const policies = (...ids: readonly string[]) =>
  extension('2.5.29.32', false, sequence(...ids.map((id) => sequence(oid(id)))));
const purposes = (...ids: readonly string[]) => extension('2.5.29.37', false, sequence(...ids.map(oid)));

/** What a seal certificate has, with other policies or none: its policies come second. */
function withPolicy(lab: Lab, ...other: readonly Buffer[]): Buffer[] {
  const [usage, , ...rest] = sealExtensions(lab.addresses);
  return [...(usage === undefined ? [] : [usage]), ...other, ...rest];
}

const KEY_ENCIPHERMENT = extension('2.5.29.15', true, bitString(Buffer.from([0x20]), 5));

/** A key on a curve that no seal of ours has. */
function otherCurve(lab: Lab, namedCurve: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const certificate = issueCertificate(lab.issuing, {
    subject: writeName(SEAL_NAME),
    publicKey,
    notBefore: after(-MINUTE),
    notAfter: after(MINUTE),
    extensions: sealExtensions(lab.addresses),
  });
  const weak = weakSigner(privateKey, certificate, lab.issuing.chain);
  return { ...weak, algorithm: 'p-256', signatureBytes: 150 };
}

const STRANGERS = attacks(
  { seal: 'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND', told: 'altered' },
  {
    'impostor of the same names': [
      'root, issuer and signer with our names and keys of their own',
      sealedBy(() => ({ authority: createAuthority('Corpus issuing', createAuthority('Corpus root')) })),
    ],
    'impostor with its own root': [
      'the value carries the root that it is to be trusted by',
      sealedBy(() => {
        const root = createAuthority('Corpus root');
        return { authority: { ...root, chain: [root.certificate] } };
      }),
    ],
    'impostor that signed itself': [
      'a certificate with our name that nobody issued',
      sealedBy(() => ({ authority: { ...createAuthority('Office for Quarantine'), chain: [] } })),
    ],
    'issuer that is not pinned': [
      'another issuing authority under our root',
      sealedBy((lab) => ({ authority: createAuthority('Other issuing', lab.root) })),
    ],
    'issuer below ours': [
      'an authority that our issuing authority may not have below it',
      sealedBy((lab) => ({ authority: createAuthority('Below', lab.issuing) })),
    ],
    'issued by a seal': [
      'a certificate that the key of a seal issued',
      sealedBy((lab) => ({
        authority: createAuthority('Office for Quarantine', lab.issuing, sealExtensions(lab.addresses)),
      })),
    ],
  },
);

const OTHER_PURPOSE = attacks(
  { seal: 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE', told: 'altered' },
  {
    'certificate of an authority': [
      'a CA certificate as signer',
      sealedBy(() => ({ extensions: caExtensions() })),
    ],
    'certificate of a time-stamping authority': [
      'a certificate for time-stamps as signer',
      sealedBy((lab) => ({ extensions: timeStampExtensions(lab.addresses) })),
    ],
    'certificate of a responder': [
      'a certificate for OCSP as signer',
      sealedBy(() => ({ extensions: ocspExtensions() })),
    ],
    'certificate of a server': [
      'a certificate for TLS as signer',
      sealedBy(() => ({ extensions: tlsExtensions() })),
    ],
    'no key usage': [
      'the certificate does not say what its key is for',
      sealedBy(() => ({ extensions: [] })),
    ],
    'wrong key usage': ['the key is for encryption', sealedBy(() => ({ extensions: [KEY_ENCIPHERMENT] }))],
    'wrong policy': [
      'a certificate of ours that our issuer gave under another policy',
      sealedBy((lab) => ({ extensions: withPolicy(lab, policies('2.999.1.9')) })),
    ],
    'policy of time-stamps': [
      'the policy is that of our time-stamping authority',
      sealedBy((lab) => ({ extensions: withPolicy(lab, policies(TIME_STAMP_POLICY)) })),
    ],
    'any policy': [
      'the certificate claims every policy there is (RFC 5280 §4.2.1.4)',
      sealedBy((lab) => ({ extensions: withPolicy(lab, policies('2.5.29.32.0')) })),
    ],
    'no policy': [
      'the certificate was issued under none',
      sealedBy((lab) => ({ extensions: withPolicy(lab) })),
    ],
    'purpose of programs': [
      'the certificate is for signing code',
      sealedBy((lab) => ({ extensions: [...sealExtensions(lab.addresses), purposes('1.3.6.1.5.5.7.3.3')] })),
    ],
    'any purpose': [
      'the certificate names every purpose there is, and ours is not among those told',
      sealedBy((lab) => ({ extensions: [...sealExtensions(lab.addresses), purposes('2.5.29.37.0')] })),
    ],
    'time-stamps beside seals': [
      'its purposes are those of a seal and of a time-stamping authority',
      sealedBy((lab) => ({
        extensions: [...sealExtensions(lab.addresses), purposes('1.3.6.1.5.5.7.3.36', '1.3.6.1.5.5.7.3.8')],
      })),
    ],
    'authority that may seal': [
      'a CA certificate with the key usage and the policy of a seal',
      sealedBy((lab) => ({
        extensions: [...sealExtensions(lab.addresses), extension('2.5.29.19', true, sequence(boolean(true)))],
      })),
    ],
    'unknown critical extension': [
      'the certificate has a condition that nobody understands',
      sealedBy((lab) => ({
        extensions: [...sealExtensions(lab.addresses), extension('2.999.7', true, integer(1))],
      })),
    ],
  },
);

const SOMEBODY_ELSE = attacks(
  { seal: 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE', told: 'foreign' },
  {
    'another customer of our issuer': [
      'a document of our looks under the genuine seal of another organisation',
      sealedBy(() => ({
        subject: [
          [ATTRIBUTE.country, 'BE'],
          [ATTRIBUTE.organisation, 'Other'],
          [ATTRIBUTE.commonName, 'Other'],
        ],
      })),
    ],
    'another customer of nearly our name': [
      'the same, and the name differs from ours in one letter',
      sealedBy(() => ({
        subject: SEAL_NAME.map(([type, text]) => [type, text.replace('Quarantine', 'Quarantіne')] as const),
      })),
    ],
  },
);

const WEAK = attacks(
  { seal: 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE', told: 'altered' },
  {
    'key of RSA-1024': ['a key of our issuer that is too short', sealedBy(() => ({ key: 'rsa-1024' }))],
    'key on secp256k1': [
      'a key of our issuer on another curve',
      (lab) => forged(lab, {}, otherCurve(lab, 'secp256k1')),
    ],
    'key on P-224': [
      'a key of our issuer on a short curve',
      (lab) => forged(lab, {}, otherCurve(lab, 'secp224r1')),
    ],
  },
);

const OVER = attacks(
  { seal: 'INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED', told: 'undecided' },
  {
    'certificate expired': [
      'the certificate ended before now, and no time-stamp says that the seal is older',
      sealedBy(() => ({ notAfter: after(-MINUTE) })),
    ],
    'certificate not yet valid': [
      'the certificate begins tomorrow',
      sealedBy(() => ({ notBefore: after(24 * 60 * MINUTE) })),
    ],
    'certificate expired before the time-stamp': [
      'the time-stamp is younger than the end of the certificate',
      (lab) => lab.seal({ level: 'B-T', signer: signerOf(lab, { key: 'p-256', notAfter: after(-MINUTE) }) }),
      (lab) => ({ ...lab.trust, at: YEARS_LATER }),
    ],
  },
);

/** Lists under which the key with RSA-2048 is revoked since a moment. */
const revoked =
  (since: Date, at = NOW) =>
  (lab: Lab) => ({
    ...lab.trust,
    at,
    crls: lab.lists([lab.signers['rsa-2048'].certificate], since),
  });

const REVOKED = attacks(
  { seal: 'INDETERMINATE/REVOKED_NO_POE', told: 'undecided' },
  {
    'certificate revoked': [
      'no time-stamp says that the seal is older than that',
      (lab) => lab.seal(),
      revoked(after(-MINUTE)),
    ],
    'certificate revoked before the time-stamp': [
      'whoever stole the key had it stamped',
      (lab) => lab.seal({ level: 'B-T' }),
      revoked(after(-MINUTE), YEARS_LATER),
    ],
    'issuer revoked': [
      'the root withdrew the issuing authority',
      (lab) => lab.seal(),
      async (lab) => {
        const { createCrl } = await import('../../support/pki.ts');
        return {
          ...lab.trust,
          crls: [createCrl(lab.root, [lab.issuing.certificate]), ...lab.lists().slice(1)],
        };
      },
    ],
    'revoked under a list of its own': [
      'the document carries an answer of before the revocation',
      (lab) => lab.seal({ level: 'B-LT', validationData: { ...lab.validationData, id: 'stale' } }),
      revoked(after(-MINUTE)),
    ],
  },
);

const UNKNOWN = attacks(
  { seal: 'INDETERMINATE', told: 'undecided' },
  {
    'no current list': [
      'whether the certificate was revoked is not known',
      (lab) => lab.seal(),
      (lab) => ({ ...lab.trust, at: YEARS_LATER, crls: [] }),
    ],
  },
);

export const TRUST: readonly Attack[] = [
  ...STRANGERS,
  ...OTHER_PURPOSE,
  ...SOMEBODY_ELSE,
  ...WEAK,
  ...OVER,
  ...REVOKED,
  ...UNKNOWN,
];
