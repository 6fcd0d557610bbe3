/** Reads DER (ITU-T X.690 §10), strictly: definite minimal lengths, one-byte tags, nothing left over. */
import { TAG } from './der.ts';

/** Bytes that are not the DER that was asked for. Whoever reads hostile input catches it and gives a verdict. */
export class MalformedDer extends Error {}

/** One type-length-value, as views on the bytes it was read from. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly raw: Buffer;
}

/** Reads the element at the start of `bytes`, which may go on after it. Throws `MalformedDer`. */
export function readFirst(bytes: Buffer): Element {
  const tag = bytes[0];
  const first = bytes[1];
  if (tag === undefined || first === undefined) throw new MalformedDer('an element is cut off');
  if ((tag & 0x1f) === 0x1f) throw new MalformedDer('a tag of several bytes');
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || extra > 4) throw new MalformedDer('an indefinite or immense length');
  const start = 2 + extra;
  if (bytes.length < start) throw new MalformedDer('a length is cut off');
  const length = extra === 0 ? first : bytes.readUIntBE(2, extra);
  // The length must need all of its bytes: DER writes it as short as can be.
  if (extra > 0 && (length < 0x80 || bytes[2] === 0)) throw new MalformedDer('a length is not minimal');
  if (bytes.length < start + length) throw new MalformedDer('a content is cut off');
  const raw = bytes.subarray(0, start + length);
  return { tag, content: raw.subarray(start), raw };
}

/** Reads the one element that `bytes` are, of the given tag if any. Throws `MalformedDer`. */
export function readOnly(bytes: Buffer, tag?: number): Element {
  const found = readFirst(bytes);
  if (found.raw.length !== bytes.length) throw new MalformedDer('bytes follow the element');
  return tag === undefined ? found : ofTag(found, tag);
}

/** Reads the elements inside one. Throws `MalformedDer`. */
export function readChildren(parent: Element): Element[] {
  const children: Element[] = [];
  for (let rest = parent.content; rest.length > 0; ) {
    const child = readFirst(rest);
    children.push(child);
    rest = rest.subarray(child.raw.length);
  }
  return children;
}

/** Reads the elements of a SEQUENCE. Throws `MalformedDer` when it is none. */
export function readSequence(found: Element | undefined): Element[] {
  return readChildren(ofTag(found, TAG.sequence));
}

/** Gives the element back when it is there and has this tag; throws `MalformedDer` otherwise. */
export function ofTag(found: Element | undefined, tag: number): Element {
  if (found?.tag !== tag) {
    throw new MalformedDer(
      `tag ${hex(tag)} expected, ${found === undefined ? 'nothing' : hex(found.tag)} found`,
    );
  }
  return found;
}

/** Reads an object identifier into dots. Throws `MalformedDer`. */
export function readOid(found: Element | undefined): string {
  const { content } = ofTag(found, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    if (arc === 0 && byte === 0x80) throw new MalformedDer('an object identifier is padded');
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new MalformedDer('an object identifier is immense');
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head] = arcs;
  if (head === undefined || (content.at(-1) ?? 0x80) >= 0x80) {
    throw new MalformedDer('an object identifier is cut off');
  }
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - first * 40, ...arcs.slice(1)].join('.');
}

/** Reads the bytes of a non-negative INTEGER, without the sign byte. Throws `MalformedDer`. */
export function readInteger(found: Element | undefined): Buffer {
  const { content } = ofTag(found, TAG.integer);
  const [first, second = 0] = content;
  if (first === undefined || first >= 0x80) throw new MalformedDer('an integer is negative or empty');
  if (first === 0 && content.length > 1) {
    if (second < 0x80) throw new MalformedDer('an integer is padded');
    return content.subarray(1);
  }
  return content;
}

/** Reads a small non-negative INTEGER, such as a version. Throws `MalformedDer`. */
export function readNumber(found: Element | undefined): number {
  const bytes = readInteger(found);
  if (bytes.length > 6) throw new MalformedDer('a number is immense');
  return bytes.readUIntBE(0, bytes.length);
}

/** Reads a BOOLEAN, which DER writes as 00 or FF (X.690 §11.1). Throws `MalformedDer`. */
export function readBoolean(found: Element | undefined): boolean {
  const { content } = ofTag(found, TAG.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
    throw new MalformedDer('a truth value is neither 00 nor FF');
  }
  return content[0] === 0xff;
}

/** Reads a BIT STRING of whole bytes, such as a signature. Throws `MalformedDer`. */
export function readBitString(found: Element | undefined): Buffer {
  const { content } = ofTag(found, TAG.bitString);
  if (content[0] !== 0) throw new MalformedDer('a bit string does not fill its bytes');
  return content.subarray(1);
}

/** Reads a UTCTime or a GeneralizedTime in the form X.509 allows: seconds and Z. Throws `MalformedDer`. */
export function readTime(found: Element | undefined): Date {
  const text = found?.content.toString('latin1') ?? '';
  const full = found?.tag === TAG.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const isTime = found?.tag === TAG.utcTime || found?.tag === TAG.generalizedTime;
  if (!isTime || Number.isNaN(date.getTime()))
    throw new MalformedDer('a time is not written as X.509 wants it');
  return date;
}

function hex(tag: number): string {
  return tag.toString(16).padStart(2, '0');
}
