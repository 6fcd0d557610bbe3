/** Time-stamps of something else, of somebody else, or of another time. */
import { createHash } from 'node:crypto';
import { issueCertificate } from '../../../src/embedded/pki/certificate.ts';
import { caExtensions, sealExtensions } from '../../../src/embedded/pki/profiles.ts';
import { readGap } from '../../../src/pades/byte-range.ts';
import { tagged } from '../../../src/pades/der.ts';
import { readFirst } from '../../../src/pades/der-reader.ts';
import { ID } from '../../../src/pades/signed-data.ts';
import { parseSignedData } from '../../../src/pades/signed-data-reader.ts';
import { attribute } from '../../support/forge.ts';
import { type Authority, createAuthority, createCrl, NOW } from '../../support/pki.ts';
import { createTsaSigner, forgeToken } from '../../support/tsa.ts';
import { type Attack, attacks, NOT_OUR_FORM, OTHER_BYTES } from '../attack.ts';
import { forged, gapOf } from '../edit.ts';
import type { Lab, Order } from '../lab.ts';
import { YEARS_LATER } from './trust.ts';

const MINUTE = 60_000;
const after = (ms: number) => new Date(NOW.getTime() + ms);
const stamped = (order: (lab: Lab) => Order) => (lab: Lab) => lab.seal({ level: 'B-T', ...order(lab) });
const imprintOf = (text: string) => createHash('sha256').update(text).digest();

/** The token of a genuine document. */
async function tokenOf(lab: Lab): Promise<Buffer> {
  const sealed = await lab.seal({ level: 'B-T', change: { familyName: 'Janssen' } });
  const token = parseSignedData(readFirst(readGap(sealed, gapOf(sealed))).raw).timeStamp;
  if (token === undefined) throw new Error('no time-stamp');
  return token;
}

/**
 * An authority that a time-stamp is under, and others of its name and key: each may have issued every other, so there are
 * paths without end (RFC 5280 §6).
 */
function circle(count: number): { authority: Authority; others: readonly Buffer[] } {
  const authority = createAuthority('Circle');
  const others = Array.from({ length: count }, () =>
    issueCertificate(authority, {
      subject: authority.name,
      publicKey: authority.publicKey,
      notBefore: NOW,
      notAfter: NOW,
      extensions: caExtensions(),
    }),
  );
  return { authority, others };
}

export const TIME_STAMPS: readonly Attack[] = [
  ...attacks(OTHER_BYTES, {
    'time-stamp over another imprint': [
      'a genuine token of something else',
      stamped(() => ({ token: { imprint: imprintOf('other') } })),
    ],
    'time-stamp of another document': [
      'the token was taken from another genuine document',
      async (lab) => {
        const token = await tokenOf(lab);
        return lab.seal({ level: 'B-T', stamp: async () => token });
      },
    ],
  }),
  ...attacks(
    { seal: 'INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND', told: 'altered' },
    {
      'time-stamp of a stranger': [
        'a token of an authority of the same name',
        stamped(() => ({ tsa: createTsaSigner(createAuthority('Corpus time issuing')) })),
      ],
      'time-stamp by our own issuer': [
        'a token of a certificate that the issuer of the seal issued',
        stamped((lab) => ({ tsa: createTsaSigner(lab.issuing) })),
      ],
      'time-stamp with a circle of authorities': [
        'a token with authorities that issued each other, to keep whoever looks for paths busy for hours',
        stamped(() => {
          const { authority, others } = circle(10);
          const tsa = createTsaSigner(authority);
          return { tsa, token: { certificates: [tsa.certificate, ...others] } };
        }),
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE', told: 'altered' },
    {
      'time-stamp by a seal': [
        'a token of a certificate that may not stamp',
        stamped((lab) => ({
          tsa: createTsaSigner(lab.tsaIssuing, { extensions: sealExtensions(lab.addresses) }),
        })),
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED', told: 'undecided' },
    {
      'time-stamp of an authority that is over': [
        'the certificate of the authority ended before',
        stamped((lab) => ({ tsa: createTsaSigner(lab.tsaIssuing, { notAfter: after(-MINUTE) }) })),
      ],
      'time-stamp whose authority ended since': [
        'a token proves nothing once its own certificate has ended',
        stamped((lab) => ({ tsa: createTsaSigner(lab.tsaIssuing, { notAfter: after(MINUTE) }) })),
        (lab) => ({ ...lab.trust, at: YEARS_LATER }),
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE/TIMESTAMP_ORDER_FAILURE', told: 'altered' },
    {
      'time-stamp of the future': [
        'a token that states a time to come',
        stamped(() => ({ token: { time: after(60 * MINUTE) } })),
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE/REVOKED_NO_POE', told: 'undecided' },
    {
      'time-stamp of a revoked authority': [
        'whoever has the key of the authority can date back',
        (lab) => lab.seal({ level: 'B-T' }),
        (lab) => ({
          ...lab.trust,
          at: after(2 * MINUTE),
          crls: [
            ...lab.lists().slice(0, 3),
            createCrl(lab.tsaIssuing, [lab.tsa.certificate], {
              since: after(MINUTE),
              nextUpdate: YEARS_LATER,
            }),
          ],
        }),
      ],
    },
  ),
  ...attacks(NOT_OUR_FORM, {
    'time-stamp twice': [
      'two tokens, so that readers choose',
      async (lab) => {
        const token = await forgeToken(lab.tsa, { imprint: imprintOf('other') });
        return forged(lab, {
          afterSignature: [
            tagged(1, attribute(ID.timeStampToken, token), attribute(ID.timeStampToken, token)),
          ],
        });
      },
    ],
    'time-stamp cut out': [
      'the token is gone, and zeros stand in its place',
      async (lab) => forged(lab, { padding: Buffer.alloc((await tokenOf(lab)).length) }),
    ],
    'time-stamp that is none': [
      'the attribute has something else',
      stamped(() => ({ stamp: async () => tagged(1) })),
    ],
    'time-stamp without its certificate': [
      'nobody can tell who stamped',
      stamped((lab) => ({ token: { certificates: [lab.tsaIssuing.certificate] } })),
    ],
    'time-stamp with a stranger': [
      'a certificate in the token that is none of its issuers',
      stamped((lab) => ({
        token: {
          certificates: [
            lab.tsa.certificate,
            lab.tsaIssuing.certificate,
            createAuthority('Stranger').certificate,
          ],
        },
      })),
    ],
  }),
  ...attacks(
    { seal: 'TOTAL_PASSED', told: 'undecided' },
    {
      'later time-stamp': [
        'a genuine token of the same authority over the same signature in the place of the first. The seal holds, the file is not the one that was issued',
        stamped(() => ({ token: { time: after(MINUTE) } })),
      ],
    },
  ),
];
