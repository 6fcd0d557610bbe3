/** What lies under the page: signature, catalogue, tags, fonts, metadata. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fillByteRange } from '../../src/pades/byte-range.ts';
import { createRenderer } from '../../src/render/render.ts';
import { needsTool } from '../support/needs.ts';
import { objectsOf, type PdfJson, type PdfObject, type PdfObjects, xmpOf } from './reading.ts';
import { catalogue, daysFrom, quarantine, renderer, sample } from './samples.ts';

const read = async (t: TestContext, change = {}): Promise<PdfObjects | undefined> =>
  needsTool(t, 'qpdf') ? objectsOf(await renderer.render(sample(change))) : undefined;

const dictionaries = ({ objects }: PdfObjects): PdfObject[] =>
  [...objects.values()].filter(
    (value): value is PdfObject => typeof value === 'object' && value !== null && !Array.isArray(value),
  );

/** Every key and name of the document, with those inside arrays and dictionaries. */
function namesIn(value: PdfJson): string[] {
  if (typeof value === 'string') return value.startsWith('/') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return Object.entries(value as PdfObject).flatMap(([key, one]) => [key, ...namesIn(one)]);
}

const referencesIn = (value: PdfJson): string[] => JSON.stringify(value).match(/(?<=")\d+ 0 R(?=")/g) ?? [];

