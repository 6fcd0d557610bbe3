/** Files that are meant to keep whoever reads them busy, or to fill the memory. */
import { deflateSync } from 'node:zlib';
import { forgeSignedData } from '../../support/forge.ts';
import { createAuthority } from '../../support/pki.ts';
import { appendRevision } from '../../verify/attacks.ts';
import { type Attack, attacks, NOT_OUR_FORM } from '../attack.ts';
import { placesOf, sealEdited } from '../edit.ts';
import type { Lab } from '../lab.ts';

const SIZE = 19_000_000;
const HEAD = '%PDF-1.7\n%\xff\xff\xff\xff\n1 0 obj\n';

/** Nearly 20 MB of a filling, under a ByteRange that covers the file, so that reading goes on to the objects. */
function hostile(filling: string, head = HEAD): Buffer {
  const body = head + filling.repeat(Math.ceil(SIZE / filling.length)).slice(0, SIZE);
  const start = body.length + 60;
  const range = `/ByteRange [0 ${start} ${start + 4} 10]`.padEnd(50);
  return Buffer.from(`${body}${range}/Contents <00>${'x'.repeat(10)}`, 'latin1');
}

const flate = (lab: Lab, packed: Buffer) =>
  sealEdited(lab, (text) => {
    const size = Number(/\/Size (\d+)\n\/Root/.exec(text)?.[1]);
    const stream = `<<\n/Length ${packed.length}\n/Filter /FlateDecode\n>>\nstream\n${packed.toString('latin1')}\nendstream`;
    return text.replace(/(?<=\n%\S{4}\n)/, () => `${size} 0 obj\n${stream}\nendobj\n`);
  });

const FILLINGS: Readonly<Record<string, string>> = {
  'parentheses without end': '(',
  'brackets without end': '[',
  'dictionaries without end': '<</a',
  'a string without end': '\\(',
  'a name without end': 'a',
  'blanks without end': ' ',
  'numbers without end': '9',
  'references without end': '1 0 R ',
  'line ends without end': '\r\n',
};

export const BOMBS: readonly Attack[] = [
  ...attacks(
    { ...NOT_OUR_FORM, told: 'foreign' },
    {
      ...Object.fromEntries(
        Object.entries(FILLINGS).map(([name, filling]) => [
          name,
          ['19 MB of it', () => hostile(filling)] as const,
        ]),
      ),
      'a name of escapes without end': ['19 MB of one name', () => hostile('#41', `${HEAD}/`)],
      'a dictionary of two million keys': [
        '19 MB of one dictionary',
        () => hostile(Array.from({ length: 1_900_000 }, (_, at) => `/k${at} 1`).join(''), `${HEAD}<<`),
      ],
      'half a million objects': [
        'as many as fit',
        () =>
          hostile(
            `<<>>\nendobj\n${Array.from({ length: 600_000 }, (_, at) => `${at + 2} 0 obj\n<<>>\nendobj\n`).join('')}`,
          ),
      ],
      'a gap of 19 MB': [
        'a signature value as long as the file',
        () => {
          const head = `${HEAD}/ByteRange [0 100 19000100 10]`.padEnd(100 - '/Contents '.length);
          return Buffer.from(`${head}/Contents <${'0'.repeat(SIZE - 2)}>${'x'.repeat(10)}`, 'latin1');
        },
      ],
      'more than 20 MB': [
        'a file larger than any of ours',
        () => Buffer.concat([Buffer.from(HEAD, 'latin1'), Buffer.alloc(21_000_000)]),
      ],
      'no byte': ['an empty file', () => Buffer.alloc(0)],
      'the beginning alone': ['five bytes', () => Buffer.from('%PDF-')],
    },
  ),
  ...attacks(NOT_OUR_FORM, {
    'pages in a loop': [
      'a revision in which the pages are below themselves',
      async (lab) => {
        const sealed = await lab.seal();
        const { page } = placesOf(sealed);
        return appendRevision(sealed, {
          [page]: `<</Type/Pages/Count 9/Parent ${page} 0 R/Kids[${page} 0 R]>>`,
        });
      },
    ],
    'nesting without end': [
      'brackets deeper than any document has, under a genuine seal',
      (lab) =>
        sealEdited(lab, (text) =>
          text.replace('/Type /Catalog', `/Type /Catalog\n/Deep ${'['.repeat(5000)}${']'.repeat(5000)}`),
        ),
    ],
    'certificates without end': [
      'as many certificates as fit',
      async (lab) => {
        const signer = lab.signers['rsa-2048'];
        const certificates = [
          signer.certificate,
          ...Array.from({ length: 120 }, () => createAuthority('Circle').certificate),
        ];
        const { forged } = await import('../edit.ts');
        await forgeSignedData(signer, Buffer.alloc(32), { certificates });
        return forged(lab, { certificates });
      },
    ],
  }),
  ...attacks(
    { seal: 'TOTAL_PASSED', told: 'undecided' },
    {
      'a packed stream of a gigabyte': [
        'under a genuine seal, a stream that no viewer should unpack whole; we never unpack any',
        (lab) => flate(lab, deflateSync(Buffer.alloc(1 << 28))),
      ],
    },
  ),
];
