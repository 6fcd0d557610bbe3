/** Parts of genuine documents put together anew. */
import { type Attack, attacks, NOT_OUR_FORM, OTHER_BYTES } from '../attack.ts';
import { change, gapOf, objectOf, overwrite, placesOf } from '../edit.ts';
import type { Lab, Order } from '../lab.ts';

/** Two documents of one length that differ in a name. */
const twins = async (lab: Lab, order: Order = {}) => {
  const one = await lab.seal({ ...order, change: { familyName: 'Peeters' } });
  const other = await lab.seal({ ...order, change: { familyName: 'Janssen' } });
  return { one, other };
};

/** Writes the bytes of one seal over those of another. */
const sealOver = (from: Buffer, to: Buffer): Buffer => {
  const [source, target] = [gapOf(from), gapOf(to)];
  if (source.end - source.start !== target.end - target.start) throw new Error('the seals differ in length');
  from.copy(to, target.start, source.start, source.end);
  return to;
};

/** The bytes of a stream as they are written, with its dictionary. */
const streamOver = (from: Buffer, to: Buffer, number: number): Buffer =>
  change(to, objectOf(to, number), () => objectOf(from, number));

export const TRANSPLANT: readonly Attack[] = [
  ...attacks(OTHER_BYTES, {
    'seal transplanted': [
      'the seal of one document in another of the same key',
      async (lab) => {
        const { one, other } = await twins(lab);
        return sealOver(one, other);
      },
    ],
    'seal transplanted at B-T': [
      'the same with its time-stamp',
      async (lab) => {
        const signer = lab.signers['rsa-3072'];
        const one = await lab.seal({ signer, level: 'B-T', change: { familyName: 'Peeters' } });
        for (;;) {
          const other = await lab.seal({ signer, level: 'B-T', change: { familyName: 'Janssen' } });
          const [a, b] = [gapOf(one), gapOf(other)];
          if (a.end - a.start === b.end - b.start) return sealOver(one, other);
        }
      },
    ],
    'language changed': [
      'a word of the catalogue',
      async (lab) => change(await lab.seal(), '(nl-BE)', '(fr-BE)'),
    ],
    'page size changed': [
      'a page so small that the name falls off it',
      async (lab) =>
        change(await lab.seal(), '/MediaBox [0 0 595.28 841.89]', '/MediaBox [0 0 595.28 400.00]'),
    ],
    'page turned blank': [
      'the content of the page leads to another object',
      async (lab) => overwrite(await lab.seal(), /\/Contents 8 0 R/, '/Contents 5 0 R'),
    ],
    'number changed in the properties': [
      'the number that the description names',
      async (lab) => change(await lab.seal(), /QUA-2026-00000042-17/, 'QUA-2026-00000043-17'),
    ],
    'one bit of a picture': [
      'one bit in the middle of a stream',
      async (lab) => {
        const sealed = await lab.seal();
        const at = Math.floor(gapOf(sealed).start / 2);
        sealed[at] = (sealed[at] ?? 0) ^ 1;
        return sealed;
      },
    ],
    'padding of a string': [
      'the identifier of the file, which no reader shows',
      async (lab) =>
        change(await lab.seal(), /(?<=\/ID \[<)[0-9a-f]/, (digit) => (digit === '0' ? '1' : '0')),
    ],
  }),
  ...attacks(NOT_OUR_FORM, {
    'page transplanted': [
      'the content of the page comes from another genuine document',
      async (lab) => {
        const other = await lab.seal({
          change: { familyName: 'Vandenbroucke-Vanderstraeten', givenName: 'Maximilienne' },
        });
        const one = await lab.seal();
        return streamOver(other, one, placesOf(one).content);
      },
    ],
    'data transplanted': [
      'the attached data come from another genuine document',
      async (lab) => {
        const other = await lab.seal({ change: { familyName: 'Vandenbroucke-Vanderstraeten' } });
        const one = await lab.seal();
        return streamOver(other, one, placesOf(one).data);
      },
    ],
    'tail transplanted': [
      'the beginning of one genuine document and the end of a longer one',
      async (lab) => {
        const longer = await lab.seal({ level: 'B-LT' });
        const one = await lab.seal();
        return Buffer.concat([one.subarray(0, gapOf(one).end), longer.subarray(gapOf(longer).end)]);
      },
    ],
    'two documents one after the other': [
      'both are genuine; readers show the second',
      async (lab) => {
        const { one, other } = await twins(lab);
        return Buffer.concat([one, other]);
      },
    ],
    'seal in a foreign document': [
      'a short document of somebody else with a genuine seal in it',
      async (lab) => {
        const sealed = await lab.seal();
        const { start, end } = gapOf(sealed);
        const value = sealed.toString('latin1', start, end);
        return Buffer.from(
          `%PDF-1.7\n1 0 obj\n<</Type/Sig/ByteRange [0 9 9 9]/Contents ${value}>>\nendobj\n%%EOF\n`,
          'latin1',
        );
      },
    ],
  }),
];
