import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ValidationData } from '../../src/pades/validation-data.ts';
import { needsTool } from '../support/needs.ts';
import { qpdfCheck } from '../support/tools.ts';
import { renderer, renderPlainly, sample } from './samples.ts';

const dataOf = (id: string): ValidationData => ({
  id,
  certificates: [Buffer.from(`certificate of ${id}`), Buffer.from('\nendstream\nendobj\n')],
  answers: [Buffer.from([0, 0xff, 0x0d, 0x0a])],
  lists: [],
});

describe('a document rendered with validation data', () => {
  it('carries them as plain streams, byte for byte, compiled or drawn', async (t) => {
    if (!needsTool(t, 'qpdf')) return;
    const wish = sample({ validationData: dataOf('one') });
    for (const pdf of [await renderer.render(wish), await renderPlainly(wish)]) {
      const { exitCode, output } = await qpdfCheck(pdf);
      assert.equal(exitCode, 0, output);
      assert.ok(pdf.includes('/Length 4\n>>\nstream\n\0\xff\r\n\nendstream', 0, 'latin1'));
      assert.ok(pdf.includes('certificate of one'));
      assert.match(pdf.toString('latin1'), /\/Certs \[\d+ 0 R \d+ 0 R\]\n\/OCSPs \[\d+ 0 R\]\n\/CRLs \[\]\n/);
    }
  });

  it('carries the data asked for, whatever documents of its shape carried before', async () => {
    const [first, second, none] = [
      await renderer.render(sample({ validationData: dataOf('one') })),
      await renderer.render(sample({ validationData: dataOf('two') })),
      await renderer.render(sample()),
    ];
    assert.ok(first.includes('certificate of one') && !first.includes('certificate of two'));
    assert.ok(second.includes('certificate of two') && !second.includes('certificate of one'));
    assert.ok(!none.includes('/DSS'));
    assert.deepEqual(await renderer.render(sample({ validationData: dataOf('one') })), first);
  });
});
