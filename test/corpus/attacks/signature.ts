/** Signature values that are not of the profile: signers, attributes, digests, algorithms (RFC 5652, ETSI EN 319 142-1 §6.3). */
import { createHash } from 'node:crypto';
import type { Signer } from '../../../src/keys/signer.ts';
import { readGap } from '../../../src/pades/byte-range.ts';
import { parseCertificate } from '../../../src/pades/certificate.ts';
import { element, integer, octetString, oid, sequence, TAG, tagged, time } from '../../../src/pades/der.ts';
import { readInteger, readOnly, readSequence } from '../../../src/pades/der-reader.ts';
import { ID, signingCertificateV2 } from '../../../src/pades/signed-data.ts';
import { attribute, type Forgery, type StandardAttributes } from '../../support/forge.ts';
import { createAuthority, createSigner, NOW } from '../../support/pki.ts';
import { type Attack, attacks, NOT_OUR_FORM, OTHER_BYTES } from '../attack.ts';
import { forged, gapOf } from '../edit.ts';
import type { Lab } from '../lab.ts';

const make =
  (forgery: Forgery | ((lab: Lab) => Forgery)) =>
  (lab: Lab): Promise<Buffer> =>
    forged(lab, typeof forgery === 'function' ? forgery(lab) : forgery);

const SHA1 = sequence(oid('1.3.14.3.2.26'));
const MD5 = sequence(oid('1.2.840.113549.2.5'), element(TAG.null));
const SIGNING_TIME = attribute('1.2.840.113549.1.9.5', time(NOW));
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';

/** The order of P-256 (FIPS 186-5): s and n − s are both signatures. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** Another signature by the same key over the same bytes, which whoever has one can compute. */
function mirrored(signature: Buffer): Buffer {
  const [r, s] = readSequence(readOnly(signature)).map((part) => readInteger(part));
  const other = ORDER - BigInt(`0x${s?.toString('hex')}`);
  return sequence(
    integer(r ?? Buffer.alloc(1)),
    integer(Buffer.from(other.toString(16).padStart(64, '0'), 'hex')),
  );
}

const attributesOf =
  (...names: readonly (keyof StandardAttributes)[]): NonNullable<Forgery['attributes']> =>
  (standard) =>
    names.map((name) => standard[name]);

const all = ['contentType', 'messageDigest', 'signingCertificate'] as const;

const FORM = attacks(NOT_OUR_FORM, {
  'two signers': ['the signer twice', make({ signerInfos: (one) => [one, one] })],
  'no signer': ['an empty set of signers', make({ signerInfos: () => [] })],
  'content inside': ['a content of its own, which is what some check', make({ inside: Buffer.from('x') })],
  'content type of another kind': [
    'the value says that it signs something else',
    make({ contentType: ID.signedData }),
  ],
  'message-digest missing': [
    'no attribute says what was signed',
    make({ attributes: attributesOf('contentType', 'signingCertificate') }),
  ],
  'message-digest twice': [
    'the attribute stands twice',
    make({ attributes: attributesOf(...all, 'messageDigest') }),
  ],
  'message-digest of two values': [
    'the attribute has a second digest',
    make({
      attributes: ({ contentType, signingCertificate }) => [
        contentType,
        signingCertificate,
        attribute(ID.messageDigest, octetString(Buffer.alloc(32)), octetString(Buffer.alloc(32, 1))),
      ],
    }),
  ],
  'content-type missing': [
    'no attribute says what kind of content it is',
    make({ attributes: attributesOf('messageDigest', 'signingCertificate') }),
  ],
  'signing-certificate missing': [
    'no attribute ties the value to its certificate',
    make({ attributes: attributesOf('contentType', 'messageDigest') }),
  ],
  'signing-certificate by SHA-1': [
    'the older attribute in the place of signing-certificate-v2',
    make((lab) => ({
      attributes: ({ contentType, messageDigest }) => {
        const hash = createHash('sha1').update(lab.signers['rsa-2048'].certificate).digest();
        return [
          contentType,
          messageDigest,
          attribute(SIGNING_CERTIFICATE, sequence(sequence(sequence(octetString(hash))))),
        ];
      },
    })),
  ],
  'signing-time': [
    'an attribute with a time that nobody vouches for',
    make({ attributes: (standard) => [...Object.values(standard), SIGNING_TIME] }),
  ],
  'attributes unsorted': [
    'the attributes in another order than DER has',
    make({
      isUnsorted: true,
      attributes: attributesOf('signingCertificate', 'messageDigest', 'contentType'),
    }),
  ],
  'unsigned attribute': [
    'an unsigned attribute that is no time-stamp',
    make({ afterSignature: [tagged(1, attribute('1.2.840.113549.1.9.6', sequence()))] }),
  ],
  'revocation list inside': ['something after the signers', make({ afterSigners: [tagged(1)] })],
  'version 3': ['another version of SignedData', make({ version: 3 })],
  'two digest algorithms': [
    'the value lists a second, weaker digest',
    make({ digestAlgorithms: [SHA1, MD5] }),
  ],
  'certificate of a stranger': [
    'a certificate beside those of its issuers',
    make((lab) => ({
      certificates: [lab.signers['rsa-2048'].certificate, createAuthority('Stranger').certificate],
    })),
  ],
  'signer certificate twice': [
    'the certificate of the signer stands twice',
    make((lab) => ({
      certificates: [lab.signers['rsa-2048'].certificate, lab.signers['rsa-2048'].certificate],
    })),
  ],
  'length without end': [
    'the value in BER, with an indefinite length',
    async (lab) => {
      const sealed = await lab.seal({ level: 'B-T' });
      const value = readGap(sealed, gapOf(sealed));
      value[1] = 0x80;
      sealed.write(value.toString('hex'), gapOf(sealed).start + 1, 'latin1');
      return sealed;
    },
  ],
});

