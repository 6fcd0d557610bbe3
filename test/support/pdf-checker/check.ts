/**
 * Checks a PDF against what machines can tell of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), as far as our documents
 * go: what they do not use is refused without asking whether the standards would allow it. It is ours, and no validator.
 */
import { ATTACHMENT_RULES } from './attachment-rules.ts';
import { PdfFile } from './file.ts';
import { FILE_RULES } from './file-rules.ts';
import { FONT_RULES } from './font-rules.ts';
import { FORM_RULES } from './form-rules.ts';
import { METADATA_RULES } from './metadata-rules.ts';
import { readPacket } from './packet.ts';
import { readPage } from './page-content.ts';
import { PAGE_RULES } from './page-rules.ts';
import type { Rule } from './rule.ts';
import { STRUCTURE_RULES } from './structure-rules.ts';
import { readStructure } from './structure-tree.ts';

export const RULES: readonly Rule[] = [
  ...FILE_RULES,
  ...PAGE_RULES,
  ...FONT_RULES,
  ...FORM_RULES,
  ...METADATA_RULES,
  ...STRUCTURE_RULES,
  ...ATTACHMENT_RULES,
];

/** One rule broken, and where. */
export interface Finding {
  readonly id: string;
  /** Clause, rule and places as one line. */
  readonly text: string;
}

/** Gives the rules that a sealed document breaks, or one to be sealed whose ByteRange is filled in. */
export function checkConformance(pdf: Buffer): Finding[] {
  const file = new PdfFile(pdf);
  const subject = {
    file,
    pages: file.pages.map((page) => readPage(file, page)),
    elements: readStructure(file),
    packet: readPacket(file),
  };
  return RULES.flatMap(({ id, clause, says, broken }) => {
    const places = broken(subject);
    return places.length === 0
      ? []
      : [{ id, text: `${clause}: ${says} Broken: ${places.slice(0, 5).join(', ')}` }];
  });
}
