import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLayout } from '../../src/verify/layout.ts';
import { asDictionary, asName, asReference, MalformedPdf } from '../../src/verify/syntax.ts';
import { createPdf } from '../support/pdf.ts';

describe('readLayout', async () => {
  const pdf = await createPdf(50);

  it('reads every object of a tagged PDF/A with font and image', () => {
    const { objects, trailer } = readLayout(pdf);
    assert.equal(objects.size, Number(trailer.get('Size')) - 1);
    const root = asDictionary(objects.get(asReference(trailer.get('Root')) ?? 0));
    assert.equal(asName(root?.get('Type')), 'Catalog');
    const subtypes = [...objects.values()].map((value) => asName(asDictionary(value)?.get('Subtype')));
    for (const subtype of ['Image', 'Type0', 'XML', 'Widget']) assert.ok(subtypes.includes(subtype), subtype);
  });

  it('reads documents without compression', async () => {
    assert.ok(readLayout(await createPdf(50, { compress: false })).objects.size > 20);
  });

  it('refuses bytes before and after', () => {
    const byte = Buffer.from('\n');
    assert.throws(() => readLayout(Buffer.concat([byte, pdf])), MalformedPdf);
    assert.throws(() => readLayout(Buffer.concat([pdf, byte])), MalformedPdf);
  });

  it('refuses every way of cutting the file off', () => {
    for (let length = 0; length < pdf.length; length += 97) {
      assert.throws(() => readLayout(pdf.subarray(0, length)), MalformedPdf);
    }
  });
});
