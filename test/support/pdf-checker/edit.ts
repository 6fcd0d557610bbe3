/** Opens a PDF as one text to be edited, and closes it again: streams unpacked, then lengths, table and ByteRange anew. */
import { inflateSync } from 'node:zlib';

const HEADER = /^%PDF-1\.\d\n%[\x80-\xff]{4}\n/;
const PLAIN_OBJECT = /\d+ 0 obj\n(?:(?!endobj\n|stream\n)[^\n]*\n)*endobj\n/y;
const STREAM_HEAD = /\d+ 0 obj\n(?:(?!endobj\n|stream\n)[^\n]*\n)*stream\n/y;
const STREAM_END = '\nendstream\nendobj\n';
const RANGE = `/ByteRange [0 ${Array.from({ length: 3 }, () => '0'.repeat(10)).join(' ')}]`;

/** Gives header, objects and trailer; streams are unpacked and state neither filter nor length. */
export function openPdf(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  let [opened = ''] = HEADER.exec(text) ?? [];
  let at = opened.length;
  while (!text.startsWith('xref', at)) {
    const plain = match(PLAIN_OBJECT, text, at);
    if (plain !== undefined) {
      opened += plain;
      at += plain.length;
      continue;
    }
    const head = match(STREAM_HEAD, text, at);
    if (head === undefined) throw new SyntaxError(`no object at ${at}`);
    const length = Number(/\n\/Length (\d+)\n/.exec(head)?.[1]);
    at += head.length;
    const content = Buffer.from(text.slice(at, at + length), 'latin1');
    at += length + STREAM_END.length;
    opened += head.replace('/Filter /FlateDecode\n', '').replace(/\n\/Length \d+\n/, '\n');
    opened +=
      (head.includes('/Filter /FlateDecode\n') ? inflateSync(content) : content).toString('latin1') +
      STREAM_END;
  }
  return opened + text.slice(text.indexOf('trailer\n', at), text.lastIndexOf('startxref'));
}

/** Puts an opened text together. */
export function closePdf(opened: string): Buffer {
  const end = opened.lastIndexOf('trailer\n');
  const [header = '', ...objects] = opened
    .slice(0, end)
    .replace(/\/ByteRange \[[\d ]*\]/, RANGE)
    .split(/^(?=\d+ 0 obj\n)/m);
  const offsets = new Map<number, number>();
  let text = header;
  for (const object of objects) {
    offsets.set(Number.parseInt(object, 10), text.length);
    text += withLength(object);
  }
  const count = Math.max(...offsets.keys()) + 1;
  const rows = Array.from({ length: count - 1 }, (_, index) => {
    const offset = offsets.get(index + 1);
    return offset === undefined ? '0000000000 00000 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 ${count}\n0000000000 65535 f \n${rows.join('')}${opened.slice(end)}startxref\n${table}\n%%EOF\n`;
  return Buffer.from(withRange(text), 'latin1');
}

function withLength(object: string): string {
  const head = match(STREAM_HEAD, object, 0);
  if (head === undefined || /\n\/Length \d/.test(head)) return object;
  const length = object.length - head.length - STREAM_END.length;
  const close = head.lastIndexOf('>>\nstream\n');
  return `${head.slice(0, close)}/Length ${length}\n${head.slice(close)}${object.slice(head.length)}`;
}

function withRange(text: string): string {
  const contents = text.search(/\/Contents <[\da-f]+>/) + '/Contents '.length;
  const after = text.indexOf('>', contents) + 1;
  const range = `/ByteRange [0 ${contents} ${after} ${text.length - after}]`;
  return text.replace(RANGE, range.padEnd(RANGE.length));
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
