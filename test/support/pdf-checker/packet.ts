/** Reads the XMP packet (ISO 16684-1). */
import { SaxesParser } from 'saxes';
import type { PdfFile } from './file.ts';

export interface Packet {
  readonly text: string;
  /** Why it is no XML. */
  readonly fault: string | undefined;
  /** Text by namespace and local name of the element. */
  readonly texts: ReadonlyMap<string, string>;
  /** The namespaces of the properties, elements right under a description. */
  readonly namespaces: ReadonlySet<string>;
}

export const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

export function readPacket(file: PdfFile): Packet {
  const text = file.content(file.catalog.get('/Metadata')).toString('utf8');
  const texts = new Map<string, string>();
  const namespaces = new Set<string>();
  const open: string[] = [];
  let fault: string | undefined;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', ({ message }) => {
    fault ??= message;
  });
  parser.on('opentag', ({ uri, local }) => {
    if (open.at(-1) === `${RDF}Description`) namespaces.add(uri);
    open.push(`${uri}${local}`);
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', (one) => {
    for (const name of open) texts.set(name, (texts.get(name) ?? '') + one.trim());
  });
  parser.write(text).close();
  return { text, fault, texts, namespaces };
}
