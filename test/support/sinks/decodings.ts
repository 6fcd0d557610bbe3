/** The forms in which digits hide in bytes, and how each is undone. Bytes are texts of one character each (latin1). */
import { constants, inflateRawSync, inflateSync } from 'node:zlib';

export interface Decoding {
  readonly form: string;
  /** What looks encoded so. */
  readonly pattern: RegExp;
  /** Undoes it; `around` gives the match with as many characters before and after it. */
  readonly decode: (match: string, around: (before: number, after: number) => string) => string;
}

const character = (code: string, radix: number) => String.fromCharCode(Number.parseInt(code, radix) & 0xff);
const withoutZeros = (text: string) => text.replaceAll('\0', '');

/** A digit, or what stands between groups of them. */
const DIGIT = String.raw`[\d.\-/ ]`;
/** A digit, or what stands between groups of them, as JSON and programs escape it. */
const ESCAPE = String.raw`\\+(?:u00|u\{|x)(?:2[0def]|3\d)\}?`;
/** Base64 of digits and of what stands between their groups has few letters in each place of four. */
const BASE64_DIGITS = String.raw`(?:[I-O][CDSTijyz][AEIMQUYcgkosw048][g-z0-5](?:\r?\n)?){3,}`;
/** More than this is not unpacked of one stream, packed or unpacked. */
const MOST_BYTES = 16 * 1024 * 1024;

type Unpack = (bytes: Buffer) => Buffer;

/** What was packed; nothing where it only began like packed bytes. What follows the stream is left. */
function unpack(work: Unpack, bytes: Buffer): string {
  try {
    return work(bytes).toString('latin1');
  } catch {
    return '';
  }
}

const LIMITS = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_BYTES };
const unzlib: Unpack = (bytes) => inflateSync(bytes, LIMITS);

/** Without the header (RFC 1952 §2.3), because what follows a stream is an error to Node's own. */
const gunzip: Unpack = (bytes) => {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1;
  if (flags & 2) at += 2;
  return inflateRawSync(bytes.subarray(at), LIMITS);
};

const packed = (
  form: string,
  work: Unpack,
  bytes: string,
  hexadecimal: string,
  base64: string,
): Decoding[] => [
  {
    form,
    pattern: new RegExp(bytes, 'g'),
    decode: (_match, around) => unpack(work, Buffer.from(around(0, MOST_BYTES), 'latin1')),
  },
  {
    form: `${form} in hexadecimal`,
    pattern: new RegExp(String.raw`${hexadecimal}(?:[\da-f]{2}){16,}`, 'gi'),
    decode: (match) => unpack(work, Buffer.from(match, 'hex')),
  },
  {
    form: `${form} in base64`,
    pattern: new RegExp(String.raw`${base64}[\w+/\-]{16,}`, 'g'),
    decode: (match) => unpack(work, Buffer.from(match, 'base64')),
  },
];

export const DECODINGS: readonly Decoding[] = [
  {
    form: 'percent',
    pattern: /(?:%[\da-f]{2}|[\d.\-/ +]){11,}/gi,
    decode: (match) => match.replace(/%([\da-f]{2})/gi, (_all, code: string) => character(code, 16)),
  },
  {
    form: 'escape',
    // Two at least: PostgreSQL writes bytes as one, with the bytes behind it.
    pattern: new RegExp(`(?=${DIGIT}*${ESCAPE}${DIGIT}*${ESCAPE})(?:${ESCAPE}|${DIGIT}){11,}`, 'gi'),
    decode: (match) =>
      match.replace(/\\+(?:u00|u\{|x)([\da-f]{2})\}?/gi, (_all, code: string) => character(code, 16)),
  },
  {
    form: 'entity',
    pattern: /(?:&#0*\d{2};|&#x0*[\da-f]{2};|[\d.\-/ ]){11,}/gi,
    decode: (match) =>
      match
        .replace(/&#x0*([\da-f]{2});/gi, (_all, code: string) => character(code, 16))
        .replace(/&#0*(\d{2});/g, (_all, code: string) => character(code, 10)),
  },
  {
    form: 'quoted-printable',
    pattern: /[\d.\-/ ]+(?:=\r?\n[\d.\-/ ]+)+/g,
    decode: (match) => match.replace(/=\r?\n/g, ''),
  },
  { form: 'UTF-16', pattern: new RegExp(`${DIGIT}(?:\0${DIGIT}){10,}`, 'g'), decode: withoutZeros },
  {
    form: 'hexadecimal',
    // Any text of ASCII. Where a byte begins is not known.
    pattern: /(?:[2-7][\da-f](?:00)?){11,}/gi,
    decode: (match) =>
      [match, match.slice(1)]
        .map((one) => withoutZeros(Buffer.from(one, 'hex').toString('latin1')))
        .join('|'),
  },
  {
    form: 'bytes',
    pattern: /(?:(?:4[5-9]|5[0-7]|32),\s?){10,}\d\d/g,
    decode: (match) => match.replace(/(\d\d)(?:,\s?)?/g, (_all, code: string) => character(code, 10)),
  },
  {
    form: 'base64',
    pattern: new RegExp(BASE64_DIGITS, 'g'),
    // Where a group of four begins is not known.
    decode: (_match, around) => {
      const text = around(4, 4)
        .replace(/\r?\n/g, '')
        .replace(/[^\w+/-]/g, 'A');
      return [0, 1, 2, 3].map((at) => Buffer.from(text.slice(at), 'base64').toString('latin1')).join('|');
    },
  },
  ...packed('gzip', gunzip, '\x1f\x8b\x08', '1f8b08', 'H4sI'),
  ...packed('zlib', unzlib, 'x[\x01\x5e\x9c\xda]', '78(?:01|5e|9c|da)', 'e(?:AF|F4|J[wxyz]|N[opqr])'),
];
