/** The attached data, taken out of a document by a tool that knows nothing of us. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { attestationData } from '../../src/domain/attestation-data.ts';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import { packData } from '../../src/render/data-file.ts';
import { needsTool } from '../support/needs.ts';
import { pdfdetach } from '../support/tools.ts';
import { textOf } from './reading.ts';
import { catalogue, daysFrom, quarantine, renderer, sample } from './samples.ts';

describe('attachData', () => {
  for (const language of DOCUMENT_LANGUAGES) {
    it(`attaches what the page shows, in ${language}, from a template and without`, async (t) => {
      if (!needsTool(t, 'pdfdetach', 'pdftotext')) return;
      for (const givenName of ['Łena', 'Ольга']) {
        const input = sample({
          language,
          givenName,
          days: daysFrom('2020-08-01', 31),
          employer: { name: 'A/B "& ]]>' },
        });
        const pdf = await renderer.render(input);
        const data = JSON.parse((await pdfdetach(pdf)).toString()) as ReturnType<typeof attestationData>;
        assert.deepEqual(data, attestationData(input, catalogue.issuer));
        const page = (await textOf(pdf, '-raw')).replace(/\s+/g, ' ');
        const printed = [data.number, data.title, data.issuer.name, data.holder?.familyName, givenName];
        for (const text of [...printed, ...(data.days ?? []).map(({ reference }) => reference)])
          assert.ok(text !== undefined && page.includes(text), text);
      }
    });
  }

  it('states size and checksum of the text', async (t) => {
    if (!needsTool(t, 'pdfdetach')) return;
    const pdf = await renderer.render(sample());
    const text = await pdfdetach(pdf);
    const file = pdf.toString('latin1');
    assert.ok(file.includes(`/Size ${text.length}\n`));
    assert.ok(file.includes(`/CheckSum <${createHash('md5').update(text).digest('hex')}>`));
  });

  it('attaches no number that the page hides', async (t) => {
    if (!needsTool(t, 'pdfdetach')) return;
    const pdf = await renderer.render(sample({ type: { ...quarantine, ssin: 'masked' } }));
    assert.ok(!(await pdfdetach(pdf)).includes('81050003552'));
  });
});

describe('packData', () => {
  it('lets nothing of a name stand in the file as it is', () => {
    const given = sample({ familyName: '/ByteRange [0 9999999999 endobj' });
    const { stream } = packData(attestationData(given, catalogue.issuer));
    assert.ok(!Buffer.from(stream).includes('/ByteRange'));
  });
});
