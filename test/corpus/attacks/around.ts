/** Bytes before, after and in the slack of a genuine file; files that are of two formats at once. */
import { MAX_PADDING_WITH_TOKEN_BYTES } from '../../../src/pades/byte-range.ts';
import { sequence } from '../../../src/pades/der.ts';
import { attacks, NOT_OUR_FORM } from '../attack.ts';
import { change, forged, gapOf } from '../edit.ts';
import type { Lab } from '../lab.ts';

const before = (bytes: string | Buffer) => async (lab: Lab) =>
  Buffer.concat([Buffer.from(bytes), await lab.seal()]);
const after = (bytes: string | Buffer) => async (lab: Lab) =>
  Buffer.concat([await lab.seal(), Buffer.from(bytes)]);

/** An empty archive: its directory stands at the end of the file, where readers look first. */
const ZIP = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

/** A B-T seal with other digits at the end of its room. */
const inRoom = (digits: string) => async (lab: Lab) => {
  const stamped = await lab.seal({ level: 'B-T' });
  const { end } = gapOf(stamped);
  stamped.write(digits, end - 1 - digits.length, 'latin1');
  return stamped;
};

export const AROUND = attacks(NOT_OUR_FORM, {
  'newline before': ['a line end before the header', before('\n')],
  'byte order mark before': ['a byte order mark before the header', before('\ufeff')],
  'page of HTML before': [
    'the file is a web page for whoever opens it as one',
    before('<html><script>alert(1)</script>'),
  ],
  'picture before': ['the file is a JPEG as well', before(JPEG)],
  'another PDF before': [
    'a whole document before the genuine one',
    async (lab) => Buffer.concat([await lab.seal(), await lab.seal()]),
  ],
  'newline after': ['a line end after the end', after('\n')],
  'zero after': ['a zero byte after the end', after(Buffer.alloc(1))],
  'comment after': ['a comment after the end', after('% nothing to see\n')],
  'second end after': ['another startxref and another end', after('startxref\n0\n%%EOF\n')],
  'archive after': ['the file is a ZIP as well', after(ZIP)],
  'megabyte after': ['a megabyte of zeros after the end', after(Buffer.alloc(1_000_000))],
  'end cut off': ['the last line end is missing', async (lab) => (await lab.seal()).subarray(0, -1)],
  'line ends of another system': [
    'each line end became two characters',
    async (lab) => change(await lab.seal(), /\n/g, '\r\n'),
  ],
  'padding not zero': ['the last byte of the room is another one', inRoom('41')],
  'second value in the padding': [
    'another value begins behind the genuine one',
    (lab) => forged(lab, { padding: sequence(sequence()) }),
  ],
  'objects in the padding': [
    'the string ends early, and objects stand in the rest of its room',
    async (lab) => {
      const stamped = await lab.seal({ level: 'B-T', signer: lab.signers['p-256'] });
      const hidden = '>90 0 obj<</Type/Page>>endobj<';
      const { end } = gapOf(stamped);
      stamped.write(hidden, end - 1 - hidden.length - 2, 'latin1');
      return stamped;
    },
  ],
  'zeros in the padding': [
    'more of them than signatures differ by',
    (lab) => forged(lab, { padding: Buffer.alloc(5) }),
  ],
  'zeros without end in the padding': [
    'a room of a hundred kilobytes',
    (lab) => forged(lab, { padding: Buffer.alloc(MAX_PADDING_WITH_TOKEN_BYTES * 12) }),
  ],
});
