/** Somebody who looks up who used their data: without a script, with the keyboard alone, and on paper. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { barriersOf, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

describe('the accesses to somebody’s data', () => {
  const stage = setStage({
    prepare: async ({ client }) => {
      for (const month of ['01', '02', '03', '04', '05', '06', '07', '08']) {
        await client.declare(quaIn({ ssin: demoSsin('lena'), day: `2021-${month}-01` }));
        await client.settled();
      }
    },
  });

  it('are read, turned over and saved without a script', async (t) => {
    const options = { language: 'fr', width: 320, javaScriptEnabled: false };
    const visitor = await stage.enter(t, options, 'Lena', '/my-data');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    assert.equal(await page.locator('.ebox-access').count(), 25);
    await page.getByRole('link', { name: 'Plus ancien' }).click();
    await page.waitForURL(/before=\d+$/);
    assert.ok((await page.locator('.ebox-access').count()) > 0);
    await page.getByRole('link', { name: 'Aller au plus récent' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Enregistrer le tableau (CSV)' }).click();
    assert.match(readFileSync(await (await saved).path(), 'utf8'), /^\ufeffquand;qui;/);
    await context.close();
  });

  it('are reached with the keyboard alone, and keep nobody out', async (t) => {
    const visitor = await stage.enter(t, { language: 'en' }, 'Lena');
    if (visitor === undefined) return;
    const { page, context, complaints } = visitor;
    const press = async (name: string) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator(':focus').textContent())?.trim() === name)
          return page.keyboard.press('Enter');
      }
      throw new Error(`${name} is not reached`);
    };
    await press('My data');
    await page.waitForURL('**/my-data');
    await press('Also what you did yourself');
    await page.waitForURL('**/my-data?own');
    assert.deepEqual(await barriersOf(page), []);
    const saved = page.waitForEvent('download');
    await press('Save for a computer program (JSON)');
    assert.equal((await saved).suggestedFilename(), 'accesses.json');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('stand beside the choice of e-mails, which keeps nobody out at any width', async (t) => {
    const visitor = await stage.enter(t, { language: 'de' }, 'Lena', '/my-data/notices');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    await page.getByLabel('Nein, schicken Sie mir keine E-Mails').check();
    await page.getByRole('button', { name: 'Speichern' }).click();
    await page.getByRole('status').waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual([await barriersOf(page), await scrollsSideways(page)], [[], false]);
    }
    await context.close();
  });

  it('are told by headings and terms, and print without what paper cannot use', async (t) => {
    const visitor = await stage.enter(t, { language: 'nl', width: 320 }, 'Lena', '/my-data');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    const first = page.locator('.ebox-access').first();
    assert.equal(await first.getByRole('heading', { level: 3 }).count(), 1);
    assert.deepEqual(await first.getByRole('term').allTextContents(), ['Wie', 'Waarom', 'Referentie']);
    assert.equal(await scrollsSideways(page), false);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.getByRole('link', { name: 'Tabel bewaren (CSV)' }).isVisible(), false);
    assert.equal(await first.isVisible(), true);
    await context.close();
  });
});
