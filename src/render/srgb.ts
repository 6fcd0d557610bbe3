/** Makes the ICC profile of sRGB that the output intent embeds: small, and the same bytes everywhere. */

/** What the profile is called, in it and in the output intent. */
export const SRGB_NAME = 'sRGB IEC61966-2.1';

/** Of header, tag count and one row of the tag table (ICC.1:2001-04, 6.1, 6.2). */
const HEADER_BYTES = 128;
const COUNT_BYTES = 4;
const ROW_BYTES = 12;

/** Points of the tone curve; between them readers draw straight lines, which stray by less than one part in 65536. */
const CURVE_POINTS = 256;

/** The white of the connection space, D50, and the primaries of sRGB adapted to it (IEC 61966-2-1, Bradford). */
const WHITE = [0.9642, 1, 0.8249];
const PRIMARIES = {
  rXYZ: [0.43607, 0.22249, 0.01392],
  gXYZ: [0.38515, 0.71687, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.7141],
} as const;

/** Makes a profile of version 2.1 for displays: a tone curve for each colour, and a matrix (ICC.1:2001-04, 6.3.1.2). */
export function createSrgbProfile(): Buffer {
  const curve = curveOf(Array.from({ length: CURVE_POINTS }, (_, at) => linearOf(at / (CURVE_POINTS - 1))));
  const tags: Readonly<Record<string, Buffer>> = {
    desc: descriptionOf(SRGB_NAME),
    cprt: Buffer.from('text\0\0\0\0No copyright\0'),
    wtpt: xyzOf(WHITE),
    rXYZ: xyzOf(PRIMARIES.rXYZ),
    gXYZ: xyzOf(PRIMARIES.gXYZ),
    bXYZ: xyzOf(PRIMARIES.bXYZ),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  };
  const names = Object.keys(tags);
  const table = Buffer.alloc(COUNT_BYTES + names.length * ROW_BYTES);
  table.writeUInt32BE(names.length, 0);
  const offsets = new Map<Buffer, number>();
  const parts: Buffer[] = [];
  let end = HEADER_BYTES + table.length;
  for (const [index, name] of names.entries()) {
    const tag = tags[name] ?? curve;
    if (!offsets.has(tag)) {
      offsets.set(tag, end);
      parts.push(tag, Buffer.alloc(-tag.length & 3));
      end += tag.length + (-tag.length & 3);
    }
    const row = COUNT_BYTES + index * ROW_BYTES;
    table.write(name, row, 'latin1');
    table.writeUInt32BE(offsets.get(tag) ?? 0, row + 4);
    table.writeUInt32BE(tag.length, row + 8);
  }
  return Buffer.concat([headerOf(end), table, ...parts]);
}

/** The light that a value of 0 to 1 stands for (IEC 61966-2-1, 5.2). */
function linearOf(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function headerOf(length: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(length, 0);
  header.writeUInt32BE(0x02100000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  // When the standard appeared: a profile must have a date.
  for (const [index, part] of [1999, 10, 18].entries()) header.writeUInt16BE(part, 24 + index * 2);
  header.write('acsp', 36, 'latin1');
  for (const [index, part] of WHITE.entries()) header.writeInt32BE(toFixed(part), 68 + index * 4);
  return header;
}

/** `textDescriptionType`, without its Unicode and Macintosh parts (6.5.17). */
function descriptionOf(name: string): Buffer {
  const text = `${name}\0`;
  const head = Buffer.alloc(12);
  head.write('desc', 0, 'latin1');
  head.writeUInt32BE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text, 'latin1'), Buffer.alloc(4 + 4 + 2 + 1 + 67)]);
}

function xyzOf(values: readonly number[]): Buffer {
  const tag = Buffer.alloc(8 + values.length * 4);
  tag.write('XYZ ', 0, 'latin1');
  for (const [index, value] of values.entries()) tag.writeInt32BE(toFixed(value), 8 + index * 4);
  return tag;
}

function curveOf(points: readonly number[]): Buffer {
  const tag = Buffer.alloc(12 + points.length * 2);
  tag.write('curv', 0, 'latin1');
  tag.writeUInt32BE(points.length, 8);
  for (const [index, point] of points.entries())
    tag.writeUInt16BE(Math.round(point * 0xffff), 12 + index * 2);
  return tag;
}

/** `s15Fixed16Number` (5.3.3). */
function toFixed(value: number): number {
  return Math.round(value * 0x10000);
}
