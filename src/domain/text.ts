/**
 * Text of one line: what of it can be printed, shown and read back, and how it is written. Whatever comes in from
 * outside and is printed or shown later is held against this one rule at the border.
 */

/** The most characters (code points, not UTF-16 units) that a text may have, by what it is. */
export const LONGEST = {
  /** A name in the register; no Belgian source fixes one, and a page holds it in any letters. */
  name: 200,
  /** Zone 00025 of a declaration. */
  declaredFamilyName: 48,
  /** Zone 00026. */
  declaredGivenName: 24,
  /** Zone 00153. */
  usingEmployerName: 96,
  /** What a sender calls a file or a row of it. */
  label: 255,
} as const;

/** Why a text is not taken. */
export type TextFault = 'empty' | 'tooLong' | 'unprintable' | 'strayMark';

/** Says of a text what is wrong with it; never what it is. */
export const TEXT_FAULTS: Readonly<Record<TextFault, string>> = {
  empty: 'is empty',
  tooLong: 'has too many characters',
  unprintable: 'holds a character that cannot be printed',
  strayMark: 'holds an accent that belongs to no letter, or too many on one',
};

/**
 * Control characters, also U+0000, which PostgreSQL cannot keep; format characters, by which a text is shown otherwise
 * than it is stored (bidirectional controls, U+202A–U+202E and U+2066–U+2069; zero-width ones, U+200B–U+200F, U+2060,
 * U+FEFF; soft hyphens), and all others that a reader shall not see; line and paragraph separators; halves of a
 * surrogate pair; private-use and unassigned code points; the sign for a character that was lost on its way.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffd]/u;

/** A mark stands on a letter, and letters of living languages carry no more than two that are not part of them. */
const STRAY_MARK = /(?:^|[\p{Z}])\p{M}|\p{M}{3}/u;

/** Words of plain letters, digits and signs, with one space between them: nearly all there is. There is nothing to ask of them. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** Tells whether each character of a text can be printed by itself, whatever its script. */
export function isPrintable(text: string): boolean {
  return PLAIN.test(text) || !UNPRINTABLE.test(text);
}

/**
 * Writes a text in one way: composed (Unicode NFC), without white space around it, and with one plain space for any
 * spaces inside it. All these look the same on paper; control characters such as tabs are no spaces and stay.
 */
export function writeLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/^ | $/g, '');
}

/** Takes the line ends and tabs of a zone for spaces: XML and CSV files are laid out with them, and nobody means them. */
export function unfold(text: string): string {
  return text.replace(/[\t\r\n]/g, ' ');
}

/** Shows what a sender called a property: cut to a length, and with a sign in place of each character that nobody sees. */
export function showName(name: string, longest: number): string {
  const seen = Array.from(name.slice(0, 2 * longest), (one) => (isPrintable(one) ? one : '\ufffd'));
  return seen.length > longest ? `${seen.slice(0, longest - 1).join('')}…` : seen.join('');
}

/** Finds what keeps a text, once it is written as `writeLine` does, from being printed on a line; undefined for nothing. */
export function findTextFault(text: string, longest: number): TextFault | undefined {
  // Before anything is done with it: normalising the longest text that a body holds would take long.
  if (text.length > 8 * longest) return 'tooLong';
  if (PLAIN.test(text)) return text.length > longest ? 'tooLong' : undefined;
  if (!isPrintable(text)) return 'unprintable';
  const line = writeLine(text);
  if (line === '') return 'empty';
  if (Array.from(line).length > longest) return 'tooLong';
  return STRAY_MARK.test(line) ? 'strayMark' : undefined;
}

/** Writes a text as it is searched: without accents, in small letters, and in the plain form of each sign. */
export function foldText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae');
}
