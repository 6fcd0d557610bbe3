/** Each way to spoil the templates is told with file, line and key. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { ServiceError } from '../../src/errors.ts';
import { projectRoot } from '../support/needs.ts';
import { writeTemplates } from '../support/second-type.ts';
import { SPOILED } from './spoiled-templates.ts';

const templates = join(projectRoot, 'templates');

describe('loadCatalogue', () => {
  describe('when something in the templates is wrong', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'ebox-templates-'));
      writeTemplates(folder);
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    const complaint = async (): Promise<string> => {
      try {
        await loadCatalogue(folder);
      } catch (error) {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.code, 'templateInvalid');
        return error.message;
      }
      assert.fail('the catalogue was loaded');
    };

    const cases = Object.entries(SPOILED).flatMap(([file, ways]) => ways.map((way) => ({ file, ...way })));
    for (const { what, file, from, to, key, at } of cases) {
      it(`tells file, line and key when ${what}`, async () => {
        const original = readFileSync(join(folder, file), 'utf8');
        const text = original.replace(from, () => to);
        assert.notEqual(text, original, `${file} does not hold ${from}`);
        writeFileSync(join(folder, file), text);
        const message = await complaint().finally(() => writeFileSync(join(folder, file), original));
        assert.ok(!message.includes('\n'), message);
        assert.ok(message.includes(`file ${file}, line `), message);
        if (key !== undefined) assert.ok(message.includes(`key ${key} `), message);
        if (at !== undefined) {
          const line = text.split('\n').findIndex((one) => one.includes(at)) + 1;
          assert.ok(message.includes(`, line ${line}: `), `${message} should name line ${line}`);
        }
      });
    }

    it('tells everything that is wrong at once, in files of every kind', async () => {
      writeTemplates(folder);
      for (const [file, from, to] of [
        ['increased-intervention/type.yaml', 'ceiling: amount', 'ceiling: money'],
        ['increased-intervention/type.yaml', 'version: 1', 'version: 0'],
        ['quarantine/type.yaml', '[holder, ssin]', '[holder, diagnosis, ground]'],
        ['quarantine/nl.yaml', 'title: Attest', 'title: Attest {holder}'],
        ['brand/fr.yaml', 'sealName:', 'sealTitle:'],
        ['brand/brand.yaml', "'#1d4f6e'", "'#7fb2d0'"],
      ] as const) {
        const text = readFileSync(join(folder, file), 'utf8');
        assert.ok(text.includes(from));
        writeFileSync(join(folder, file), text.replace(from, to));
      }
      // Without the rules of the type only the form of its language files is looked at.
      writeFileSync(join(folder, 'quarantine/fr.yaml'), 'title: Attestation\nwords: {}\n');
      const places = (await complaint())
        .split('\n')
        .map((one) => /^Template file (\S+), line \d+: key (\S+) /.exec(one)?.slice(1).join(' '));
      assert.deepEqual(places, [
        'brand/brand.yaml colour',
        'brand/fr.yaml sealName',
        'brand/fr.yaml sealTitle',
        'increased-intervention/type.yaml version',
        'increased-intervention/type.yaml facts.attributes.ceiling',
        'quarantine/type.yaml layout[3].fields[1]',
        'quarantine/type.yaml layout[3].fields[2]',
        'quarantine/nl.yaml title',
        'quarantine/fr.yaml subject',
      ]);
    });

    const spoilFolder = async (spoil: () => void): Promise<string> => {
      rmSync(folder, { recursive: true, force: true });
      cpSync(templates, folder, { recursive: true });
      spoil();
      return complaint();
    };

    it('names a file that is missing', async () => {
      const message = await spoilFolder(() => rmSync(join(folder, 'quarantine/de.yaml')));
      assert.ok(message.includes('quarantine/de.yaml'));
    });

    it('names a folder that is missing', async () => {
      const message = await spoilFolder(() => rmSync(folder, { recursive: true }));
      assert.ok(message.includes(folder));
    });

    it('refuses a folder that is no type', async () => {
      const message = await spoilFolder(() => mkdirSync(join(folder, 'quarantaine')));
      assert.ok(message.includes('quarantaine/type.yaml'));
    });

    it('refuses a folder with an unfit name', async () => {
      const message = await spoilFolder(() => mkdirSync(join(folder, 'Quarantine 2')));
      assert.ok(message.includes('Quarantine 2'));
    });

    it('refuses a second type with the same prefix of numbers', async () => {
      const message = await spoilFolder(() => {
        cpSync(join(folder, 'quarantine'), join(folder, 'second'), { recursive: true });
      });
      assert.ok(message.includes('second/type.yaml') && message.includes('key numberPrefix '));
    });

    it('refuses half a typeface', async () => {
      const message = await spoilFolder(() => {
        writeFileSync(join(folder, 'fonts/bold.ttf'), '');
      });
      assert.ok(message.includes('regular.ttf'));
    });
  });
});
