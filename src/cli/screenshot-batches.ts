/** Batches in each state, sent and started in a browser as officials do: what their pages show is photographed. */
import type { Browser, Page } from 'playwright-core';
import { DEMO_CITIZENS } from '../embedded/demo.ts';
import { CSV_COLUMNS } from '../flow/quarantine-csv.ts';

/** Which batches wait for somebody: of the institution larger ones for a colleague, of the payroll provider after two rows. */
export const BATCH_GUARDS = { BATCH_SECOND_ROWS: '1912345694=20', BATCH_CANARY: '1900045601=2' } as const;

/** The addresses of the pages of batches, by state. */
export interface ToldBatches {
  readonly checked: string;
  readonly awaiting: string;
  readonly done: string;
  readonly recalled: string;
  /** Of the payroll provider. */
  readonly canary: string;
}

const MONTHS_AGO = 3;
const NO_PERSON = '81022903534';

/** Has each of them come about. */
export async function tellBatches(browser: Browser, url: string): Promise<ToldBatches> {
  const hanne = await deskOf(browser, url, 'Hanne');
  const done = await sendAndStart(hanne, csv(1, 8));
  const recalled = await sendAndStart(hanne, csv(2, 8));
  await hanne
    .locator('details', { has: hanne.locator('button[value=recall]') })
    .locator('summary')
    .click();
  await hanne.locator('button[value=recall]').click();
  await hanne.locator('#progress-recalling, .ebox-outcomes').first().waitFor();
  const checked = await send(hanne, csv(MONTHS_AGO, 12, 3));
  const awaiting = await send(hanne, csv(MONTHS_AGO + 1, 24));
  const thomas = await deskOf(browser, url, 'Thomas');
  const canary = await send(thomas, csv(MONTHS_AGO + 2, 8));
  await thomas.locator('form[action$="/start"] button').click();
  await thomas.locator('#canary').waitFor();
  for (const page of [hanne, thomas]) await page.context().close();
  return { checked, awaiting, done, recalled, canary };
}

/** Opens a window in which an official is logged in, in Dutch. */
export async function deskOf(browser: Browser, url: string, name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'nl' });
  const page = await context.newPage();
  await page.goto('/agency');
  await page.getByRole('button', { name }).click();
  await page.waitForURL('**/agency');
  return page;
}

/** Sends a file and waits until it was checked; gives the address of its batch. */
async function send(page: Page, buffer: Buffer): Promise<string> {
  await page.goto('/agency');
  await page.setInputFiles('input[type=file]', { name: 'days.csv', mimeType: 'text/csv', buffer });
  await page.locator('form[action="/agency/batches"] button').click();
  await page.locator('#verdict').waitFor();
  return new URL(page.url()).pathname;
}

async function sendAndStart(page: Page, buffer: Buffer): Promise<string> {
  const path = await send(page, buffer);
  await page.locator('form[action$="/start"] button').click();
  await page.locator('.ebox-outcomes').waitFor();
  return path;
}

/** Days of a month of 2021 in turn for each demo person; the last rows name nobody. */
function csv(month: number, rows: number, wrong = 0): Buffer {
  const lines = Array.from({ length: rows + wrong }, (_, at) => {
    const ssin = at < rows ? DEMO_CITIZENS[at % DEMO_CITIZENS.length]?.ssin : NO_PERSON;
    const day = String(Math.floor(at / DEMO_CITIZENS.length) + 1).padStart(2, '0');
    return `${at + 1};${ssin};2021-${String(month + 3).padStart(2, '0')}-${day};1900012343;145`;
  });
  const header = Object.keys(CSV_COLUMNS).slice(0, 5).join(';');
  return Buffer.from([header, ...lines, ''].join('\r\n'));
}
