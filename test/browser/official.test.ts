/** An official in front of a browser: sends a batch, sees every error beforehand, starts it and watches it to its end. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { registerFile } from '../../src/cli/demo-input.ts';
import { sealFileName } from '../../src/workflows/batch-row.ts';
import {
  barriersOf,
  chooseDemoPerson,
  openBrowser,
  openWindow,
  scrollsSideways,
  type VisitorOptions,
} from '../support/browser.ts';
import { createClient } from '../support/client.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const NO_PERSON = '81022903534';

/** Quarantined days of a month, one a demo person, and a row without a person. */
function daysIn(month: string): Buffer {
  const rows = ['lena', 'amelie', 'lukasz', 'serban'].map(
    (personId, index) => `${personId};${demoSsin(personId)};${month}-0${index + 1};1900012343;145`,
  );
  const header = 'reference;ssin;date;enterpriseNumber;jointCommittee';
  return Buffer.from([header, ...rows, `wrong;${NO_PERSON};${month}-09;1900012343;145`, ''].join('\r\n'));
}

/** Rows of the long batch: more when asked for, as each costs time. */
const MANY = Number(process.env['BATCH_ROWS'] ?? '40');

/** As many rows: 25 days of a month for each of four persons, in months of their own. */
function manyRows(count: number): Buffer {
  const persons = ['lena', 'amelie', 'lukasz', 'serban'];
  const rows = Array.from({ length: count }, (_, at) => {
    const month = new Date(Date.UTC(2021, 6 + Math.floor(at / 100), 1)).toISOString().slice(0, 7);
    const day = String((Math.floor(at / 4) % 25) + 1).padStart(2, '0');
    return `${at};${demoSsin(persons[at % 4] ?? '')};${month}-${day};1900012343;145`;
  });
  return Buffer.from(['reference;ssin;date;enterpriseNumber;jointCommittee', ...rows, ''].join('\r\n'));
}

interface Words {
  readonly fault: string;
  readonly send: string;
  readonly start: string;
  readonly done: string;
  readonly rejects: RegExp;
  readonly issued: string;
}

const WORDS = {
  nl: {
    fault: 'Er is een probleem met het bestand',
    send: 'Versturen en controleren',
    start: 'Zending starten',
    done: 'De zending is klaar',
    rejects: /De rijen met een fout/,
    issued: 'Uitgereikt',
  },
  fr: {
    fault: 'Il y a un problème avec le fichier',
    send: 'Envoyer et vérifier',
    start: 'Démarrer l’envoi',
    done: 'L’envoi est terminé',
    rejects: /Les lignes avec une erreur/,
    issued: 'Délivrées',
  },
} as const satisfies Record<string, Words>;

describe('an official at the desk', () => {
  let service: TestService;
  let browser: Browser | undefined;

  before(async () => {
    service = await startTestService();
    await createClient(service).load(registerFile());
  });
  after(async () => {
    await browser?.close();
    await service.stop();
  });

  const enter = async (options: VisitorOptions, name: string) => {
    browser ??= await openBrowser();
    const window = await openWindow(browser, service.url, options);
    await window.page.goto('/agency');
    await chooseDemoPerson(window.page, name);
    await window.page.waitForURL('**/agency');
    return window;
  };

  const send = async (page: Page, words: Words, name: string, buffer: Buffer) => {
    await page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer });
    await page.getByRole('button', { name: words.send }).click();
  };

  const check = async (page: Page) => {
    assert.deepEqual(await barriersOf(page), []);
    assert.equal(await scrollsSideways(page), false);
  };

  for (const [language, name, month, width] of [
    ['nl', 'Hanne', '2021-03', 1280],
    ['fr', 'Thomas', '2021-04', 320],
  ] as const) {
    it(`sends a batch, sees its errors, starts it and watches it, in ${language} at ${width} px`, async (t) => {
      if (!needsTool(t, 'chromium')) return;
      const words = WORDS[language];
      const { page, context, complaints } = await enter({ language, width }, name);
      await check(page);

      await send(page, words, 'letter.docx', Buffer.from('PK\u0003\u0004 no table'));
      await page.getByRole('heading', { name: words.fault }).waitFor();
      await check(page);

      await send(page, words, 'days.csv', daysIn(month));
      await page.waitForURL(/\/agency\/batches\/[\w-]+$/);
      await page.getByRole('button', { name: words.start }).waitFor();
      await check(page);
      assert.match((await page.locator('main').textContent()) ?? '', /00024-003/);
      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name: words.rejects }).click();
      const rejects = readFileSync(await (await saved).path(), 'utf8');
      assert.ok(rejects.includes(NO_PERSON) && !rejects.includes(demoSsin('lena')));

      await page.getByRole('button', { name: words.start }).click();
      // The page comes to its end by itself.
      await page.getByRole('heading', { name: words.done }).waitFor({ timeout: 60_000 });
      await check(page);
      const issued = page.getByRole('row').filter({ hasText: words.issued }).first();
      assert.match((await issued.textContent()) ?? '', /4/);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  it('sends many rows, follows them to their end and takes them all back, in nl', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context } = await enter({ language: 'nl' }, 'Thomas');
    await send(page, WORDS.nl, 'many.csv', manyRows(MANY));
    await page.getByRole('button', { name: WORDS.nl.start }).click();
    await page.getByRole('heading', { name: WORDS.nl.done }).waitFor({ timeout: 240_000 });
    const place = page.url();
    const [before] = await service.database.query<{ issued: number }>(
      `select count(*)::int as issued from attestation where state = 'issued'`,
    );
    await page.getByText('Was deze zending een vergissing?').click();
    await check(page);
    await page.getByRole('button', { name: 'Zending terugroepen' }).click();
    await page.getByRole('heading', { name: 'De zending is teruggeroepen' }).waitFor({ timeout: 240_000 });
    await page.goto(place);
    assert.match((await page.locator('main').textContent()) ?? '', new RegExp(MANY.toLocaleString('nl-BE')));
    const [after] = await service.database.query<{ issued: number }>(
      `select count(*)::int as issued from attestation where state = 'issued'`,
    );
    assert.equal((before?.issued ?? 0) - (after?.issued ?? 0), 4 * Math.ceil(MANY / 100));
    await context.close();
  });

  it('is led to the login, or told, when the batch that is watched may not be seen any more', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context } = await enter({ language: 'nl' }, 'Thomas');
    const { newId, vault } = service.service.composition.services;
    const batchId = newId();
    await service.database.query(
      `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once, row_count, checked_count, ended_count, issued_count)
       values ($1, '1900045601', 'payroll', 'csv', $2, 'checking', true, 10, 5, 0, 0)`,
      [batchId, sealFileName(vault, batchId, 'big.csv')],
    );
    await page.goto(`/agency/batches/${batchId}`);
    await page.locator('[data-live]').waitFor();
    await context.clearCookies();
    await chooseDemoPerson(page, 'Thomas');
    await page.locator('[data-live]').waitFor();
    await page.route('**/agency/batches/*', (route) =>
      route.fulfill({ status: 403, contentType: 'text/html', body: '<h1>Refused</h1>' }),
    );
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
    await context.close();
  });

  it('watches a batch to its end without a script', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    const { page, context } = await enter({ language: 'nl', javaScriptEnabled: false }, 'Hanne');
    await send(page, WORDS.nl, 'days.csv', daysIn('2021-05'));
    await page.getByRole('button', { name: WORDS.nl.start }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: WORDS.nl.start }).click();
    await page.getByRole('heading', { name: WORDS.nl.done }).waitFor({ timeout: 60_000 });
    await context.close();
  });
});
