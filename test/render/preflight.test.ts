/** What PDFBox preflight says of the PDF/A-1a twin of a document; it knows part 1, level b, and no later part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import { fillByteRange } from '../../src/pades/byte-range.ts';
import { createRenderer } from '../../src/render/render.ts';
import { editPdf } from '../support/forge.ts';
import { needsJars } from '../support/needs.ts';
import { PREFLIGHT_JARS, preflight } from '../support/tools.ts';
import { catalogue, daysFrom, renderer, sample } from './samples.ts';

/** As sealing leaves it: the placeholder of the ByteRange has numbers too large for PDF/A-1. */
function withByteRange(pdf: Buffer): Buffer {
  assert.ok(fillByteRange(pdf));
  return pdf;
}

describe('render', () => {
  describe('when a twin is asked for', () => {
    it('makes a PDF/A-1b in each language, on one page and on more', async (t) => {
      const classPath = needsJars(t, PREFLIGHT_JARS);
      if (classPath === undefined) return;
      const twins = createRenderer({ ...catalogue, conformance: 'PDF/A-1a' });
      const files: Record<string, Buffer> = {};
      for (const language of DOCUMENT_LANGUAGES) {
        for (const count of [3, 31]) {
          const days = daysFrom('2020-08-01', count);
          files[`${language}-${count}.pdf`] = withByteRange(
            await twins.render(sample({ language, days, familyName: 'Łęcki & Søn' })),
          );
        }
      }
      const drawn = sample({ givenName: 'Ольга' });
      files['plain.pdf'] = withByteRange(await twins.render(drawn));
      assert.deepEqual(
        await preflight(classPath, files),
        Object.fromEntries(Object.keys(files).map((name) => [name, []])),
      );
    });

    it('differs from what is issued where preflight must refuse', async (t) => {
      const classPath = needsJars(t, PREFLIGHT_JARS);
      if (classPath === undefined) return;
      const twin = await createRenderer({ ...catalogue, conformance: 'PDF/A-1a' }).render(sample());
      const found = await preflight(classPath, {
        'issued.pdf': withByteRange(await renderer.render(sample())),
        'colour.pdf': withByteRange(editPdf(twin, (text) => text.replace(/\/OutputIntents \[\d+ 0 R\]/, ''))),
        'font.pdf': withByteRange(editPdf(twin, (text) => text.replace(/\/FontFile2 \d+ 0 R/, ''))),
      });
      const codes = (name: string) => (found[name] ?? []).map((line) => line.split(' ')[0]);
      assert.ok(codes('issued.pdf').includes('7.11.2') && codes('issued.pdf').includes('1.4.7'));
      assert.ok(codes('colour.pdf').some((code) => code?.startsWith('2.')));
      assert.ok(codes('font.pdf').some((code) => code?.startsWith('3.')));
    });
  });
});
