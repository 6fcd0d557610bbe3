/** Reads and writes the small XML documents of S3. */
import { SaxesParser } from 'saxes';
import { Refusal } from './refusal.ts';

export interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

/** Deeper than any document S3 takes. */
const DEPTH = 8;

/**
 * Reads a document whose root has that name. Throws `MalformedXML`, also for a DOCTYPE, so that no entity is ever
 * expanded.
 */
export function parseXml(text: string, root: string): Element {
  const top = { name: '', children: [] as Element[], text: '' };
  const open = [top];
  const parser = new SaxesParser();
  const fail = () => {
    throw new Refusal('MalformedXML');
  };
  parser.on('error', fail);
  parser.on('doctype', fail);
  parser.on('opentag', ({ name }) => {
    const element = { name: name.replace(/^.*:/, ''), children: [], text: '' };
    open.at(-1)?.children.push(element);
    if (open.push(element) > DEPTH) fail();
  });
  const append = (piece: string) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += piece;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  const document = top.children[0];
  if (document?.name !== root) throw new Refusal('MalformedXML');
  return document;
}

/** The first child of that name. */
export function childOf(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of that name. */
export function textOf(element: Element | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** The text of a child that must be there. Throws `MalformedXML`. */
export function requiredText(element: Element | undefined, name: string): string {
  const text = textOf(element, name);
  if (text === undefined) throw new Refusal('MalformedXML');
  return text;
}

/** An element with text, escaped; nothing at all for `undefined`. */
export function leaf(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeText(String(value))}</${name}>`;
}

/** An element with elements. */
export function branch(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

/** A whole document in S3's namespace. */
export function document(name: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children.join('')}</${name}>`;
}

/** The document that names an error. S3 puts it in no namespace. */
export function errorDocument(code: string, message: string, requestId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${branch('Error', leaf('Code', code), leaf('Message', message), leaf('RequestId', requestId))}`;
}

/** Control characters go out as references: a parser would change a bare one (XML 1.0 §2.11), and S3 does so too. */
function escapeText(text: string): string {
  return text.replace(
    /[&<>"\p{Cc}]/gu,
    (character) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
