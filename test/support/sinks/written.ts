/** Finds numbers with the check digits of an SSIN in any bytes, however they are written. */
import { DECODINGS } from './decodings.ts';

/** A number of eleven digits that passes the check, and how it was written. */
export interface Written {
  readonly number: string;
  /** The encodings that hid it, outermost first; `plain` for none. */
  readonly form: string;
  /** Offset in the bytes. */
  readonly at: number;
}

const NO_NUMBERS: ReadonlySet<string> = new Set();
/** Encodings within encodings that are followed. */
const DEPTH = 3;

/** No-break spaces are two or three bytes in UTF-8. */
const GAP = String.raw`(?:[.\-_/ \u00a0]|\u00e2\u0080\u00af|\u00c2\u00a0)?`;
const GROUPED = String.raw`\d\d${GAP}\d\d${GAP}\d\d${GAP}\d{3}${GAP}\d\d`;
/** After a point stand decimals: a duration, not the number of a person. */
const CANDIDATE = new RegExp(String.raw`(?<!\d|\d\.)${GROUPED}(?!\d)`, 'g');
/** What an id or a hash may hold by chance, between letters of its own. */
const HEXADECIMAL = /^(?=.*[a-f])[\da-f-]{16,}$/i;
const LONGEST_ID = 128;
const OTHER_RUN = /(?<!\d)(?:\d{9,10}|\d{12,})(?!\d)/g;

/**
 * Finds the numbers; those of `known` also inside longer rows of digits, inside ids, and without the zeros they begin with.
 */
export function findWritten(bytes: Buffer, known = NO_NUMBERS): Written[] {
  return findIn(bytes.toString('latin1'), known, [], DEPTH);
}

function findIn(
  text: string,
  known: ReadonlySet<string>,
  forms: readonly string[],
  depth: number,
): Written[] {
  const form = forms.join(' > ') || 'plain';
  const found = [...candidates(text, known), ...knownWithin(text, known)].map((one) => ({ ...one, form }));
  if (depth === 0) return found;
  for (const { form: next, pattern, decode } of DECODINGS) {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      const decoded = decode(match, (before, after) =>
        text.slice(Math.max(0, index - before), index + match.length + after),
      );
      // Digits match some patterns as they stand.
      if (decoded === '' || decoded === match) continue;
      const inner = findIn(decoded, known, [...forms, next], depth - 1);
      found.push(...inner.map((one) => ({ ...one, at: index })));
    }
  }
  return found;
}

type Place = Pick<Written, 'number' | 'at'>;

function candidates(text: string, known: ReadonlySet<string>): Place[] {
  return [...text.matchAll(CANDIDATE)]
    .map(({ 0: match, index }) => ({
      number: match.replace(/[^0-9]/g, ''),
      at: index,
      end: index + match.length,
    }))
    .filter(({ number, at, end }) => known.has(number) || (passesCheck(number) && !isOfId(text, at, end)))
    .map(({ number, at }) => ({ number, at }));
}

function isOfId(text: string, at: number, end: number): boolean {
  const [before = ''] = /[\da-f-]*$/i.exec(text.slice(Math.max(0, at - LONGEST_ID), at)) ?? [];
  const [after = ''] = /^[\da-f-]*/i.exec(text.slice(end, end + LONGEST_ID)) ?? [];
  return HEXADECIMAL.test(`${before}${text.slice(at, end)}${after}`);
}

function knownWithin(text: string, known: ReadonlySet<string>): Place[] {
  if (known.size === 0) return [];
  const found: Place[] = [];
  for (const { 0: digits, index } of text.matchAll(OTHER_RUN)) {
    const whole = digits.padStart(11, '0');
    for (let at = 0; at + 11 <= whole.length; at += 1) {
      const number = whole.slice(at, at + 11);
      if (known.has(number)) found.push({ number, at: index + at });
    }
  }
  return found;
}

/**
 * Tells whether eleven digits are an SSIN by the instructions of the National Register: month and day of a birth date,
 * months raised by 20 or 40 for BIS numbers, zeros for what is unknown; check digits for births before or since 2000.
 */
export function passesCheck(digits: string): boolean {
  const [month, day] = [Number(digits.slice(2, 4)), Number(digits.slice(4, 6))];
  if (month > 52 || month % 20 > 12 || day > 31) return false;
  const [base, check] = [Number(digits.slice(0, 9)), Number(digits.slice(9))];
  return 97 - (base % 97) === check || 97 - ((2_000_000_000 + base) % 97) === check;
}
