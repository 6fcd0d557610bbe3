/** The constructions by which sealed PDFs are attacked without the key. */
import { readSealGap } from '../../src/pades/byte-range.ts';

/** Adds an incremental update with these objects, number → body, as any PDF editor does (ISO 32000-1 §7.5.6). */
export function appendRevision(sealed: Buffer, objects: Readonly<Record<number, string>>): Buffer {
  const text = sealed.toString('latin1');
  const previous = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  let body = '';
  const sections = Object.entries(objects).map(([number, content]) => {
    const offset = text.length + body.length;
    body += `${number} 0 obj\n${content}\nendobj\n`;
    return `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const trailer = `trailer\n<</Size 100/Root ${rootOf(text)}/Prev ${previous}>>`;
  const table = text.length + body.length;
  return Buffer.from(
    `${text}${body}xref\n${sections.join('')}${trailer}\nstartxref\n${table}\n%%EOF\n`,
    'latin1',
  );
}

/**
 * Signature wrapping: a second /ByteRange in the gap says that the signed tail comes later, and before it stands another
 * document whose cross-reference table lies exactly where the signed startxref points. The genuine signature still verifies.
 */
export function moveSignedTail(sealed: Buffer): Buffer {
  const gap = readSealGap(sealed);
  if (gap === undefined) throw new Error('the file has no seal');
  const text = sealed.toString('latin1');
  const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  const tail = text.slice(gap.end);
  const bodyStart = text.indexOf('endobj\n', gap.end) + 'endobj\n'.length;
  const body = text
    .slice(bodyStart, table)
    .replace('/MediaBox [0 0 595.28 841.89]', '/MediaBox [0 0 100.00 100.00]');
  const rows = text.slice(table, text.indexOf('trailer', table)).split('\n').slice(2, -1);
  const head = `xref\n0 ${rows.length}\n`;
  const trailer = `trailer\n<</Size ${rows.length}/Root ${rootOf(text)}>>\nstartxref\n${table}\n%%EOF\n`;
  // The table has its place; the objects of the other document come after it, the signed tail after them.
  const bodyAt = table + head.length + rows.length * 20 + trailer.length;
  const moved = rows.map((row) => {
    const offset = Number(row.slice(0, 10));
    return offset < bodyStart ? row : `${String(offset + bodyAt - bodyStart).padStart(10, '0')} 00000 n `;
  });
  const range = `/ByteRange [0 ${gap.start} ${bodyAt + body.length} ${tail.length}]`;
  const before = `${text.slice(0, gap.end)} ${range} >>\nendobj\n`.padEnd(table);
  return Buffer.from(`${before}${head}${moved.join('\n')}\n${trailer}${body}${tail}`, 'latin1');
}

/** Replaces text in a file and keeps its length where the replacement is shorter, so that nothing else moves. */
export function replaceText(pdf: Buffer, pattern: RegExp, by: string | ((found: string) => string)): Buffer {
  const text = pdf.toString('latin1');
  const replaced = text.replace(pattern, (found) =>
    (typeof by === 'string' ? by : by(found)).padEnd(found.length),
  );
  return Buffer.from(replaced, 'latin1');
}

function rootOf(text: string): string {
  return /\/Root (\d+ 0 R)/.exec(text)?.[1] ?? '';
}
