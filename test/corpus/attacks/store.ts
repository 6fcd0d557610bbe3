/** Validation data (/DSS) that are foreign, stale, of another shape, or meant to be too much. */
import { createAuthority, createCrl, NOW } from '../../support/pki.ts';
import { appendRevision } from '../../verify/attacks.ts';
import { type Attack, attacks, NOT_OUR_FORM } from '../attack.ts';
import { objectOf, placesOf, sealEdited } from '../edit.ts';
import { answerOf, type Lab, type Order } from '../lab.ts';

const DAY = 24 * 60 * 60_000;
const later = new Date(NOW.getTime() + DAY);

const edited =
  (edit: (text: string) => string, order: Order = { level: 'B-LT' }) =>
  (lab: Lab) =>
    sealEdited(lab, edit, { order });
const inCatalog = (entry: string) => (text: string) =>
  text.replace('/Type /Catalog', `/Type /Catalog\n${entry}`);

/** Sealed and stamped for good, with validation data of the maker's choice. */
const carrying = (data: (lab: Lab) => Partial<Lab['validationData']>) => (lab: Lab) => {
  const own = data(lab);
  const id = `carrying ${carried}`;
  carried += 1;
  return lab.seal({ level: 'B-LT', validationData: { ...lab.validationData, ...own, id } });
};
let carried = 0;

/** The key with RSA-2048 was revoked an hour ago; the document is to be judged tomorrow. */
const revokedNow = (lab: Lab) => ({
  ...lab.trust,
  at: later,
  crls: lab.lists([lab.signers['rsa-2048'].certificate], new Date(NOW.getTime() - 60 * 60_000)),
});

/** A list with so many entries that it is larger than any we carry. */
const longList = (lab: Lab) =>
  createCrl(
    lab.issuing,
    Array.from({ length: 12_000 }, () => lab.tsa.certificate),
  );

export const STORE: readonly Attack[] = [
  ...attacks(NOT_OUR_FORM, {
    'store added': [
      'a revision with validation data, as an archive adds them, which makes any later addition look harmless',
      async (lab) => {
        const sealed = await lab.seal({ level: 'B-T' });
        const { catalog } = placesOf(sealed);
        const other = objectOf(sealed, catalog).replace('/Type /Catalog', '/Type /Catalog\n/DSS 900 0 R');
        return appendRevision(sealed, { [catalog]: other, 900: '<</Type /DSS>>' });
      },
    ],
    'store without time-stamp': ['validation data of no moment', edited(inCatalog('/DSS 5 0 R'), {})],
    'store in the catalogue': [
      'validation data that are no object of their own',
      edited(inCatalog('/DSS <</Type /DSS>>'), { level: 'B-T' }),
    ],
    'store with VRI': [
      'validation data for single signatures, which name them by a hash',
      edited((text) => text.replace('/Type /DSS\n', '/Type /DSS\n/VRI <<>>\n')),
    ],
    'store of the same stream twice': [
      'a list that stands in it twice',
      edited((text) => text.replace(/\/CRLs \[(\d+ 0 R)/, '/CRLs [$1 $1')),
    ],
    'store of no stream': [
      'a list that is the catalogue',
      edited((text) => text.replace(/\/CRLs \[\d+ 0 R/, `/CRLs [3 0 R`)),
    ],
    'store of packed streams': [
      'a list in a stream that must be unpacked',
      edited((text) =>
        text.replace(/(?<=\n)<<\n(\/Length \d+\n>>\nstream\n0\x82)/, '<<\n/Filter /FlateDecode\n$1'),
      ),
    ],
    'store of no list': [
      'a list that cannot be read',
      carrying(() => ({ lists: [Buffer.from('3003020100', 'hex')] })),
    ],
    'store with a certificate that is none': [
      'bytes in the place of a certificate',
      carrying(() => ({ certificates: [Buffer.alloc(40)] })),
    ],
    'store of a hundred and one': [
      'more lists than two chains have',
      carrying((lab) => ({ lists: Array.from({ length: 101 }, () => lab.lists()[0] ?? Buffer.alloc(0)) })),
    ],
    'store too large': [
      'a list larger than any we carry, to keep whoever reads it busy',
      carrying((lab) => ({ lists: [longList(lab)] })),
    ],
  }),
  ...attacks(
    { seal: 'INDETERMINATE/REVOKED_NO_POE', told: 'undecided' },
    {
      'store of a stale answer': [
        'the key is revoked; the document carries the answer of before that',
        carrying((lab) => ({
          answers: [
            answerOf(
              lab.issuing,
              lab.signers['rsa-2048'].certificate,
              new Date(NOW.getTime() - 2 * 60 * 60_000),
            ),
          ],
        })),
        revokedNow,
      ],
      'store of a list of a stranger': [
        'the key is revoked; the document carries a clean list of an issuer of the same name',
        carrying(() => ({
          lists: [createCrl(createAuthority('Corpus issuing'), [], { nextUpdate: later })],
        })),
        revokedNow,
      ],
    },
  ),
  ...attacks(
    { seal: 'INDETERMINATE', told: 'undecided' },
    {
      'store of strangers alone': [
        'answers and lists are those of strangers, and nobody else says that nothing was revoked',
        carrying(() => {
          const stranger = createAuthority('Corpus issuing');
          return { answers: [answerOf(stranger, stranger.certificate)], lists: [createCrl(stranger)] };
        }),
      ],
      'store that is over': [
        'the lists ended before the time-stamp',
        carrying((lab) => {
          const over = {
            thisUpdate: new Date(NOW.getTime() - 2 * DAY),
            nextUpdate: new Date(NOW.getTime() - DAY),
          };
          return {
            answers: [],
            lists: [lab.root, lab.issuing, lab.tsaRoot, lab.tsaIssuing].map((one) =>
              createCrl(one, [], over),
            ),
          };
        }),
      ],
    },
  ),
];
