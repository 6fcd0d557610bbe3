/** The desk in front of a browser: every page and state, wide and narrow, in each language. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { PAGE_LANGUAGES } from '../../src/domain/language.ts';
import {
  barriersOf,
  chooseDemoPerson,
  openBrowser,
  openWindow,
  scrollsSideways,
  WIDTHS,
} from '../support/browser.ts';
import { type DeskScene, setJobAside } from '../support/desk-scene.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';

const COUNTS = '/desk/statistics?table=use&from=2021-03&until=2021-04';
const FLOW = '/desk/flows/statbel-statuses';

/** Describes the pages of a desk that another test started; what it decides on stays undecided. */
export function describeDeskPages(sceneOf: () => DeskScene): void {
  let browser: Browser | undefined;

  before(() => setJobAside(sceneOf()));
  after(async () => {
    await browser?.close();
    await sceneOf().service.database.query('delete from job where dead_at is not null');
  });

  const enter = async (language: string, name: string) => {
    browser ??= await openBrowser();
    const window = await openWindow(browser, sceneOf().service.url, { language });
    await window.page.goto('/desk');
    await chooseDemoPerson(window.page, name);
    await window.page.waitForURL('**/desk');
    return window;
  };

  /** Narrow, nothing runs off the side; axe looks at narrow and wide pages in turn. */
  let turn = 0;
  const check = async (page: Page) => {
    turn += 1;
    for (const width of turn % 2 === 0 ? WIDTHS : WIDTHS.toReversed()) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await scrollsSideways(page), false, `${page.url()} must be moved sideways at ${width} px`);
    }
    assert.deepEqual(await barriersOf(page), [], page.url());
    assert.equal(await page.locator('h1').count(), 1, page.url());
  };

  /** Each page in one of the languages; their words are the same in all. */
  const checkAll = async (page: Page, paths: readonly string[]) => {
    for (const [at, path] of paths.entries()) {
      const language = PAGE_LANGUAGES[at % PAGE_LANGUAGES.length];
      await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
      await check(page);
    }
  };

  /** By keyboard alone. */
  const lookUp = async (page: Page) => {
    await page.goto('/desk/look-up');
    await page.locator('#question').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type(demoSsin('lena'));
    // A day has fields of its own in Chromium, and a button.
    do await page.keyboard.press('Tab');
    while ((await page.evaluate('document.activeElement.id')) === 'date');
    await page.keyboard.type('Dossier 21/44');
    await page.keyboard.press('Enter');
    await page.locator('#answer').waitFor();
    assert.match(page.url(), /\/desk\/look-up$/);
  };

  it('keeps no official of an agency out, who looks somebody up by keyboard alone', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context, complaints } = await enter('fr', 'Nadia');
    await checkAll(page, ['/desk', '/desk/flows', COUNTS, '/desk/access', FLOW, '/desk/access/ask']);
    await lookUp(page);
    await check(page);
    await page.locator('main button').click();
    await page.locator('[role=alert]').waitFor();
    await check(page);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('keeps no official of the institution out', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context, complaints } = await enter('de', 'Hanne');
    await checkAll(page, ['/desk/operations', '/desk/webhooks', '/desk/flows']);
    await page.goto('/desk/access');
    await page.locator('.ebox-list a').first().click();
    await page.locator('button[value=grant]').click();
    await page.locator('[role=alert]').waitFor();
    await check(page);
    await page.goto('/desk/held');
    await page.locator('summary').first().click();
    await page.locator('button[value=release]').first().click();
    await page.locator('[role=alert]').waitFor();
    await check(page);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
