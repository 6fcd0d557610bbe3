/** Somebody who was given an attestation, in front of a browser: chooses the file, reads the verdict, keeps a record. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { codeOf } from '../../src/workflows/prepare.ts';
import { barriersOf, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

describe('a holder of an attestation', () => {
  const files: Record<'genuine' | 'superseded' | 'forged', Buffer> = {
    genuine: Buffer.alloc(0),
    superseded: Buffer.alloc(0),
    forged: Buffer.alloc(0),
  };
  let code = '';
  const stage = setStage({
    prepare: async ({ client, service }) => {
      const newest = async () => {
        const [message] = await client.inbox('lukasz');
        assert.ok(message);
        return client.open('lukasz', message);
      };
      await client.declare(quaIn({ ssin: demoSsin('lukasz'), day: '2021-03-01' }));
      await client.settled();
      files.superseded = await newest();
      await client.declare(quaIn({ ssin: demoSsin('lukasz'), day: '2021-03-02' }));
      await client.settled();
      files.genuine = await newest();
      files.forged = Buffer.from(files.genuine);
      files.forged.writeUInt8(files.forged.readUInt8(5000) ^ 1, 5000);
      const [row] = await service.database.query<{ id: string }>(
        `select attestation_id as id from attestation where state = 'issued'`,
      );
      code = codeOf(service.service.composition.services.vault, row?.id ?? '');
    },
  });

  const WORDS = {
    nl: {
      submit: 'Controleren',
      nothing: 'Kies eerst een pdf-bestand.',
      genuine: 'Dit attest is echt en geldig',
      superseded: 'Dit attest is echt, maar het is vervangen',
      forged: 'Vertrouw dit bestand niet',
      checks: 'Wat elke controle opleverde',
      print: 'Resultaat afdrukken',
      code: 'Het attest met deze code is geldig',
    },
    de: {
      submit: 'Prüfen',
      nothing: 'Wählen Sie zuerst eine PDF-Datei aus.',
      genuine: 'Diese Bescheinigung ist echt und gültig',
      superseded: 'Diese Bescheinigung ist echt, wurde aber ersetzt',
      forged: 'Vertrauen Sie dieser Datei nicht',
      checks: 'Was jede Prüfung ergab',
      print: 'Ergebnis drucken',
      code: 'Die Bescheinigung mit diesem Code ist gültig',
    },
  } as const;

  async function choose(page: Page, file: Buffer, submit: string): Promise<void> {
    await page.goto('/verify');
    const upload = { name: 'attestation.pdf', mimeType: 'application/pdf', buffer: file };
    await page.locator('#file').setInputFiles(upload);
    await page.getByRole('button', { name: submit, exact: true }).click();
    await page.waitForURL(/\/verify\/report/);
  }

  /** Looks at the page that stands in the window, at its width and at the other: its heading, and that nothing keeps anybody out. */
  async function check(page: Page, title: string, width: number): Promise<void> {
    assert.equal(await page.locator('h1').textContent(), title);
    for (const one of [...WIDTHS.filter((other) => other !== width), width]) {
      await page.setViewportSize({ width: one, height: 800 });
      assert.equal(await scrollsSideways(page), false, title);
    }
    assert.deepEqual(await barriersOf(page), [], title);
  }

  for (const [language, width] of [
    ['nl', 1280],
    ['de', 320],
  ] as const) {
    const words = WORDS[language];
    it(`learns of each file what it is worth, at ${width} px in ${language}`, async (t) => {
      const visitor = await stage.open(t, { language, width });
      if (visitor === undefined) return;
      const { page, context, complaints } = visitor;
      await page.goto('/verify');
      await page.getByRole('button', { name: words.submit, exact: true }).click();
      const summary = page.locator('.govuk-error-summary');
      assert.ok((await summary.textContent())?.includes(words.nothing));
      assert.equal(await page.evaluate('document.activeElement.className'), 'govuk-error-summary');
      await summary.getByRole('link').click();
      assert.equal(await page.evaluate('document.activeElement.id'), 'file');
      assert.deepEqual(await barriersOf(page), []);
      for (const kind of ['genuine', 'superseded', 'forged'] as const) {
        await choose(page, files[kind], words.submit);
        await page.getByText(words.checks).click();
        await check(page, words[kind], width);
        assert.equal(await page.getByRole('button', { name: words.print }).isVisible(), true);
      }
      await page.goto(`/v/${code}`);
      await check(page, words.code, width);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  it('learns it without script as well, and the record prints what each check found', async (t) => {
    const visitor = await stage.open(t, { language: 'nl', javaScriptEnabled: false });
    if (visitor === undefined) return;
    const { page, context } = visitor;
    await choose(page, files.genuine, WORDS.nl.submit);
    assert.equal(await page.locator('h1').textContent(), WORDS.nl.genuine);
    assert.equal(await page.locator('[data-print]').isVisible(), false);
    const finding = page.locator('.ebox-checks__finding').first();
    assert.equal(await finding.isVisible(), false);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await finding.isVisible(), true);
    await context.close();
  });
});
