/** Every page in every language, on a phone and on a desktop: nothing keeps anybody out, nothing runs off the side. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { PAGE_LANGUAGES, type PageLanguage } from '../../src/domain/language.ts';
import { barriersOf, chooseDemoPerson, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

/** Of whoever is logged in. */
const OWN_PAGES = ['/my-data/notices', '/mandates', '/sessions', '/inbox?show=archive', '/agency'];
const EVERY_LANGUAGE = process.env['EVERY_LANGUAGE'] === '1';

describe('the pages', () => {
  /** Pages that were looked at in a language, counted from another number in each. */
  const turns = new Map<PageLanguage, number>();
  const stage = setStage({
    prepare: async ({ client }) => {
      for (const day of ['2021-03-01', '2021-03-02']) {
        await client.declare(quaIn({ ssin: demoSsin('lukasz'), day }));
        await client.settled();
      }
    },
  });

  /**
   * Looks at the page that stands in the window, at each width. Axe looks at each page narrow in one language and wide in
   * another, in turn, as translations have one structure; with EVERY_LANGUAGE=1 in all of them.
   */
  const check = async (page: Page, complaints: readonly string[], language: PageLanguage) => {
    const { pathname } = new URL(page.url());
    const turn = (turns.get(language) ?? PAGE_LANGUAGES.indexOf(language)) + 1;
    turns.set(language, turn);
    for (const [at, width] of WIDTHS.entries()) {
      await page.setViewportSize({ width, height: width < 600 ? 640 : 900 });
      assert.equal(await scrollsSideways(page), false, `${pathname} must be moved sideways at ${width} px`);
      if (EVERY_LANGUAGE || turn % PAGE_LANGUAGES.length === 2 * at)
        assert.deepEqual(await barriersOf(page), [], `${pathname} ${width} px`);
    }
    assert.equal(await page.locator('html').getAttribute('lang'), language);
    assert.equal(await page.locator('h1').count(), 1, `${pathname} has one heading`);
    assert.deepEqual(complaints, [], pathname);
  };

  for (const language of PAGE_LANGUAGES) {
    it(`are open to everybody in ${language}`, async (t) => {
      const visitor = await stage.open(t, { language });
      if (visitor === undefined) return;
      const { page, context, complaints } = visitor;
      for (const path of [
        '/',
        '/verify',
        '/verify/offline',
        '/verify/report',
        '/v/AAAAAAAAAAAAAAAAAAAAAA',
        '/s/AAAAAAAAAAAAAAAAAAAAAA',
        '/goodbye',
        '/accessibility',
        '/developer',
        '/developer/access',
        '/problems',
        '/problems/badRequest',
        '/nowhere',
      ]) {
        await page.goto(path);
        await check(page, complaints, language);
      }
      await page.goto('/inbox');
      await chooseDemoPerson(page, 'Łukasz');
      await page.waitForURL('**/inbox');
      await check(page, complaints, language);
      await page.locator('.ebox-list__title a').last().click();
      await page.waitForURL(/\/inbox\/[\w-]+$/);
      await check(page, complaints, language);
      for (const path of ['/inbox?q=xyz', '/my-data', '/my-data?own', '/my-data?before=0', ...OWN_PAGES]) {
        await page.goto(path);
        await check(page, complaints, language);
      }
      await context.close();
    });
  }
});
