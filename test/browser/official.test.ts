/** Officials in front of a browser: one sends a batch and sees every error, another starts it, watches it and takes it back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { sealFileName } from '../../src/workflows/batch-row.ts';
import { barriersOf, chooseDemoPerson, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

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
  const stage = setStage({ settings: { BATCH_SECOND_ROWS: '30' } });

  const send = async (page: Page, words: Words, name: string, buffer: Buffer) => {
    await page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer });
    await page.getByRole('button', { name: words.send }).click();
  };

  /** Narrow and wide; axe looks at one of them in turn, as what it finds seldom depends on that. */
  let turn = 0;
  const check = async (page: Page) => {
    turn += 1;
    for (const width of turn % 2 === 0 ? WIDTHS : WIDTHS.toReversed()) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await scrollsSideways(page), false, `${page.url()} ${width} px`);
    }
    assert.deepEqual(await barriersOf(page), [], page.url());
  };

  const countIssued = async () => {
    const [row] = await stage.service.database.query<{ issued: number }>(
      `select count(*)::int as issued from attestation where state = 'issued'`,
    );
    return row?.issued ?? 0;
  };

  it('sends a batch, sees its errors, starts it and watches it, in nl', async (t) => {
    const words = WORDS.nl;
    const visitor = await stage.enter(t, { language: 'nl' }, 'Hanne', '/agency');
    if (visitor === undefined) return;
    const { page, context, complaints } = visitor;
    await check(page);

    await send(page, words, 'letter.docx', Buffer.from('PK\u0003\u0004 no table'));
    await page.getByRole('heading', { name: words.fault }).waitFor();
    await check(page);

    await send(page, words, 'days.csv', daysIn('2021-03'));
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

  it('does so without a script, in fr at 320 px', async (t) => {
    const words = WORDS.fr;
    const options = { language: 'fr', width: 320, javaScriptEnabled: false };
    const visitor = await stage.enter(t, options, 'Thomas', '/agency');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    await send(page, words, 'days.csv', daysIn('2021-04'));
    await page.getByRole('button', { name: words.start }).waitFor();
    assert.equal(await scrollsSideways(page), false);
    await page.getByRole('button', { name: words.start }).click();
    await page.getByRole('heading', { name: words.done }).waitFor();
    assert.equal(await scrollsSideways(page), false);
    await context.close();
  });

  it('sends many rows; a colleague starts them, follows them to their end and takes them all back', async (t) => {
    const sender = await stage.enter(t, { language: 'nl' }, 'Hanne', '/agency');
    const colleague = await stage.enter(t, { language: 'nl' }, 'Joris', '/agency');
    if (sender === undefined || colleague === undefined) return;
    await send(sender.page, WORDS.nl, 'many.csv', manyRows(MANY));
    await sender.page
      .getByRole('heading', { name: 'Iemand anders moet starten' })
      .waitFor({ timeout: 240_000 });
    await check(sender.page);
    assert.equal(await sender.page.getByRole('button', { name: WORDS.nl.start }).count(), 0);
    await sender.context.close();

    const { page, context } = colleague;
    await page.reload();
    await page.getByRole('link', { name: 'many.csv' }).click();
    const before = await countIssued();
    await page.getByRole('button', { name: WORDS.nl.start }).click();
    await page.getByRole('heading', { name: WORDS.nl.done }).waitFor({ timeout: 240_000 });
    const place = page.url();
    const issued = (await countIssued()) - before;
    assert.equal(issued, 4 * Math.ceil(MANY / 100));
    await page.getByText('Was deze zending een vergissing?').click();
    await check(page);
    await page.getByRole('button', { name: 'Zending terugroepen' }).click();
    await page.getByRole('heading', { name: 'De zending is teruggeroepen' }).waitFor({ timeout: 240_000 });
    await page.goto(place);
    assert.match((await page.locator('main').textContent()) ?? '', new RegExp(MANY.toLocaleString('nl-BE')));
    assert.equal(await countIssued(), before);
    t.diagnostic(`${MANY} rows: ${issued} attestations issued and taken back`);
    await context.close();
  });

  it('is led to the login, or told, when the batch that is watched may not be seen any more', async (t) => {
    const visitor = await stage.enter(t, { language: 'nl' }, 'Thomas', '/agency');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    const { newId, vault } = stage.service.service.composition.services;
    const batchId = newId();
    await stage.service.database.query(
      `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once, row_count, checked_count, ended_count, issued_count)
       values ($1, '1900045601', 'payroll', 'csv', $2, 'checking', true, 10, 5, 0, 0)`,
      [batchId, sealFileName(vault, batchId, 'big.csv')],
    );
    await page.goto(`/agency/batches/${batchId}`);
    await page.locator('[data-live]').waitFor();
    await check(page);
    await context.clearCookies();
    await chooseDemoPerson(page, 'Thomas');
    await page.locator('[data-live]').waitFor();
    await page.route('**/agency/batches/*', (route) =>
      route.fulfill({ status: 403, contentType: 'text/html', body: '<h1>Refused</h1>' }),
    );
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
    await context.close();
  });
});
