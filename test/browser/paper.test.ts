/** Whoever holds paper and has no camera: both forms by keyboard and without script, and the page of an offline code. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { writeOfflineCode } from '../../src/code/offline-code.ts';
import { type Scene, startScene } from '../http/scene.ts';
import { barriersOf, openBrowser, openWindow, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { needsTool } from '../support/needs.ts';
import { claims } from '../support/offline.ts';

describe('paper at /verify', () => {
  let scene: Scene;
  let browser: Browser;

  before(async () => {
    scene = await startScene();
  });
  after(async () => {
    await browser?.close();
    await scene.stop();
  });

  for (const width of WIDTHS) {
    it(`keeps nobody out at ${width} px, also when something is wrong`, async (t) => {
      if (!needsTool(t, 'chromium')) return;
      browser ??= await openBrowser();
      const options = { language: width === 320 ? 'de' : 'fr', width, javaScriptEnabled: width !== 320 };
      const { page, complaints } = await openWindow(browser, scene.service.url, options);
      const look = async () => {
        if (options.javaScriptEnabled) assert.deepEqual(await barriersOf(page), []);
        assert.equal(await scrollsSideways(page), false);
      };
      await page.goto('/verify');
      await look();
      await page.locator('#number').fill('QUA-2026-00000042-18');
      await page.locator('#number').press('Enter');
      await page.locator('#code-error').waitFor();
      assert.equal(await page.locator('#number').inputValue(), 'QUA-2026-00000042-18');
      await look();
      const { codeSigner } = scene.service.service.composition.services;
      const now = new Date();
      const code = await writeOfflineCode(claims({ issuedAt: now }), codeSigner);
      await page.locator('details summary').last().click();
      await page.locator('#text').fill(code);
      await page.locator('form[action="/verify/scan"] button').click();
      await page.locator('.ebox-facts').waitFor();
      await look();
      assert.deepEqual(complaints, []);
    });
  }
});
