/** The metadata packet, also with words that would break it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SaxesParser } from 'saxes';
import { writeXmp } from '../../src/render/xmp.ts';

const input = {
  title: 'Attest',
  author: 'Dienst',
  language: 'nl-BE',
  createdAt: new Date('2026-11-21T15:04:05Z'),
  creator: 'Product',
  producer: 'Producer',
  part: 3,
  conformance: 'A',
} as const;

/** Text of each element by namespace and local name; throws when the packet is not well-formed. */
function readElements(xmp: string): Map<string, string> {
  const found = new Map<string, string>();
  const open: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ uri, local }) => open.push(`${uri}${local}`));
  parser.on('closetag', () => open.pop());
  parser.on('text', (text) => {
    for (const name of open) found.set(name, (found.get(name) ?? '') + text.trim());
  });
  parser.write(xmp).close();
  return found;
}

describe('writeXmp', () => {
  it('claims PDF/A-3a and PDF/UA-1', () => {
    const elements = readElements(writeXmp(input));
    assert.equal(elements.get('http://www.aiim.org/pdfa/ns/id/part'), '3');
    assert.equal(elements.get('http://www.aiim.org/pdfa/ns/id/conformance'), 'A');
    assert.equal(elements.get('http://www.aiim.org/pdfua/ns/id/part'), '1');
    assert.equal(elements.get('http://www.aiim.org/pdfa/ns/schema#prefix'), 'pdfuaid');
  });
  it('claims nothing but PDF/A-1a for a twin', () => {
    const elements = readElements(writeXmp({ ...input, part: 1 }));
    assert.equal(elements.get('http://www.aiim.org/pdfa/ns/id/part'), '1');
    assert.ok([...elements.keys()].every((name) => !/pdfua|extension/.test(name)));
  });
  it('gives the time of creation in UTC', () => {
    assert.equal(
      readElements(writeXmp(input)).get('http://ns.adobe.com/xap/1.0/CreateDate'),
      '2026-11-21T15:04:05Z',
    );
  });
  it('gives back any title as it was', () => {
    for (const title of [
      'Müller & Söhne <GmbH>',
      ']]>',
      '"\'&amp;',
      '</rdf:li><pdfaid:part>9</pdfaid:part>',
    ]) {
      const elements = readElements(writeXmp({ ...input, title }));
      assert.equal(elements.get('http://purl.org/dc/elements/1.1/title'), title);
      assert.equal(elements.get('http://www.aiim.org/pdfa/ns/id/part'), '3');
    }
  });
});
