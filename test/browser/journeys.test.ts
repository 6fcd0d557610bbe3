/** Whole journeys in a browser, in two languages: an attestation arrives, is read, put away, found, shared and verified. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { barriersOf } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

const WORDS = {
  nl: {
    person: 'Lena',
    // Written without its accents, and not as a whole.
    search: 'áttest van aangífte',
    archive: 'Naar het archief',
    inArchive: 'Dit bericht staat in uw archief',
    restore: 'Terugzetten in mijn eBox',
    shelf: 'Archief',
    make: 'Link maken',
    used: /Eén keer gebruikt/,
    save: /Document bewaren/,
    opened: /Het document werd geopend/,
    paper: 'Vraag een kopie op papier',
    asked: /U vroeg op .* een kopie op papier/,
    door: 'Attest controleren',
    submit: 'Controleren',
    valid: 'Dit attest is echt en geldig',
    forged: 'Vertrouw dit bestand niet',
    two: '2 bestanden gecontroleerd',
    asIssued: 'Zo hebben we het uitgereikt',
    logOut: 'Afmelden',
    yes: 'Ja',
    ended: 'U bent niet aangemeld',
    again: 'Opnieuw aanmelden',
  },
  fr: {
    person: 'Amélie',
    search: 'ATTESTATION DE DECLARATION',
    archive: 'Mettre dans les archives',
    inArchive: 'Ce message est dans vos archives',
    restore: 'Remettre dans mon eBox',
    shelf: 'Archives',
    make: 'Créer un lien',
    used: /Utilisé une fois/,
    save: /Enregistrer le document/,
    opened: /Le document a été ouvert/,
    paper: 'Demander une copie sur papier',
    asked: /Vous avez demandé une copie sur papier/,
    door: 'Vérifier une attestation',
    submit: 'Vérifier',
    valid: 'Cette attestation est authentique et valable',
    forged: 'Ne vous fiez pas à ce fichier',
    two: '2 fichiers vérifiés',
    asIssued: 'Tel que nous l’avons délivré',
    logOut: 'Se déconnecter',
    yes: 'Oui',
    ended: 'Vous n’êtes pas connecté',
    again: 'Se connecter à nouveau',
  },
} as const;

/** Waits until the picture on the page was loaded and drawn; throws where it cannot be. */
const seePicture = (page: Page) => page.evaluate<void>("document.querySelector('main img').decode()");

describe('a journey', () => {
  const stage = setStage({
    prepare: async ({ client }) => {
      for (const person of ['lena', 'amelie'])
        await client.declare(quaIn({ ssin: demoSsin(person), day: '2021-03-01' }));
      await client.settled();
    },
  });

  for (const language of ['nl', 'fr'] as const) {
    const words = WORDS[language];

    it(`leads from a message to an employer who knows what it is worth, in ${language}`, async (t) => {
      const citizen = await stage.enter(t, { language }, words.person);
      if (citizen === undefined) return;
      const { page } = citizen;
      await page.locator('#q').fill(words.search);
      await page.keyboard.press('Enter');
      await page.waitForURL(/[?&]q=/);
      await page.locator('.ebox-list__title a').click();
      await page.waitForURL(/\/inbox\/[\w-]+$/);
      const place = page.url();
      await seePicture(page);

      await page.getByRole('button', { name: words.archive }).click();
      await page.getByRole('heading', { name: words.inArchive }).waitFor();
      await page.goto('/inbox');
      assert.equal(await page.locator('.ebox-list__title a').count(), 0);
      await page.getByRole('link', { name: words.shelf, exact: true }).click();
      await page.locator('.ebox-list__title a').click();
      await page.getByRole('button', { name: words.restore }).click();
      await page.getByRole('button', { name: words.archive }).waitFor();

      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name: words.save }).click();
      const pdf = readFileSync(await (await saved).path());
      await page.getByRole('button', { name: words.paper }).click();
      await page.getByText(words.asked).waitFor();
      // Twice in a hurry is once.
      await page.getByRole('button', { name: words.make }).dblclick();
      await page.locator('[id^="share-"]').first().waitFor();
      assert.equal(await page.locator('[id^="share-"]').count(), 1);
      const link = await page.locator('[id^="share-"]').inputValue();

      const employer = await stage.open(t, { language, width: 320 });
      assert.ok(employer);
      await employer.page.goto(link);
      assert.equal(await employer.page.locator('h1').textContent(), words.valid);
      await page.goto(place);
      assert.match((await page.locator('#share').textContent()) ?? '', words.used);
      assert.match((await page.locator('.ebox-history').textContent()) ?? '', words.opened);
      assert.deepEqual(await barriersOf(page), []);

      const forged = Buffer.from(pdf);
      forged.writeUInt8(forged.readUInt8(5000) ^ 1, 5000);
      // Somebody who knows the address and has the files, and reads nothing but the pages.
      const { page: desk } = employer;
      await desk.goto('/');
      await desk.getByRole('main').getByRole('link', { name: words.door }).click();
      const named = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/pdf', buffer });
      await desk.locator('#file').setInputFiles([named('a.pdf', pdf), named('b.pdf', forged)]);
      await desk.getByRole('button', { name: words.submit, exact: true }).click();
      assert.equal(await desk.locator('h1').textContent(), words.two);
      const verdicts = desk.locator('.ebox-verdicts__item');
      assert.match((await verdicts.nth(0).textContent()) ?? '', new RegExp(words.valid));
      assert.match((await verdicts.nth(1).textContent()) ?? '', new RegExp(words.forged));
      assert.deepEqual(await barriersOf(desk), []);
      await verdicts.nth(0).getByRole('link').click();
      await desk.getByText(words.asIssued).click();
      await seePicture(desk);
      await desk.goBack();
      await verdicts.nth(1).getByRole('link').click();
      await desk.getByRole('heading', { name: words.forged }).waitFor();
      assert.equal(await desk.getByText(words.asIssued).count(), 0);
      assert.deepEqual([...citizen.complaints, ...employer.complaints], []);
      await citizen.context.close();
      await employer.context.close();
    });

    it(`goes on in two windows, back, and after the session ended, in ${language}`, async (t) => {
      const visitor = await stage.enter(t, { language }, words.person);
      if (visitor === undefined) return;
      const { page, context } = visitor;
      await page.locator('.ebox-list__title a').first().click();
      await page.waitForURL(/\/inbox\/[\w-]+$/);
      const other = await context.newPage();
      await other.goto(page.url());
      // What one window has done already does no harm in the other.
      await page.getByRole('button', { name: words.archive }).click();
      await page.getByRole('heading', { name: words.inArchive }).waitFor();
      await other.getByRole('button', { name: words.archive }).click();
      await other.getByRole('heading', { name: words.inArchive }).waitFor();
      await other.getByRole('button', { name: words.restore }).click();
      await other.getByRole('button', { name: words.archive }).waitFor();
      await page.goto('/inbox');
      await page.goBack();
      await page.getByRole('button', { name: words.make }).click();
      await page.locator('[id^="share-"]').first().waitFor();

      await stage.service.database.query('delete from session');
      await other.getByRole('button', { name: words.archive }).click();
      assert.equal(await other.locator('h1').textContent(), words.ended);
      await other.getByRole('button', { name: words.again }).click();
      await other.getByRole('button', { name: words.person }).click();
      await other.waitForURL(/\/inbox\/[\w-]+$/);
      await other.getByRole('button', { name: words.archive }).waitFor();
      await context.close();
    });
  }
});
