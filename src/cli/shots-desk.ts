/** The pictures of a desk: what officials of the institution, of a payroll provider and of a city look at. */
import type { Page } from 'playwright-core';
import { DEMO_CITIZENS } from '../embedded/demo.ts';
import type { ToldBatches } from './screenshot-batches.ts';
import type { Shot, Shown } from './shots.ts';

/** What the institution sees. */
export function officialShots({ desk }: Shown): readonly Shot[] {
  return [
    { name: 'desk', path: '/desk' },
    { name: 'statistics', path: '/desk/statistics' },
    { name: 'access', path: '/desk/access' },
    { name: 'access-decide', path: desk.asked },
    { name: 'webhooks', path: '/desk/webhooks' },
    { name: 'webhook', path: desk.webhook, act: unfold },
    { name: 'held', path: '/desk/held', act: unfold },
    {
      name: 'held-fault',
      path: '/desk/held',
      act: async (page) => {
        await unfold(page);
        await page.locator('button[value=release]').first().click();
        await page.locator('.govuk-error-summary').waitFor();
      },
    },
    { name: 'operations', path: '/desk/operations' },
    {
      name: 'operations-probed',
      path: '/desk/operations',
      act: async (page) => {
        await page.locator('form[action="/desk/operations/probe"] button').click();
        await page.waitForLoadState('networkidle');
      },
    },
    { name: 'agency', path: '/agency' },
    { name: 'declaration', path: '/agency/declaration' },
    { name: 'declaration-unknown', path: '/agency/declaration?id=1' },
    { name: 'mandates', path: '/mandates' },
  ];
}

const unfold = (page: Page) =>
  page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));

/** Batches in each state, and a file that is no table. */
export function batchShots({ checked, awaiting, done, recalled }: ToldBatches): readonly Shot[] {
  return [
    { name: 'batch-checked', path: checked },
    { name: 'batch-awaiting', path: awaiting },
    { name: 'batch-done', path: done },
    { name: 'batch-recalled', path: recalled },
    {
      name: 'batch-no-table',
      path: '/agency',
      act: async (page) => {
        const file = { name: 'letter.docx', mimeType: 'text/csv', buffer: Buffer.from('PK no table') };
        await page.locator('input[type=file]').setInputFiles(file);
        await page.locator('form[action="/agency/batches"] button').click();
        await page.locator('.govuk-error-summary').waitFor();
      },
    },
  ];
}

/** What a payroll provider sees, for itself and, in the last pictures, for an employer. */
export function payrollShots({ batches, refused }: Shown): readonly Shot[] {
  return [
    {
      name: 'employers',
      path: '/mandates',
      act: async (page) => {
        const end = page.locator('form[action="/mandates/end"] button');
        if ((await end.count()) > 0) await end.first().click();
      },
    },
    { name: 'batch-canary', path: batches.canary },
    { name: 'declarations', path: '/agency/declaration' },
    { name: 'declarations-refused', path: '/agency/declaration?only=refused' },
    { name: 'declaration-refused', path: `/agency/declaration?id=${refused}` },
    {
      name: 'employer-chosen',
      path: '/mandates',
      act: async (page) => {
        await page.locator('.ebox-mandate form[action="/mandates/choose"] button').first().click();
        await page.waitForURL('**/agency');
      },
    },
  ];
}

const SSIN = DEMO_CITIZENS[0]?.ssin ?? '';

/** Asks about Lena; `kind` is what is asked on the deliberation. */
const lookedUp = (kind: string, ssin = SSIN): Shot => ({
  name: `look-up-${kind.split('/')[0]}${ssin === SSIN ? '' : '-fault'}`,
  path: '/desk/look-up',
  act: async (page) => {
    const value = await page.locator(`#question option[value$="/${kind}"]`).first().getAttribute('value');
    await page.locator('#question').selectOption(value);
    await page.locator('#ssin').fill(ssin);
    await page.locator('#date').fill('2021-03-03');
    await page.locator('#reason').fill('Dossier A/44');
    await page.locator('form[action="/desk/look-up"] button').click();
    await page.locator('#answer, .govuk-error-summary').first().waitFor();
  },
});

const counted = (name: string, query: string): Shot => ({
  name: `statistics-${name}`,
  path: `/desk/statistics?${query}&from=2021-03&until=2021-04`,
});

/** What a city sees. */
export function cityShots({ desk: { counts, run, refused } }: Shown): readonly Shot[] {
  return [
    { name: 'desk', path: '/desk' },
    { name: 'look-up', path: '/desk/look-up' },
    lookedUp('status/quarantine'),
    lookedUp('attestation/quarantine'),
    lookedUp('status/quarantine', '1'),
    { name: 'flows', path: '/desk/flows' },
    { name: 'flow', path: run.replace(/\/runs\/.*/, '') },
    { name: 'flow-not-ordered', path: '/desk/flows/social-statuses' },
    { name: 'flow-run', path: run },
    counted('age', `table=persons-by-age&ground=${counts}/pension`),
    counted('place', `table=persons-by-place&ground=${counts}/pension`),
    counted('use', 'table=use'),
    counted('fault', 'table=persons-by-age'),
    { name: 'access', path: '/desk/access' },
    { name: 'access-refused', path: refused },
    { name: 'access-ask', path: '/desk/access/ask' },
    { name: 'webhooks', path: '/desk/webhooks' },
  ];
}
