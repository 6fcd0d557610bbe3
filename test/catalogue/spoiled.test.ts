/** Each way to spoil the templates is told with file, line and key. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { ServiceError } from '../../src/errors.ts';
import { SPOILED } from './spoiled-templates.ts';

const templates = join(import.meta.dirname, '../../templates');

describe('loadCatalogue', () => {
  describe('when something in the templates is wrong', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'ebox-templates-'));
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
        cpSync(templates, folder, { recursive: true });
        const original = readFileSync(join(folder, file), 'utf8');
        assert.ok(original.includes(from), `${file} does not hold ${from}`);
        const text = original.replace(from, () => to);
        writeFileSync(join(folder, file), text);
        const message = await complaint();
        assert.ok(message.includes(`file ${file}, line `), message);
        if (key !== undefined) assert.ok(message.includes(`key ${key} `), message);
        if (at !== undefined) {
          const line = text.split('\n').findIndex((one) => one.includes(at)) + 1;
          assert.ok(message.includes(`, line ${line}: `), `${message} should name line ${line}`);
        }
        writeFileSync(join(folder, file), original);
      });
    }

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
