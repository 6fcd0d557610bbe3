/** The desk in front of a browser: every page and state, wide and narrow, in each language; by keyboard; without script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import {
  barriersOf,
  chooseDemoPerson,
  openBrowser,
  openWindow,
  scrollsSideways,
  WIDTHS,
} from '../support/browser.ts';
import { type DeskScene, setJobAside, startDesk } from '../support/desk-scene.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';

const COUNTS = '/desk/statistics?table=use&from=2021-03&until=2021-04';
const FLOW = '/desk/flows/statbel-statuses';

describe('the desk', () => {
  let scene: DeskScene;
  let browser: Browser | undefined;

  before(async () => {
    scene = await startDesk();
    await setJobAside(scene);
  });
  after(async () => {
    await browser?.close();
    await scene.stop();
  });

  const enter = async (language: string, name: string, javaScriptEnabled = true) => {
    browser ??= await openBrowser();
    const window = await openWindow(browser, scene.service.url, { language, javaScriptEnabled });
    await window.page.goto('/desk');
    await chooseDemoPerson(window.page, name);
    await window.page.waitForURL('**/desk');
    return window;
  };

  /** Looks at the page at each width; axe at one of them, turn by turn, and in one language for each person. */
  let turn = 0;
  const check = async (page: Page, withAxe: boolean) => {
    const at = page.url();
    turn += 1;
    for (const [index, width] of WIDTHS.entries()) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await scrollsSideways(page), false, `${at} must be moved sideways at ${width} px`);
      if (withAxe && turn % WIDTHS.length === index)
        assert.deepEqual(await barriersOf(page), [], `${at} ${width} px`);
    }
    assert.equal(await page.locator('h1').count(), 1, at);
  };

  const lookUp = async (page: Page, question: number, day: string) => {
    await page.goto('/desk/look-up');
    await page.locator('#question').selectOption({ index: question });
    await page.fill('#ssin', demoSsin('lena'));
    await page.fill('#date', day);
    await page.fill('#reason', 'Dossier 21/44');
    await page.locator('main button').click();
    await page.locator('#answer').waitFor();
  };

  for (const [language, person, withAxe] of [
    ['nl', 'Nadia', true],
    ['fr', 'Hanne', true],
    ['de', 'Nadia', false],
    ['en', 'Hanne', false],
  ] as const) {
    it(`keeps nobody out, in ${language} for ${person}`, async (t) => {
      if (!needsTool(t, 'chromium')) return;
      const { page, context, complaints } = await enter(language, person);
      const paths =
        person === 'Nadia'
          ? ['/desk', '/desk/flows', FLOW, `${COUNTS}&ground=x`, COUNTS, '/desk/access', '/desk/access/ask']
          : ['/desk', '/desk/held', '/desk/webhooks', '/desk/operations', '/desk/look-up', '/desk/flows'];
      for (const path of paths) {
        await page.goto(path);
        await check(page, withAxe);
      }
      if (person === 'Nadia') {
        await lookUp(page, 2, '');
        await check(page, withAxe);
      } else {
        await page.goto('/desk/access');
        await page.locator('.ebox-list a').first().click();
        await page.locator('button[value=grant]').click();
        await page.locator('[role=alert]').waitFor();
        await check(page, withAxe);
        await page.goto('/desk/held');
        await page.locator('summary').first().click();
        await page.locator('button[value=release]').first().click();
        await page.locator('[role=alert]').waitFor();
        await check(page, withAxe);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  it('is worked by keyboard alone: a person is looked up', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context } = await enter('nl', 'Nadia');
    await page.goto('/desk/look-up');
    await page.locator('#question').focus();
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
    await context.close();
  });

  it('works without script: a flow is ordered, run and followed', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context } = await enter('fr', 'Nadia', false);
    await page.goto(FLOW);
    await page.locator('form[action$="/order"] button').click();
    await page.locator('form[action$="/run"] button').click();
    await page.waitForURL('**/runs/*');
    // The page is read again by itself until the file is there.
    await page.locator('.ebox-card').first().waitFor();
    assert.match((await page.locator('main').textContent()) ?? '', /statbel-statuses-1/);
    await context.close();
  });
});
