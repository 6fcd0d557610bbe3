/** A citizen in front of a browser: logs in, finds what is new, reads it, and is told when it no longer counts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { barriersOf, chooseDemoPerson } from '../support/browser.ts';
import { quaCancel, quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

describe('a citizen in the eBox', () => {
  const stage = setStage({
    prepare: async ({ client }) => {
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
    },
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
      const visitor = await stage.open(t, { language });
      if (visitor === undefined) return;
      const { page, context, complaints } = visitor;
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
      assert.notEqual(
        new URL(page.url()).origin,
        new URL(stage.service.url).origin,
        'is led to the login again',
      );
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  it('logs in and reads with the keyboard alone', async (t) => {
    const visitor = await stage.open(t, { language: 'nl', width: 320 });
    if (visitor === undefined) return;
    const { page, context } = visitor;
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
    const visitor = await stage.open(t, { language: 'de', javaScriptEnabled: false });
    if (visitor === undefined) return;
    const { page, context } = visitor;
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