const MEANING: readonly Attack[] = [
  ...attacks(OTHER_BYTES, {
    'digest of another file': [
      'the attribute states the digest of something else',
      make({ digest: createHash('sha256').update('x').digest() }),
    ],
  }),
  ...attacks(
    { seal: 'INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE', told: 'altered' },
    {
      'digest by SHA-1': ['the value names SHA-1', make({ digestAlgorithm: SHA1 })],
      'digest by MD5': ['the value names MD5', make({ digestAlgorithm: MD5 })],
      'signature by SHA-1': [
        'the signature names SHA-1 with RSA',
        make({ signatureAlgorithm: sequence(oid('1.2.840.113549.1.1.5'), element(TAG.null)) }),
      ],
      'signature by RSA-PSS': [
        'the signature names RSA-PSS with parameters of its own',
        make({ signatureAlgorithm: sequence(oid('1.2.840.113549.1.1.10'), sequence()) }),
      ],
      'signature by a bare key': [
        'the signature names the kind of key instead of an algorithm',
        (lab) =>
          forged(lab, { signatureAlgorithm: sequence(oid('1.2.840.10045.2.1')) }, lab.signers['p-256']),
      ],
      'signature by a longer digest': [
        'the signature names SHA-512, the profile has SHA-256',
        make({ signatureAlgorithm: sequence(oid('1.2.840.113549.1.1.13'), element(TAG.null)) }),
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND', told: 'altered' },
    {
      'signing-certificate of another': [
        'the attribute names another certificate than the value carries (ESS)',
        make((lab) => ({
          attributes: ({ contentType, messageDigest }) => [
            contentType,
            messageDigest,
            attribute(
              ID.signingCertificateV2,
              signingCertificateV2(parseCertificate(lab.signers['rsa-3072'].certificate)),
            ),
          ],
        })),
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND', told: 'foreign' },
    {
      'certificate left out': [
        'the value does not carry the certificate of its signer',
        make((lab) => ({ certificates: [lab.issuing.certificate] })),
      ],
    },
  ),
  ...attacks(
    { seal: 'TOTAL_FAILED/SIG_CRYPTO_FAILURE', told: 'altered' },
    {
      'bit of the signature': [
        'one bit of the signature is another',
        make({
          signature: (value) =>
            Buffer.concat([value.subarray(0, -1), Buffer.from([(value.at(-1) ?? 0) ^ 1])]),
        }),
      ],
      'signature of another key': [
        'the signature was made with a key that is not that of the certificate',
        (lab) => forged(lab, {}, withKeyOf(lab.signers['p-256'], createSigner({ authority: lab.issuing }))),
      ],
      'signature of zeros': [
        'r and s are zero, which careless code accepts for every key',
        (lab) => forged(lab, { signature: () => sequence(integer(0), integer(0)) }, lab.signers['p-256']),
      ],
      'signature of the order': [
        'r and s are the order of the curve',
        (lab) => forged(lab, { signature: () => orderTwice() }, lab.signers['p-256']),
      ],
      'signature padded': [
        'a zero byte more than DER has before r',
        (lab) => forged(lab, { signature: padded }, lab.signers['p-256']),
      ],
      'signature of nothing': ['the signature has no bytes', make({ signature: () => Buffer.alloc(0) })],
    },
  ),
  ...attacks(
    { seal: 'TOTAL_PASSED', told: 'undecided' },
    {
      'mirrored signature': [
        'n − s in the place of s: another signature value of the same key over the same bytes. The seal holds, the file is not the one that was issued',
        (lab) => forged(lab, { signature: mirrored }, lab.signers['p-256']),
      ],
    },
  ),
];

function withKeyOf(signer: Signer, other: Signer): Signer {
  return { ...signer, sign: (data) => other.sign(data) };
}

function orderTwice(): Buffer {
  const order = Buffer.from(ORDER.toString(16), 'hex');
  return sequence(integer(order), integer(order));
}

function padded(signature: Buffer): Buffer {
  const [r, s] = readSequence(readOnly(signature));
  return sequence(
    element(TAG.integer, Buffer.from([0]), r?.content ?? Buffer.alloc(0)),
    s?.raw ?? Buffer.alloc(0),
  );
}

export const SIGNATURE: readonly Attack[] = [...FORM, ...MEANING];
