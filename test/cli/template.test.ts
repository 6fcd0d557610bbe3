/** The command `ebox template`, as an institution types it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { flatTextOf } from '../render/reading.ts';
import { type Commands, type Outcome, startCommands } from '../support/command.ts';
import { needsTool } from '../support/needs.ts';
import { writeTemplates } from '../support/second-type.ts';

describe('ebox template', () => {
  let folder: string;
  let templates: string;
  let commands: Commands;
  before(() => {
    commands = startCommands();
    folder = mkdtempSync(join(tmpdir(), 'ebox-template-'));
    templates = join(folder, 'templates');
    writeTemplates(templates);
  });
  after(async () => {
    await commands.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Nothing else is set, so a key, database or service that it wanted would be missing in production. */
  const run = (...words: readonly string[]): Promise<Outcome> =>
    commands.run(['template', ...words], {
      folder,
      environment: { TEMPLATES_DIR: templates, NODE_ENV: 'production' },
    });
  const lastLine = ({ output }: Outcome): unknown => JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');

  describe('preview', () => {
    it('writes document and picture into the current folder', async (t) => {
      const { status, output } = await run('preview', 'increased-intervention', 'nl');
      assert.equal(status, 0);
      assert.deepEqual(output.split('\n').slice(0, 2), [
        'increased-intervention-nl.pdf',
        'increased-intervention-nl.png',
      ]);
      const picture = readFileSync(join(folder, 'increased-intervention-nl.png'));
      assert.equal(picture.subarray(1, 4).toString('latin1'), 'PNG');
      const pdf = readFileSync(join(folder, 'increased-intervention-nl.pdf'));
      if (!needsTool(t, 'pdftotext')) return;
      const text = await flatTextOf(pdf);
      for (const part of ['SPECIMEN', 'Specimen, An', 'VTI-2026-00000000-', '81.05.00-***.**', '€ 1.234,50'])
        assert.ok(text.includes(part), part);
    });

    it('writes every page into another folder, with long names, the same each time', async () => {
      const write = () => run('preview', 'quarantine', 'de', '--long', '--out', 'out/long', '--json');
      const first = await write();
      const read = () =>
        readdirSync(join(folder, 'out/long')).map((name) => readFileSync(join(folder, 'out/long', name)));
      const files = read();
      assert.equal(first.status, 0);
      assert.deepEqual(lastLine(first), {
        type: 'quarantine',
        language: 'de',
        files: ['.pdf', '.png', '-2.png', '-3.png', '-4.png', '-5.png'].map(
          (end) => `out/long/quarantine-de${end}`,
        ),
      });
      await write();
      assert.deepEqual(read(), files);
    });

    for (const [what, words, said] of [
      [
        'a type that is not there',
        ['preview', 'pension', 'nl'],
        /pension; there is .*increased-intervention, .*quarantine/,
      ],
      ['a language in which nothing is written', ['preview', 'quarantine', 'en'], /en; there is nl, fr, de/],
      ['too few words', ['preview', 'quarantine'], /a type and a language/],
      ['words that mean nothing', ['show'], /a type and a language/],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const { status, errors } = await run(...words);
        assert.equal(status, 2);
        assert.match(errors, said);
      });
    }

    it('says when it cannot write', async () => {
      writeFileSync(join(folder, 'file'), '');
      const { status, errors } = await run('preview', 'quarantine', 'nl', '--out', 'file');
      assert.equal(status, 1);
      assert.match(errors, /Cannot write to file/);
    });
  });

  describe('check', () => {
    it('says that all is well', async () => {
      const checked = await run('check', '--json');
      assert.equal(checked.status, 0);
      assert.match(checked.output, /^All is well with .*increased-intervention, .*quarantine/);
      const types = readdirSync(templates).filter((name) => existsSync(join(templates, name, 'type.yaml')));
      assert.deepEqual(lastLine(checked), { faults: [], types: types.sort() });
    });

    it('says everything that is wrong, one sentence a line', async () => {
      const file = join(templates, 'increased-intervention/nl.yaml');
      const text = readFileSync(file, 'utf8');
      try {
        writeFileSync(file, text.replace('  office: Adres\n', '').replace('{institution}', '{fonds}'));
        const checked = await run('check', '--json');
        assert.equal(checked.status, 1);
        const { faults } = lastLine(checked) as { readonly faults: readonly string[] };
        assert.equal(faults.length, 2);
        assert.match(
          faults[0] ?? '',
          /^Template file increased-intervention\/nl.yaml, line 3: key words.office is missing/,
        );
        assert.match(faults[1] ?? '', /line 4: key words.statement names \{fonds\}/);
      } finally {
        writeFileSync(file, text);
      }
    });

    it('finds a character that the typeface does not have', async () => {
      const file = join(templates, 'increased-intervention/de.yaml');
      const text = readFileSync(file, 'utf8');
      try {
        writeFileSync(file, text.replace('office: Adresse', 'office: 住所'));
        const checked = await run('check');
        assert.equal(checked.status, 1);
        assert.match(checked.output, /increased-intervention, de, key office/);
      } finally {
        writeFileSync(file, text);
      }
    });
  });
});
