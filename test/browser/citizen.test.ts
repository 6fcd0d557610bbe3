/** A citizen in front of a browser: logs in, finds what is new, reads it, and is told when it no longer counts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { registerFile } from '../../src/cli/demo-input.ts';
import { barriersOf, chooseDemoPerson, openBrowser, openWindow } from '../support/browser.ts';
import { createClient } from '../support/client.ts';
import { quaCancel, quaIn } from '../support/declarations.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

describe('a citizen in the eBox', () => {
  let service: TestService;
  let browser: Browser | undefined;

  before(async () => {
    service = await startTestService();
    const client = createClient(service);
    await client.load(registerFile());
    for (const person of ['lena', 'amelie']) {
      const ssin = demoSsin(person);
      await client.declare(quaIn({ ssin, day: '2021-03-01' }));
      await client.settled();
      await client.declare(quaIn({ ssin, day: '2021-03-02' }));
      const { periodId = '' } = await client.declare(quaIn({ ssin, day: '2021-05-03' }));
      await client.settled();
      await client.declare(quaCancel({ periodId }));
      await client.settled();
    }
  });
  after(async () => {
    await browser?.close();
    await service.stop();
  });

  const cases = [
    {
      language: 'nl',
      person: 'Lena',
      words: {
        title: 'Mijn eBox',
        count: '3 berichten, 3 nog niet gelezen.',
        fresh: 'Nieuw',
        read: 'Gelezen',
        newer: 'Er is een nieuwere versie',
        toNewest: 'Naar de nieuwste versie',
        revoked: 'Dit attest geldt niet meer',
        save: /Document bewaren/,
        logOut: 'Afmelden',
        goodbye: 'U bent afgemeld',
        yes: 'Ja',
      },
    },
    {
      language: 'fr',
      person: 'Amélie',
      words: {
        title: 'Mon eBox',
        count: '3 messages, 3 non lus.',
        fresh: 'Nouveau',
        read: 'Lu',
        newer: 'Il existe une version plus récente',
        toNewest: 'Aller à la version la plus récente',
        revoked: 'Cette attestation n’est plus valable',
        save: /Enregistrer le document/,
        logOut: 'Se déconnecter',
        goodbye: 'Vous êtes déconnecté',
        yes: 'Oui',
      },
    },
  ] as const;

  for (const { language, person, words } of cases) {
    it(`reads an attestation, sees what became of it and logs out, in ${language}`, async (t) => {
      if (!needsTool(t, 'chromium')) return;
      browser ??= await openBrowser();
      const { page, context, complaints } = await openWindow(browser, service.url, { language });
      await page.goto('/inbox');
      await chooseDemoPerson(page, person);
      await page.waitForURL('**/inbox');
      assert.equal(await page.locator('h1').textContent(), words.title);
      assert.equal((await page.locator('.ebox-lead').textContent())?.trim(), words.count);
      const session = (await context.cookies()).find(({ name }) => name === '__Host-session');
      assert.ok(session?.httpOnly && session.secure && session.sameSite === 'Lax');

      // The oldest of the three was superseded by the one after it.
      const oldest = page.locator('.ebox-list__item').last();
      await oldest.getByRole('link').click();
      assert.equal(await page.locator('.ebox-box h2').textContent(), words.newer);
      await page.getByRole('link', { name: words.toNewest }).click();
      await page.waitForURL(/\/inbox\/[\w-]+$/);
      assert.equal(await page.locator('.ebox-box').count(), 0);
      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name: words.save }).click();
      const file = readFileSync(await (await saved).path());
      assert.equal(file.subarray(0, 5).toString(), '%PDF-');
      assert.deepEqual(await barriersOf(page), []);

      await page.goto('/inbox');
      const revoked = page.locator('.ebox-list__item').filter({ has: page.locator('.ebox-tag--bad') });
      await revoked.getByRole('link').click();
      assert.equal(await page.locator('.ebox-box h2').textContent(), words.revoked);

      await page.getByRole('button', { name: words.logOut }).click();
      await page.getByRole('button', { name: words.yes }).click();
      await page.waitForURL('**/goodbye');
      assert.equal(await page.locator('h1').textContent(), words.goodbye);
      await page.goto('/inbox');
      assert.notEqual(new URL(page.url()).origin, new URL(service.url).origin, 'is led to the login again');
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  it('logs in and reads with the keyboard alone', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    browser ??= await openBrowser();
    const { page, context } = await openWindow(browser, service.url, { language: 'nl', width: 320 });
    const press = async (name: RegExp) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        const text = await page.locator(':focus').textContent();
        if (name.test(text ?? '')) return page.keyboard.press('Enter');
      }
      throw new Error(`${name} is not reached`);
    };
    await page.goto('/');
    await press(/^Ga naar de inhoud$/);
    await press(/^Mijn eBox$/);
    await page.waitForURL(/interaction/);
    await press(/Lena/);
    await page.waitForURL('**/inbox');
    await press(/Uw attest/);
    await page.waitForURL(/\/inbox\/[\w-]+$/);
    const saved = page.waitForEvent('download');
    await press(/Document bewaren/);
    assert.match((await saved).suggestedFilename(), /^QUA-.*\.pdf$/);
    await context.close();
  });

  it('reads without a script', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    browser ??= await openBrowser();
    const options = { language: 'de', javaScriptEnabled: false };
    const { page, context } = await openWindow(browser, service.url, options);
    await page.goto('/inbox');
    await chooseDemoPerson(page, 'Lena');
    await page.waitForURL('**/inbox');
    await page.locator('.ebox-list__title a').first().click();
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: /Dokument speichern/ }).click();
    assert.match((await saved).suggestedFilename(), /\.pdf$/);
    await context.close();
  });
});
