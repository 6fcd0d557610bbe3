/** Rules on fonts: embedded, measured and readable as text. */
import type { PdfFile } from './file.ts';
import { type Rule, type Subject, unless } from './rule.ts';
import { asName, type Dictionary, listOf, readOperations, textOf, type Value } from './values.ts';

/** A font of a page with the codes that it shows; ours all have two bytes a code. */
interface UsedFont {
  readonly name: string;
  readonly font: Dictionary;
  readonly descendant: Dictionary;
  readonly codes: ReadonlySet<number>;
}

export const FONT_RULES: readonly Rule[] = [
  {
    id: 'embedded',
    clause: 'A 6.2.11.4.1',
    says: 'Every font is embedded as TrueType with its length.',
    broken: (subject) =>
      onFonts(subject, ({ descendant }) => {
        const file = subject.file.dictionary(descendant.get('/FontDescriptor')).get('/FontFile2');
        const program = subject.file.content(file);
        const stated = subject.file.dictionary(file).get('/Length1');
        return program.length > 0 && stated === program.length;
      }),
  },
  {
    id: 'composite',
    clause: 'A 6.2.11.3',
    says: 'Composite fonts number their glyphs by identity.',
    broken: (subject) =>
      onFonts(
        subject,
        ({ font, descendant }) =>
          font.get('/Subtype') === '/Type0' &&
          font.get('/Encoding') === '/Identity-H' &&
          descendant.get('/CIDToGIDMap') === '/Identity' &&
          textOf(subject.file.dictionary(descendant.get('/CIDSystemInfo')).get('/Ordering')) === 'Identity',
      ),
  },
  {
    id: 'names',
    clause: 'A 6.2.11.2',
    says: 'A font has one name throughout, which says that it is a subset.',
    broken: (subject) =>
      onFonts(subject, ({ font, descendant }) => {
        const name = font.get('/BaseFont');
        const descriptor = subject.file.dictionary(descendant.get('/FontDescriptor'));
        const isSame = name === descendant.get('/BaseFont') && name === descriptor.get('/FontName');
        return isSame && /^\/[A-Z]{6}\+/.test(asName(name));
      }),
  },
  {
    id: 'widths',
    clause: 'A 6.2.11.5',
    says: 'The widths stated are those of the embedded glyphs.',
    broken: (subject) =>
      onFonts(subject, ({ descendant, codes }) => {
        const stated = widthsOf(subject.file, descendant);
        const real = advancesOf(subject.file, descendant);
        return [...codes].every((code) => Math.abs((stated.get(code) ?? 1000) - (real[code] ?? -9)) <= 1);
      }),
  },
  {
    id: 'unicode',
    clause: 'A 6.2.11.7.2, UA 7.21.7',
    says: 'Every code that is shown stands for characters.',
    broken: (subject) =>
      onFonts(subject, ({ font, codes }) => {
        const map = unicodeOf(subject.file, font);
        return [...codes].every((code) => {
          const text = map.get(code) ?? '';
          return text !== '' && !['\0', '\ufeff', '\ufffe'].some((one) => text.includes(one));
        });
      }),
  },
  {
    id: 'notdef',
    clause: 'A 6.2.11.8, UA 7.21.8',
    says: 'No text shows the glyph that stands for missing ones.',
    broken: (subject) =>
      onFonts(subject, ({ descendant, codes }) => {
        const glyphs = advancesOf(subject.file, descendant).length;
        return [...codes].every((code) => code > 0 && code < glyphs);
      }),
  },
];

function onFonts(subject: Subject, isKept: (font: UsedFont) => boolean): readonly string[] {
  return usedFonts(subject).flatMap((font) => unless(isKept(font), font.name));
}

function usedFonts({ file, pages }: Subject): UsedFont[] {
  return pages.flatMap(({ page, shown }, at) => {
    const fonts = file.dictionary(file.dictionary(page.get('/Resources')).get('/Font'));
    return [...shown].map(([name, strings]) => {
      const font = file.dictionary(fonts.get(name));
      const descendant = file.dictionary(file.list(font.get('/DescendantFonts'))[0]);
      return { name: `page ${at + 1}: ${name}`, font, descendant, codes: new Set(strings.flatMap(codesOf)) };
    });
  });
}

function codesOf(text: Buffer): number[] {
  return Array.from({ length: text.length >> 1 }, (_, at) => text.readUInt16BE(at * 2));
}

/** Only the form `first [widths]` (ISO 32000-1, 9.7.4.3), which ours have. */
function widthsOf(file: PdfFile, descendant: Dictionary): Map<number, number> {
  const entries = file.list(descendant.get('/W'));
  const widths = new Map<number, number>();
  for (let at = 0; at + 1 < entries.length; at += 2) {
    const first = Number(entries[at]);
    for (const [index, width] of file.list(entries[at + 1]).entries())
      widths.set(first + index, Number(width));
  }
  return widths;
}

/** Advance widths of the glyphs in thousandths (OpenType: head, hhea, hmtx, maxp). */
function advancesOf(file: PdfFile, descendant: Dictionary): number[] {
  const program = file.content(file.dictionary(descendant.get('/FontDescriptor')).get('/FontFile2'));
  const tables = new Map<string, number>();
  for (let at = 12; at + 16 <= program.length && at < 12 + program.readUInt16BE(4) * 16; at += 16)
    tables.set(program.toString('latin1', at, at + 4), program.readUInt32BE(at + 8));
  const [head, hhea, hmtx, maxp] = ['head', 'hhea', 'hmtx', 'maxp'].map((name) => tables.get(name));
  if (head === undefined || hhea === undefined || hmtx === undefined || maxp === undefined) return [];
  const unitsPerEm = program.readUInt16BE(head + 18);
  const last = program.readUInt16BE(hhea + 34) - 1;
  return Array.from(
    { length: program.readUInt16BE(maxp + 4) },
    (_, glyph) => (program.readUInt16BE(hmtx + Math.min(glyph, last) * 4) * 1000) / unitsPerEm,
  );
}

/** Ranges of a ToUnicode map (ISO 32000-1, 9.10.3): `low high [texts]` or `low high text`. */
function unicodeOf(file: PdfFile, font: Dictionary): Map<number, string> {
  const map = new Map<number, string>();
  for (const { operator, operands } of readOperations(file.content(font.get('/ToUnicode')))) {
    if (operator !== 'endbfrange') continue;
    for (let at = 0; at + 2 < operands.length; at += 3) {
      const [low, texts] = [numberOf(operands[at]), operands[at + 2]];
      if (Array.isArray(texts))
        for (const [index, one] of listOf(texts).entries()) map.set(low + index, utf16(one));
      else
        for (let code = low; code <= numberOf(operands[at + 1]); code += 1)
          map.set(code, utf16(texts, code - low));
    }
  }
  return map;
}

function numberOf(value: Value | undefined): number {
  return Buffer.isBuffer(value) && value.length > 0 ? value.readUIntBE(0, Math.min(value.length, 4)) : -1;
}

function utf16(value: Value | undefined, plus = 0): string {
  if (!Buffer.isBuffer(value)) return '';
  const text = Buffer.from(value).swap16().toString('utf16le');
  return plus === 0 ? text : String.fromCharCode(text.charCodeAt(0) + plus);
}
