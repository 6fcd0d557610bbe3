/** Rules on the file: header, cross-references, streams, limits, and that nothing in it is hidden. */
import type { PdfFile } from './file.ts';
import { type Rule, unless } from './rule.ts';
import { asName, isDictionary, isReference, type Value } from './values.ts';

const LARGEST_INTEGER = 2 ** 31 - 1;
const LONGEST_STRING = 32_767;
const LONGEST_NAME = 127;
const DEEPEST_STATE = 28;

export const FILE_RULES: readonly Rule[] = [
  {
    id: 'header',
    clause: 'A 6.1.2',
    says: 'The file begins with its version and a comment of four high bytes.',
    broken: ({ file }) => unless(/^%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}/.test(file.text), 'byte 0'),
  },
  {
    id: 'identifier',
    clause: 'A 6.1.3',
    says: 'The trailer identifies the file by two strings.',
    broken: ({ file }) => {
      const strings = file.list(file.trailer.get('/ID'));
      return unless(
        strings.length === 2 && strings.every((one) => Buffer.isBuffer(one) && one.length > 0),
        '/ID',
      );
    },
  },
  {
    id: 'encryption',
    clause: 'A 6.1.3',
    says: 'The file is not encrypted.',
    broken: ({ file }) => unless(!file.trailer.has('/Encrypt'), '/Encrypt'),
  },
  {
    id: 'end',
    clause: 'A 6.1.3',
    says: 'Nothing follows the mark of the end.',
    broken: ({ file }) => unless(/%%EOF\r?\n?$/.test(file.text), 'the end'),
  },
  {
    id: 'revision',
    clause: 'A 6.4.3',
    says: 'The file has one revision, which the seal covers.',
    broken: ({ file }) =>
      unless(
        file.text.match(/^%%EOF/gm)?.length === 1 &&
          !file.trailer.has('/Prev') &&
          !file.trailer.has('/XRefStm'),
        'the trailer',
      ),
  },
  {
    id: 'table',
    clause: 'A 6.1.4',
    says: 'The cross-reference table is written in rows of 20 bytes under its two lines.',
    broken: ({ file }) => {
      const start = Number(/startxref\s+(\d+)/.exec(file.text.slice(-80))?.[1]);
      const table = file.text.slice(start, file.text.indexOf('trailer', start));
      return unless(/^xref\n0 \d+\n(?:\d{10} \d{5} [nf](?: \n|\r\n| \r))+$/.test(table), `byte ${start}`);
    },
  },
  {
    id: 'hexadecimal',
    clause: 'A 6.1.6',
    says: 'Hexadecimal strings have an even number of digits.',
    broken: ({ file }) => unless(file.oddStrings === 0, `${file.oddStrings} strings`),
  },
  {
    id: 'length',
    clause: 'A 6.1.7.1',
    says: 'Every stream has the length that it states.',
    broken: ({ file }) => streams(file).flatMap(({ number, isWhole }) => unless(isWhole, `object ${number}`)),
  },
  {
    id: 'outside',
    clause: 'A 6.1.7.1',
    says: 'No stream lies in another file.',
    broken: ({ file }) =>
      streams(file).flatMap(({ number, value }) =>
        unless(
          !['/F', '/FFilter', '/FDecodeParms'].some((key) => file.dictionary(value).has(key)),
          `object ${number}`,
        ),
      ),
  },
  {
    id: 'filter',
    clause: 'A 6.1.7.2',
    says: 'Streams are packed by filters of the standard other than LZW and Crypt.',
    broken: ({ file }) =>
      streams(file).flatMap(({ number, value }) => {
        const filter = file.dictionary(value).get('/Filter');
        const filters = typeof filter === 'string' ? [filter] : file.list(filter);
        return unless(
          filters.every((one) => ALLOWED_FILTERS.has(asName(one))),
          `object ${number}`,
        );
      }),
  },
  {
    id: 'limits',
    clause: 'A 6.1.13',
    says: 'No number, string, name or nesting of graphics states is beyond what readers must manage.',
    broken: ({ file, pages }) => [
      ...[...file.objects.values()].flatMap(({ number, value }) =>
        unless(isWithin(value), `object ${number}`),
      ),
      ...pages.flatMap(({ deepestState }, at) => unless(deepestState <= DEEPEST_STATE, `page ${at + 1}`)),
    ],
  },
  {
    id: 'orphan',
    clause: 'PDF 7.5.4',
    says: 'Every object is referred to, and every reference leads to an object.',
    broken: ({ file }) => {
      const reached = reach(file);
      return [
        ...[...file.objects.keys()]
          .filter((number) => !reached.has(number))
          .map((number) => `object ${number}`),
        ...[...reached].filter((number) => !file.objects.has(number)).map((number) => `reference ${number}`),
      ];
    },
  },
];

const ALLOWED_FILTERS = new Set([
  '/ASCIIHexDecode',
  '/ASCII85Decode',
  '/CCITTFaxDecode',
  '/DCTDecode',
  '/FlateDecode',
  '/JBIG2Decode',
  '/JPXDecode',
  '/RunLengthDecode',
]);

function streams(file: PdfFile) {
  return [...file.objects.values()].filter(({ content }) => content !== undefined);
}

function isWithin(value: Value): boolean {
  if (typeof value === 'number') return Math.abs(value) <= LARGEST_INTEGER;
  if (typeof value === 'string') return value.length <= LONGEST_NAME + 1;
  if (Buffer.isBuffer(value)) return value.length <= LONGEST_STRING;
  if (Array.isArray(value)) return (value as readonly Value[]).every(isWithin);
  return (
    !isDictionary(value) || [...value].every(([key, one]) => key.length <= LONGEST_NAME + 1 && isWithin(one))
  );
}

function reach(file: PdfFile): Set<number> {
  const reached = new Set<number>();
  const open: Value[] = [file.trailer];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) open.push(...(value as readonly Value[]));
    else if (isDictionary(value)) open.push(...value.values());
    else if (isReference(value) && !reached.has(value.ref)) {
      reached.add(value.ref);
      open.push(file.objects.get(value.ref)?.value ?? null);
    }
  }
  return reached;
}
