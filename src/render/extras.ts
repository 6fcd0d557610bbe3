/** Adds what a document carries beside its pages: the one place for it, whichever way the document is written. */
import { attachData, type DataFile } from './data-file.ts';
import type { OpenDocument } from './document.ts';

export interface Extras {
  /** Missing: nothing is attached, as PDF/A-1 wants it. */
  readonly data: DataFile | undefined;
  /** What the attached data are called, in the language of the document. */
  readonly description: string;
  readonly createdAt: Date;
}

/** Adds the extras to a document that is painted and not yet closed. */
export function addExtras(document: OpenDocument, { data, description, createdAt }: Extras): void {
  if (data !== undefined) attachData(document, data, description, createdAt);
}
