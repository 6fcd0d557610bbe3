/** What a rule of the checker is. */
import type { PdfFile } from './file.ts';
import type { Packet } from './packet.ts';
import type { PageContent } from './page-content.ts';
import type { StructureElement } from './structure-tree.ts';

/** A file with what several rules read of it. */
export interface Subject {
  readonly file: PdfFile;
  readonly pages: readonly PageContent[];
  /** All elements of the structure tree, in reading order. */
  readonly elements: readonly StructureElement[];
  readonly packet: Packet;
}

export interface Rule {
  /** Names it in the table of damages. */
  readonly id: string;
  /** `A 6.1.3` of ISO 19005-3, `UA 7.1` of ISO 14289-1, `PDF 7.5` of ISO 32000-1. */
  readonly clause: string;
  readonly says: string;
  /** Where it is broken; nothing when it is kept. */
  readonly broken: (subject: Subject) => readonly string[];
}

/** Turns a condition on the whole file into what `broken` gives. */
export function unless(isKept: boolean, what: string): readonly string[] {
  return isKept ? [] : [what];
}
