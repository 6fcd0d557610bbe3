/** What pages cost and how they behave: few bytes, no movement for who wants none, paper without what only screens need. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { scrollsSideways } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

/** Of everything that a first visit fetches, fonts included. */
const MOST_BYTES = 100_000;

/** The bytes that came over the wire for a page, as the browser counts them. */
async function bytesOf(page: Page, path: string): Promise<number> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.clearBrowserCache');
  let bytes = 0;
  devTools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(path);
  await page.evaluate('document.fonts.ready.then(() => true)');
  await page.waitForLoadState('networkidle');
  return bytes;
}

describe('the quality of pages', () => {
  const stage = setStage({
    prepare: async ({ client }) => {
      await client.declare(quaIn({ ssin: demoSsin('lena'), day: '2021-03-01' }));
      await client.settled();
    },
  });

  it('is at most 100 kB on a first visit, fonts included', async (t) => {
    const visitor = await stage.open(t, { language: 'de', width: 320 });
    if (visitor === undefined) return;
    for (const path of ['/', '/verify']) {
      const bytes = await bytesOf(visitor.page, path);
      assert.ok(bytes > 20_000 && bytes <= MOST_BYTES, `${path}: ${bytes} bytes`);
    }
    await visitor.context.close();
  });

  it('holds on paper, at 200 % and without movement', async (t) => {
    const visitor = await stage.enter(t, { language: 'fr' }, 'Lena');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    await page.locator('.ebox-list__title a').click();
    await page.waitForURL(/\/inbox\/[\w-]+$/);
    // 200 % of a window of 1280 leaves 640 CSS pixels (WCAG 2.2, 1.4.4).
    await page.setViewportSize({ width: 640, height: 450 });
    assert.equal(await scrollsSideways(page), false);
    const moving = await page.evaluate(`[...document.querySelectorAll('*')].filter((one) => {
      const { transitionDuration, animationName } = getComputedStyle(one);
      return animationName !== 'none' || /[1-9]/.test(transitionDuration);
    }).length`);
    assert.equal(moving, 0);
    await page.emulateMedia({ media: 'print' });
    for (const selector of ['#share', '#paper', '.ebox-sheet', '.ebox-menu'])
      assert.equal(await page.locator(selector).isVisible(), false, selector);
    assert.equal(await page.locator('.ebox-history').isVisible(), true);
    await context.close();
  });
});
