/** What the templates of this checkout say. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { type Catalogue, loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { matchRule } from '../../src/domain/declaration-rule.ts';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import { municipalityOn } from '../../src/domain/municipality.ts';
import { wordsOf } from '../../src/domain/page-layout.ts';
import { isWithin, type LocalDate } from '../../src/domain/period.ts';
import { projectRoot } from '../support/needs.ts';

const templates = join(projectRoot, 'templates');
const day = (text: string) => text as LocalDate;

describe('loadCatalogue', () => {
  describe('when the templates are those of this checkout', () => {
    let catalogue: Catalogue;
    before(async () => {
      catalogue = await loadCatalogue(templates);
    });

    it('gives the quarantine attestation', () => {
      const type = catalogue.types.get('quarantine');
      assert.equal(type?.numberPrefix, 'QUA');
      assert.deepEqual(type?.caseKeys, ['employer', 'month']);
      assert.deepEqual(type?.messageType.validity, { number: 3, unit: 'year' });
    });

    it('has every word that a layout prints in every language, with the words of the frame', () => {
      for (const type of catalogue.types.values()) {
        for (const language of DOCUMENT_LANGUAGES) {
          const { words, title, subject } = type.texts[language];
          for (const key of [...wordsOf(type.layout, type.facts), 'checkText', 'page'])
            assert.ok(words[key], key);
          assert.ok(title && subject.length <= 400);
        }
        const [dutch, ...others] = DOCUMENT_LANGUAGES.map((language) => type.texts[language].words);
        for (const other of others)
          assert.deepEqual(Object.keys(other).sort(), Object.keys(dutch ?? {}).sort());
      }
    });

    it('translates every type into English, word by word, for pages alone', () => {
      for (const { id, courtesy, texts } of catalogue.types.values()) {
        assert.ok(courtesy !== undefined && courtesy.title !== texts.nl.title, id);
        for (const [key, text] of Object.entries(courtesy.words))
          assert.ok(key === 'reference' || text !== texts.nl.words[key], `${id} ${key}`);
      }
    });

    it('knows between which days a quarantine may be declared', () => {
      const match = (start: string) =>
        matchRule(catalogue.declarationRules, 'QUA', day(start), day('2026-01-01')).kind;
      assert.deepEqual(['2020-08-20', '2020-08-21', '2022-12-31', '2023-01-01'].map(match), [
        'forbidden',
        'ruled',
        'ruled',
        'forbidden',
      ]);
    });

    it('knows which status a worker type reports', () => {
      assert.equal(catalogue.statusOf('QUA'), 'quarantine');
      assert.equal(catalogue.statusOf('EXT'), undefined);
    });

    it('names joint committees in each language', () => {
      const names = DOCUMENT_LANGUAGES.map((language) => catalogue.jointCommitteeName('144', language));
      assert.deepEqual(names, ['Landbouw', 'Agriculture', 'Landwirtschaft']);
      assert.equal(catalogue.jointCommitteeName('999', 'nl'), undefined);
    });

    it('has the 565 municipalities of 2026', () => {
      const valid = [...catalogue.municipalities.values()].filter(({ validFrom, validUntil }) =>
        isWithin(day('2026-01-01'), validFrom, validUntil),
      );
      assert.equal(valid.length, 565);
      assert.equal(valid.filter(({ language }) => language === 'nl-fr').length, 19);
      assert.equal(valid.filter(({ facilities }) => facilities !== undefined).length, 27);
    });

    it('follows a merged municipality to the one that continues it', () => {
      const codeOn = (code: string, date: string) =>
        municipalityOn(catalogue.municipalities, code, day(date))?.nisCode;
      assert.equal(codeOn('73083', '2024-12-31'), '73083');
      assert.equal(codeOn('73083', '2025-01-01'), '73111');
      assert.equal(codeOn('55010', '2020-01-01'), '51067');
    });

    it('falls back to the own name of a municipality without a German one', () => {
      assert.equal(catalogue.municipalities.get('57096')?.name.de, 'Mouscron');
      assert.equal(catalogue.municipalities.get('45041')?.name.de, 'Ronse');
      assert.equal(catalogue.municipalities.get('21004')?.name.de, 'Brüssel');
    });

    it('has no typeface of its own', () => {
      assert.equal(catalogue.fonts, undefined);
    });
  });

  describe('when a type says a word of the frame differently', () => {
    it('takes the word of the type', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ebox-templates-'));
      try {
        cpSync(templates, folder, { recursive: true });
        for (const language of DOCUMENT_LANGUAGES) {
          const file = join(folder, `quarantine/${language}.yaml`);
          writeFileSync(file, `${readFileSync(file, 'utf8')}  checkHeading: ${language} ë\n`);
        }
        const texts = (await loadCatalogue(folder)).types.get('quarantine')?.texts;
        assert.equal(texts?.fr.words['checkHeading'], 'fr ë'.normalize('NFC'));
        assert.notEqual(texts?.fr.words['sealName'], undefined);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});
