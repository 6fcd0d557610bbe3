/** Finds objects of a file by reference, and says what a file of ours would have in their place. */
import type { PdfLayout } from './layout.ts';
import { asDictionary, asReference, MalformedPdf, type PdfDictionary, type PdfValue } from './syntax.ts';

/** The dictionary with this number. Throws `MalformedPdf` naming `what` is missing. */
export function dictionaryAt(layout: PdfLayout, number: number, what: string): PdfDictionary {
  const found = asDictionary(layout.objects.get(number));
  if (found === undefined) throw new MalformedPdf(`has no ${what}`);
  return found;
}

/** The dictionary itself or the one referred to. */
export function resolve(layout: PdfLayout, value: PdfValue | undefined): PdfDictionary | undefined {
  const number = asReference(value);
  return asDictionary(number === undefined ? value : layout.objects.get(number));
}

/** Throws `MalformedPdf` with `otherwise` as the rest of "the file …" unless something is so. */
export function require(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new MalformedPdf(otherwise);
}
