/** Finds things in a PDF of ours and changes them, as text with one character per byte. */
import { createHash } from 'node:crypto';
import type { Signer } from '../../src/keys/signer.ts';
import { readSealGap, type SealGap } from '../../src/pades/byte-range.ts';
import { suiteOf } from '../../src/pades/signed-data.ts';
import { renderer, sample } from '../render/samples.ts';
import { editPdf, type Forgery, forgeSeal, forgeSignedData } from '../support/forge.ts';
import type { Lab, Order } from './lab.ts';

/** Where the seal of a file of ours lies. */
export function gapOf(pdf: Buffer): SealGap {
  const gap = readSealGap(pdf);
  if (gap === undefined) throw new Error('the file has no seal');
  return gap;
}

/** The objects an attacker needs: what a reader sees first, by object number. */
export interface Places {
  readonly page: number;
  readonly content: number;
  readonly catalog: number;
  readonly seal: number;
  readonly font: number;
  readonly data: number;
}

/** Finds them. */
export function placesOf(pdf: Buffer): Places {
  const text = pdf.toString('latin1');
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return {
    page: number(/\n(\d+) 0 obj\n<<\n\/Type \/Page\n/),
    content: number(/\/Contents (\d+) 0 R/),
    catalog: number(/\/Root (\d+) 0 R/),
    seal: number(/\/DocMDP (\d+) 0 R/),
    font: number(/\n(\d+) 0 obj\n<<\n\/Type \/Font\n\/Subtype \/Type0/),
    data: number(/\n(\d+) 0 obj\n<<\n\/Type \/EmbeddedFile/),
  };
}

/** What stands between `N 0 obj` and `endobj`. */
export function objectOf(pdf: Buffer, number: number): string {
  const text = pdf.toString('latin1');
  const start = text.indexOf(`\n${number} 0 obj\n`) + `\n${number} 0 obj\n`.length;
  return text.slice(start, text.indexOf('\nendobj\n', start));
}

/** A stream of plain operators that writes a sentence large over the page. */
export function writing(words: string): string {
  const content = `BT /F1 40 Tf 60 400 Td (${words}) Tj ET`;
  return `<</Length ${content.length}>>\nstream\n${content}\nendstream`;
}

/** Changes text wherever it stands; throws when there is none, so that no attack is one in name only. */
export function change(
  pdf: Buffer,
  pattern: RegExp | string,
  by: string | ((found: string) => string),
): Buffer {
  const text = pdf.toString('latin1');
  // A function: `$` in what is put in means nothing.
  const changed = text.replace(pattern, (found) => (typeof by === 'string' ? by : by(found)));
  if (changed === text) throw new Error(`nothing to change: ${String(pattern)}`);
  return Buffer.from(changed, 'latin1');
}

/** The same, and what comes is padded with blanks to the length of what went, so that nothing else moves. */
export function overwrite(pdf: Buffer, pattern: RegExp, by: string): Buffer {
  return change(pdf, pattern, (found) => by.padEnd(found.length));
}

/** Renders, edits, writes the table anew, and seals with a key of ours: only the edit itself is wrong with it. */
export async function sealEdited(
  lab: Lab,
  edit: (text: string) => string,
  { forgery, order, signer }: { forgery?: Forgery; order?: Order; signer?: Signer } = {},
): Promise<Buffer> {
  const unsigned = await lab.render(order);
  const edited = editPdf(unsigned, edit);
  if (edited.equals(unsigned)) throw new Error('the edit changed nothing');
  return forgeSeal(edited, signer ?? lab.signers['rsa-2048'], forgery);
}

/** Renders with exactly the room that this forgery takes, and seals with it. */
export async function forged(lab: Lab, forgery: Forgery, signer = lab.signers['rsa-2048']): Promise<Buffer> {
  const digest = createHash(suiteOf(signer).hash).digest();
  const signatureRoom = (await forgeSignedData(signer, digest, forgery)).length;
  return forgeSeal(await renderer.render(sample({ signatureRoom })), signer, forgery);
}
