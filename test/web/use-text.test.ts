/** What of the register is used, in words. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { type Catalogue, loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { attributeNames } from '../../src/domain/flow-field.ts';
import { PAGE_LANGUAGES } from '../../src/domain/language.ts';
import { createTexts } from '../../src/web/texts.ts';
import { attributeName } from '../../src/web/use-text.ts';
import { projectRoot } from '../support/needs.ts';

describe('the facts of shipped types and flows', () => {
  let catalogue: Catalogue;
  before(async () => {
    catalogue = await loadCatalogue(join(projectRoot, 'templates'));
  });

  for (const language of PAGE_LANGUAGES) {
    it(`have a word each in ${language}, and no two the same`, () => {
      const { t } = createTexts(catalogue)[language];
      const names = new Set([
        ...[...catalogue.types.values()].flatMap(({ facts }) => [...facts.keys()]),
        ...[...catalogue.flows.values()].flatMap(({ columns }) =>
          attributeNames(columns.map(({ field }) => field)),
        ),
      ]);
      const words = [...names].map((name) => attributeName(name, t));
      assert.ok(names.size > 30);
      assert.deepEqual(
        [...names].filter((name) => attributeName(name, t) === name),
        [],
      );
      assert.deepEqual(
        words.filter((word, at) => words.indexOf(word) !== at),
        [],
      );
    });
  }
});
