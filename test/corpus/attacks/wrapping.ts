/** Signature wrapping: the sealed bytes stay in the file, and readers show others. */
import { moveSignedTail } from '../../verify/attacks.ts';
import { attacks, NOT_OUR_FORM } from '../attack.ts';
import { change, gapOf, objectOf, overwrite, placesOf, writing } from '../edit.ts';

/** A page of another text, to be put where readers look and the digest does not. */
const evil = (pdf: Buffer) => {
  const { page } = placesOf(pdf);
  return [
    `${page} 0 obj\n${objectOf(pdf, page).replace(/\/Contents \d+ 0 R/, '/Contents 900 0 R')}\nendobj\n`,
    `900 0 obj\n${writing('another person')}\nendobj\n`,
  ].join('');
};

/** Puts bytes between the signature value and what follows it, and states that the gap ends after them. */
const widen = (pdf: Buffer, put: string): Buffer => {
  const { start, end } = gapOf(pdf);
  const ranged = overwrite(
    pdf,
    /\/ByteRange \[[^\]]*\] */,
    `/ByteRange [0 ${start} ${end + put.length} ${pdf.length - end}]`,
  );
  return Buffer.concat([ranged.subarray(0, end), Buffer.from(put, 'latin1'), ranged.subarray(end)]);
};

export const WRAPPING = attacks(NOT_OUR_FORM, {
  'signed tail moved': [
    'a second ByteRange in the gap, the signed tail behind another document, whose table lies where the signed startxref points',
    async (lab) => moveSignedTail(await lab.seal()),
  ],
  'signed tail moved at B-LT': [
    'the same with time-stamp and validation data',
    async (lab) => moveSignedTail(await lab.seal({ level: 'B-LT' })),
  ],
  'signed tail moved with P-256': [
    'the same with the signature of another algorithm',
    async (lab) => moveSignedTail(await lab.seal({ signer: lab.signers['p-256'] })),
  ],
  'objects in the gap': [
    'another page between the signature value and the signed tail',
    async (lab) => {
      const sealed = await lab.seal();
      return widen(sealed, `>>\nendobj\n${evil(sealed)}901 0 obj\n<<`);
    },
  ],
  'document in the gap': [
    'a whole second document between the signature value and the signed tail',
    async (lab) => widen(await lab.seal(), `\n${(await lab.seal()).toString('latin1')}`),
  ],
  'objects in a second string': [
    'the gap holds two strings, the second of them hexadecimal too',
    async (lab) => widen(await lab.seal(), '<00>'),
  ],
  'comment with ByteRange before': [
    'a ByteRange in a comment before the genuine one, which readers that search for the word find first',
    async (lab) => change(await lab.seal(), /\n(?=\d+ 0 obj\n<<\n\/Type \/Sig)/, '\n%/ByteRange [0 9 9 9]\n'),
  ],
  'second seal object': [
    'the seal once more under another number, with a table that leads to the copy',
    async (lab) => {
      const sealed = await lab.seal();
      const { seal } = placesOf(sealed);
      const copy = `900 0 obj\n${objectOf(sealed, seal)}\nendobj\n`;
      return change(sealed, /\nxref\n/, (found) => `\n${copy}${found.slice(1)}`);
    },
  ],
  'seal in a stream': [
    'the sealed document as a stream of another one, which readers that search for the seal find in there',
    async (lab) => {
      const sealed = await lab.seal();
      const outer = change(sealed, /\nxref\n/, (found) => {
        const inner = sealed.toString('latin1');
        return `\n900 0 obj\n<</Length ${inner.length}>>\nstream\n${inner}\nendstream\nendobj\n${found.slice(1)}`;
      });
      return outer;
    },
  ],
});
