/** The texts of the pages and the places that use them: none is missing, none is left over. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { PAGE_LANGUAGES } from '../../src/domain/language.ts';
import { createTexts } from '../../src/web/texts.ts';
import { projectRoot } from '../support/needs.ts';

/** Everything that could name a text. */
function readUses(): string {
  return ['src/web', 'src/workflows', 'src/domain', 'templates/web/views']
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(ts|eta)$/.test(name))
        .map((name) => readFileSync(join(projectRoot, folder, name), 'utf8')),
    )
    .join('\n');
}

/**
 * The keys that a source names: in quotes as a whole, or as a template or a sum whose changing part stands for any name.
 */
function patternsIn(uses: string): RegExp[] {
  const whole = [...uses.matchAll(/['"]([a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*)['"]/g)].map(
    ([, key = '']) => key,
  );
  const templates = [...uses.matchAll(/`([a-z][A-Za-z0-9]*\.[\w$]*\$\{[^}]+\}[\w$]*)`/g)].map(
    ([, key = '']) => key.replace(/\$\{[^}]+\}/g, '*'),
  );
  const sums = [...uses.matchAll(/'([a-z][A-Za-z0-9]*\.[A-Za-z0-9]*)' \+ [\w.]+(?: \+ '(\w+)')?/g)].map(
    ([, start = '', end = '']) => `${start}*${end}`,
  );
  return [...whole, ...templates, ...sums].map(
    (key) => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('*', '\\w+')}$`),
  );
}

describe('the texts of the pages', () => {
  let catalogue: Awaited<ReturnType<typeof loadCatalogue>>;
  before(async () => {
    catalogue = await loadCatalogue(join(projectRoot, 'templates'));
  });

  it('are all used', () => {
    const patterns = patternsIn(readUses());
    const unused = [...catalogue.pageTexts.nl.keys()].filter(
      (key) => !patterns.some((pattern) => pattern.test(key)),
    );
    assert.deepEqual(unused, []);
  });

  it('are all there', () => {
    const used = [...readUses().matchAll(/\bt\(\s*['"]([^'"]+)['"]\s*[,)]/g)].map(([, key = '']) => key);
    assert.ok(used.length > 50);
    assert.deepEqual(
      used.filter((key) => !catalogue.pageTexts.nl.has(key)),
      [],
    );
  });

  it('are notably long or short in no language', () => {
    // A text that was forgotten half-way, or not translated, differs much or not at all.
    for (const [key, nl] of catalogue.pageTexts.nl) {
      if (nl.length < 40) continue;
      for (const language of PAGE_LANGUAGES.filter((one) => one !== 'nl')) {
        const text = catalogue.pageTexts[language].get(key) ?? '';
        assert.notEqual(text, nl, `${key} is the same in ${language}`);
        assert.ok(text.length > nl.length * 0.5 && text.length < nl.length * 2, `${key} in ${language}`);
      }
    }
  });
});

describe('createTexts', () => {
  const texts = async () => createTexts(await loadCatalogue(join(projectRoot, 'templates')));

  it('writes dates, times and numbers as Belgium does', async () => {
    const { nl, fr, de, en } = await texts();
    const evening = new Date('2026-11-21T23:30:00Z');
    assert.equal(nl.date(evening), '22 november 2026');
    assert.equal(fr.day('2020-09-01' as never), 'mardi 1 septembre 2020');
    assert.equal(de.month('2020-09' as never), 'September 2020');
    assert.match(en.dateTime(evening), /22 November 2026.*00:30/);
    assert.equal(nl.number(10_000), '10.000');
    assert.match(fr.number(10_000), /^10\s000$/);
  });

  it('throws for a text that is not there', async () => {
    const { nl } = await texts();
    assert.throws(() => nl.t('inbox.nothing'), { code: 'templateInvalid' });
  });
});