describe('render', () => {
  describe('when the document is to be sealed', () => {
    it('leaves one empty signature that sealing can fill', async () => {
      const pdf = await renderer.render(sample({ signatureRoom: 3012 }));
      const gap = fillByteRange(pdf);
      assert.equal(gap && (gap.end - gap.start - 2) / 2, 3012);
    });

    it('certifies the document against any change', async (t) => {
      const file = await read(t);
      if (!file) return;
      const catalog = file.get(file.trailer['/Root']);
      const permissions = file.get(catalog['/Perms']);
      assert.deepEqual(Object.keys(permissions), ['/DocMDP']);
      const signature = file.get(permissions['/DocMDP']);
      const { '/ByteRange': _, '/Contents': __, ...rest } = signature;
      assert.deepEqual(rest, {
        '/Type': '/Sig',
        '/Filter': '/Adobe.PPKLite',
        '/SubFilter': '/ETSI.CAdES.detached',
        '/M': 'u:D:20261121150405Z',
        '/Name': 'u:Demonstratiedienst voor Sociale Attesten',
        '/Reference': [
          {
            '/Type': '/SigRef',
            '/TransformMethod': '/DocMDP',
            '/TransformParams': { '/Type': '/TransformParams', '/P': 1, '/V': '/1.2' },
          },
        ],
      });
    });

    it('has one form field, unseen, with a name for those who do not see', async (t) => {
      const file = await read(t);
      if (!file) return;
      const form = file.get(file.get(file.trailer['/Root'])['/AcroForm']);
      assert.deepEqual(Object.keys(form).sort(), ['/Fields', '/SigFlags']);
      assert.equal(form['/SigFlags'], 3);
      const fields = form['/Fields'] as readonly string[];
      assert.equal(fields.length, 1);
      const widget = file.get(fields[0]);
      const [left, bottom, right, top] = widget['/Rect'] as readonly number[];
      assert.ok(left === right && bottom === top);
      assert.equal(widget['/F'], 132);
      assert.ok(widget['/TU'] && file.get(widget['/AP'])['/N']);
    });
  });

  it('can do nothing by itself', async (t) => {
    const file = await read(t);
    if (!file) return;
    const names = new Set([...file.objects.values()].flatMap(namesIn));
    const active = [
      '/NeedAppearances',
      '/JavaScript',
      '/JS',
      '/AA',
      '/OpenAction',
      '/URI',
      '/Action',
      '/XFA',
    ];
    assert.deepEqual(
      active.filter((name) => names.has(name)),
      [],
    );
  });

  it('holds no object that nothing refers to', async (t) => {
    const file = await read(t, { days: daysFrom('2020-08-01', 31) });
    if (!file) return;
    const reached = new Set<string>();
    const open = referencesIn(file.trailer);
    for (let reference = open.pop(); reference !== undefined; reference = open.pop()) {
      if (reached.has(reference)) continue;
      reached.add(reference);
      open.push(...referencesIn(file.objects.get(reference) ?? null));
    }
    assert.deepEqual([...reached].sort(), [...file.objects.keys()].sort());
  });

  it('embeds every font', async (t) => {
    const file = await read(t);
    if (!file) return;
    const fonts = dictionaries(file).filter((one) => one['/Type'] === '/Font');
    const descriptors = dictionaries(file).filter((one) => one['/Type'] === '/FontDescriptor');
    assert.deepEqual(new Set(fonts.map((one) => one['/Subtype'])), new Set(['/Type0', '/CIDFontType2']));
    assert.equal(descriptors.length, 2);
    for (const descriptor of descriptors) assert.ok(descriptor['/FontFile2']);
  });

  describe('when the tags are read', () => {
    it('says the language and shows the title', async (t) => {
      const file = await read(t, { language: 'de' });
      if (!file) return;
      const catalog = file.get(file.trailer['/Root']);
      assert.equal(catalog['/Lang'], 'u:de-BE');
      assert.equal(file.get(catalog['/MarkInfo'])['/Marked'], true);
      assert.equal(file.get(catalog['/ViewerPreferences'])['/DisplayDocTitle'], true);
      assert.equal(
        file.resolve(file.get(file.trailer['/Info'])['/Title']),
        'u:Bescheinigung über die Quarantänemeldung QUA-2026-00000042-17',
      );
    });

    it('describes every picture, heads every column and row, and holds the field', async (t) => {
      const file = await read(t, { days: daysFrom('2020-08-01', 31) });
      if (!file) return;
      const tagged = (tag: string) => dictionaries(file).filter((one) => one['/S'] === `/${tag}`);
      assert.equal(tagged('H1').length, 1);
      assert.equal(tagged('Figure').length, 2);
      for (const figure of tagged('Figure')) assert.ok(figure['/Alt'] && file.get(figure['/A'])['/BBox']);
      const scopes = tagged('TH').map((cell) => file.get(cell['/A'])['/Scope']);
      assert.equal(scopes.filter((scope) => scope === '/Column').length, 3);
      assert.equal(scopes.filter((scope) => scope === '/Row').length, 32);
      assert.equal(tagged('TR').length, 33);
      assert.equal(namesIn(tagged('Form')[0] ?? null).filter((name) => name === '/OBJR').length, 1);
    });
  });

  describe('when a title holds signs that XML keeps for itself', () => {
    it('writes it whole into metadata', async () => {
      const title = 'Müller & Söhne <GmbH>';
      const texts = { ...quarantine.texts, nl: { ...quarantine.texts.nl, title } };
      const xmp = xmpOf(await renderer.render(sample({ type: { ...quarantine, texts } })));
      assert.ok(xmp.includes('Müller &amp; Söhne &lt;GmbH&gt; QUA-2026-00000042-17'));
      assert.match(xmp, /<pdfaid:part>3<.*\n<pdfaid:conformance>A</);
    });
  });

  describe('when a twin is asked for', () => {
    it('claims PDF/A-1a', async () => {
      const twin = await createRenderer({ ...catalogue, conformance: 'PDF/A-1a' }).render(sample());
      assert.equal(twin.subarray(0, 8).toString(), '%PDF-1.4');
      assert.match(xmpOf(twin), /<pdfaid:part>1</);
    });
  });

  describe('when it renders the same input again', () => {
    it('gives the same bytes, whatever it and others rendered between', async () => {
      const input = sample({ familyName: 'Țepeneag-Ñandú', language: 'fr' });
      const first = await renderer.render(input);
      await renderer.render(sample({ familyName: 'É À Ǻ', days: daysFrom('2020-08-01', 31) }));
      assert.ok(first.equals(await renderer.render(input)));
      assert.ok(first.equals(await createRenderer(catalogue).render(input)));
    });
    it('gives other bytes for another number', async () => {
      const [one, other] = await Promise.all([
        renderer.render(sample()),
        renderer.render(sample({ number: 'QUA-2026-00000043-84' })),
      ]);
      assert.ok(!one.equals(other));
    });
  });
});
