/** What the options of blocks do on the page: headings, panels elsewhere, what is kept together, specimens. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import type { AttestationType } from '../../src/domain/attestation-type.ts';
import type { LayoutBlock } from '../../src/domain/page-layout.ts';
import { drawPages } from '../../src/render/raster.ts';
import { createRenderer, type Renderer, type RenderInput } from '../../src/render/render.ts';
import { needsTool } from '../support/needs.ts';
import { periodFacts, SECOND_TYPE, writeTemplates } from '../support/second-type.ts';
import { flatTextOf, objectsOf, overlapping, placedWords, scanCode, textInOrder } from './reading.ts';

const CHECK: LayoutBlock = { kind: 'check', heading: 'checkHeading', text: 'checkText', place: 'foot' };
const SEAL: LayoutBlock = { kind: 'seal', text: 'sealNote', field: 'sealName' };
const FILLER: LayoutBlock = { kind: 'paragraph', text: 'statement' };
const filled = (count: number, ...blocks: readonly LayoutBlock[]) => [
  ...Array.from({ length: count }, () => FILLER),
  ...blocks,
  CHECK,
  SEAL,
];

describe('render', () => {
  let folder: string;
  let renderer: Renderer;
  let type: AttestationType;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ebox-templates-'));
    writeTemplates(folder);
    const catalogue = await loadCatalogue(folder);
    renderer = createRenderer(catalogue);
    const found = catalogue.types.get(SECOND_TYPE);
    assert.ok(found);
    type = found;
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const render = (layout: readonly LayoutBlock[], change: Partial<RenderInput> = {}): Promise<Buffer> =>
    renderer.render({
      type: { ...type, layout },
      language: 'nl',
      facts: periodFacts(),
      number: 'VTI-2026-00000042-17',
      issuedAt: new Date('2026-11-21T15:04:05Z'),
      verificationUrl: 'https://attestations.example.org/v/Zx3fK9qLr7TgUw2PbN5cVA',
      byHand: { page: 'https://attestations.example.org/verify', code: '7K3QM-9XPT2' },
      signatureRoom: 2620,
      schemaUrl: 'https://attestations.example.org/attestations/v1/refData/schemas/attestation',
      ...change,
    });

  /** The page on which each of these words stands last. */
  const pagesOf = async (pdf: Buffer, words: readonly string[]): Promise<(number | undefined)[]> => {
    const placed = await placedWords(pdf);
    return words.map((word) => placed.findLast(({ text }) => text === word)?.page);
  };

  describe('when a heading comes near the end of a page', () => {
    for (const [what, block, first] of [
      ['fields', { kind: 'fields', fields: [{ fact: 'office' }, { fact: 'ceiling' }] }, 'Inkomensgrens'],
      ['a paragraph', { kind: 'paragraph', text: 'limitsHeading' }, 'Wat'],
      ['a table', { kind: 'table', columns: [{ fact: 'from' }, { fact: 'ceiling' }] }, 'Inkomensgrens'],
    ] as const) {
      it(`stays with ${what}`, async (t) => {
        if (!needsTool(t, 'pdftotext')) return;
        const seen = new Set<number>();
        // Lines of one height and of another, so that the page ends at many places of heading and block.
        for (const [lines, paragraphs] of [13, 14, 15, 16].flatMap((one) => [
          [one, 0] as const,
          [one - 1, 1] as const,
        ])) {
          const line: LayoutBlock = { kind: 'paragraph', text: 'limits' };
          const before = Array.from({ length: lines }, () => line);
          const pdf = await render([
            ...before,
            ...filled(paragraphs, { kind: 'heading', text: 'periods' }, block),
          ]);
          const words = await placedWords(pdf);
          const wordOf = (one: string) => words.find(({ text }) => text === one);
          const [heading, below, panel] = [wordOf('Periodes'), wordOf(first), wordOf('Controleer')];
          assert.ok(heading && below && panel);
          assert.equal(heading.page, below.page, `${lines} lines and ${paragraphs} paragraphs before`);
          assert.ok(below.page > 1 || below.bottom < panel.top);
          seen.add(heading.page);
        }
        assert.deepEqual([...seen], [1, 2]);
      });
    }
  });

  describe('when a table is kept together', () => {
    it('stands on one page as a whole, though its first rows would have fitted before', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const [start] = periodFacts().periods ?? [];
      assert.ok(start);
      const periods = Array.from({ length: 12 }, (_, at) => ({
        ...start,
        attributes: { ...start.attributes, ceiling: String(at + 100) },
      }));
      const table = { kind: 'table', columns: [{ fact: 'ceiling' }] } as const;
      const rows = periods.map((_, at) => `${at + 100},00`);
      const pages = async (keepTogether: boolean) =>
        new Set(
          await pagesOf(
            await render(filled(7, { ...table, keepTogether }), { facts: periodFacts(periods) }),
            rows,
          ),
        );
      assert.deepEqual([...(await pages(false))], [1, 2]);
      assert.deepEqual([...(await pages(true))], [2]);
    });
  });

  describe('when panel and seal stand elsewhere', () => {
    it('draws them where they are listed, and the code can be read', async (t) => {
      if (!needsTool(t, 'pdftotext', 'pdftoppm', 'zbarimg', 'qpdf')) return;
      const pdf = await render([SEAL, { ...CHECK, place: 'here' }, FILLER]);
      const text = await textInOrder(pdf);
      const places = ['elektronische zegel', 'Controleer dit attest', 'Wij verklaren'].map((part) =>
        text.indexOf(part),
      );
      assert.ok(
        places.every((place, at) => place > (places[at - 1] ?? 0)),
        String(places),
      );
      assert.equal(await scanCode(pdf), 'https://attestations.example.org/v/Zx3fK9qLr7TgUw2PbN5cVA');
      assert.deepEqual(overlapping(await placedWords(pdf)), []);
      const file = await objectsOf(pdf);
      assert.equal(
        (file.get(file.get(file.trailer['/Root'])['/AcroForm'])['/Fields'] as readonly unknown[]).length,
        1,
      );
    });
  });

  describe('when a fact is optional', () => {
    it('leaves it out with its label, but prints a dash for one that is not', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const [period] = periodFacts().periods ?? [];
      assert.ok(period);
      const facts = periodFacts([{ ...period, attributes: {} }]);
      const uses = [{ fact: 'household' }, { fact: 'ceiling', optional: true }];
      const blocks: LayoutBlock[] = [
        { kind: 'fields', fields: uses },
        { kind: 'table', columns: [{ fact: 'from' }, ...uses] },
        { kind: 'fields', heading: 'person', fields: [{ fact: 'supersedes', optional: true }] },
      ];
      const text = await flatTextOf(await render(filled(0, ...blocks), { facts }));
      assert.equal(text.split('Gezinsleden').length, 3);
      assert.ok(text.includes('Gezinsleden –'));
      assert.ok(!text.includes('Inkomensgrens') && !text.includes('Persoon') && !text.includes('Vervangt'));
    });
  });

  describe('when columns need more room than there is', () => {
    it('gives each column a part, however many want most of it', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const [period] = periodFacts().periods ?? [];
      assert.ok(period);
      const long = 'Maatschappij voor Onderlinge Bijstand van de Zuidelijke Westhoek en omstreken';
      const facts = periodFacts([{ ...period, attributes: { ...period.attributes, institution: long } }]);
      for (const columns of [
        ['institution', 'institution', 'institution'],
        ['from', 'institution', 'office', 'source', 'institution', 'ceiling'],
      ]) {
        const table: LayoutBlock = {
          kind: 'table',
          columns: columns.map((fact) => ({ fact, label: 'from' })),
        };
        const words = await placedWords(await render(filled(0, table), { facts }));
        assert.deepEqual(overlapping(words), []);
        for (const { text, left, right } of words) assert.ok(left > 60 && right < 534, text);
      }
    });
  });

  describe('when it is a specimen', () => {
    it('says so on every page and has no field for a seal', async (t) => {
      if (!needsTool(t, 'pdftotext', 'qpdf')) return;
      for (const [language, word] of [
        ['nl', 'SPECIMEN'],
        ['fr', 'SPÉCIMEN'],
        ['de', 'MUSTER'],
      ] as const) {
        const pdf = await render(filled(12), { language, isSpecimen: true });
        const words = await placedWords(pdf);
        assert.deepEqual(
          words.filter(({ text }) => text === word).map(({ page }) => page),
          [1, 1, 2, 2],
        );
        const file = await objectsOf(pdf);
        assert.equal(file.get(file.trailer['/Root'])['/AcroForm'], undefined);
      }
    });
  });
});

describe('drawPages', () => {
  it('draws every page, or the first ones', async () => {
    const pdf = await renderedTwoPages();
    const pictures = await drawPages(pdf, { dotsPerInch: 72 });
    assert.equal(pictures.length, 2);
    for (const picture of pictures) {
      assert.equal(picture.subarray(1, 4).toString('latin1'), 'PNG');
      // Width and height stand first (PNG, IHDR): A4 in points.
      assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [595, 841]);
    }
    assert.equal((await drawPages(pdf, { dotsPerInch: 72, mostPages: 1 })).length, 1);
    assert.deepEqual(await drawPages(pdf, { dotsPerInch: 72 }), pictures);
  });

  it('refuses what is no PDF', async () => {
    await assert.rejects(drawPages(Buffer.from('no PDF'), { dotsPerInch: 72 }), { code: 'renderingFailed' });
  });

  async function renderedTwoPages(): Promise<Buffer> {
    const { daysFrom, renderer, sample } = await import('./samples.ts');
    return renderer.render(sample({ days: daysFrom('2020-08-01', 31) }));
  }
});
