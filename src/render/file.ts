/** Takes a finished PDF of ours apart into its objects, to put others together of them. */

/** One object with all its bytes, from its number to `endobj` and the line feed; Latin-1, one character each. */
export interface FileObject {
  readonly number: number;
  readonly bytes: string;
}

/** A file of one revision with a table of cross-references (ISO 32000-1, 7.5). */
export interface FileParts {
  readonly header: string;
  readonly objects: readonly FileObject[];
  /** From `trailer` to before `startxref`. */
  readonly trailer: string;
}

/** Length of a row of the table, its line feed included (ISO 32000-1, 7.5.4). */
const ROW = 20;

/** Takes a file apart that `closeDocument` made; the objects stand in the order of the file. */
export function takeApart(file: Buffer): FileParts {
  const text = file.toString('latin1');
  const [, start = ''] = /startxref\n(\d+)\n%%EOF\n$/.exec(text) ?? [];
  const table = Number(start);
  const [head = '', count = ''] = /^xref\n0 (\d+)\n/.exec(text.slice(table, table + ROW)) ?? [];
  const rows = table + head.length;
  const offsets = Array.from({ length: Number(count) - 1 }, (_, index) =>
    Number(text.slice(rows + (index + 1) * ROW, rows + (index + 1) * ROW + 10)),
  );
  const numbers = offsets.map((_, index) => index + 1).sort((one, other) => at(one) - at(other));
  function at(number: number): number {
    return offsets[number - 1] ?? table;
  }
  return {
    header: text.slice(0, Math.min(...offsets)),
    objects: numbers.map((number, index) => ({
      number,
      bytes: text.slice(at(number), at(numbers[index + 1] ?? Number(count))),
    })),
    trailer: text.slice(rows + Number(count) * ROW, text.lastIndexOf('startxref\n')),
  };
}
