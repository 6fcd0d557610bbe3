/** Which pages are photographed, by whom they are looked at and what is done on them before. */
import type { Page } from 'playwright-core';
import type { ToldBatches } from './screenshot-batches.ts';
import type { Story } from './screenshot-story.ts';

/** What pages show. */
export interface Shown extends Story {
  readonly batches: ToldBatches;
}

export interface Shot {
  readonly name: string;
  readonly path: string;
  /** What is done on the page before. */
  readonly act?: (page: Page) => Promise<void>;
}

export interface Visitor {
  readonly name: string;
  /** The button of the demonstration login; missing for whoever does not log in. */
  readonly person?: string;
  readonly shots: readonly Shot[];
}

/** Gives every page by visitor. */
export function shotsOf(story: Shown): readonly Visitor[] {
  return [
    { name: 'anybody', shots: anybody(story) },
    { name: 'citizen', person: 'Lena', shots: citizen(story) },
    { name: 'former', person: 'Łukasz', shots: [{ name: 'withdrawn', path: `/inbox/${story.withdrawn}` }] },
    { name: 'official', person: 'Hanne', shots: [...OFFICIAL, ...batches(story.batches)] },
    { name: 'payroll', person: 'Thomas', shots: [{ name: 'batch-canary', path: story.batches.canary }] },
    { name: 'city', person: 'Nadia', shots: CITY },
  ];
}

function anybody(story: Story): readonly Shot[] {
  const verify = (name: 'genuine' | 'superseded' | 'revoked' | 'forged'): Shot => ({
    name: `verified-${name}`,
    path: '/verify',
    act: async (page) => {
      const file = { name: `${name}.pdf`, mimeType: 'application/pdf', buffer: story[name] };
      await page.locator('#file').setInputFiles(file);
      await page.locator('form[action="/verify"] button[type=submit]').click();
      await page.waitForURL(/\/verify\/report/);
      await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
    },
  });
  return [
    { name: 'home', path: '/' },
    { name: 'verify', path: '/verify' },
    { name: 'verify-offline', path: '/verify/offline' },
    verify('genuine'),
    verify('superseded'),
    verify('revoked'),
    verify('forged'),
    { name: 'code-unknown', path: '/v/AAAAAAAAAAAAAAAAAAAAAA' },
    { name: 'accessibility', path: '/accessibility' },
    { name: 'developer', path: '/developer' },
    { name: 'developer-verification', path: '/developer/verification' },
    { name: 'problems', path: '/problems' },
    { name: 'problem', path: '/problems/badRequest' },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'goodbye', path: '/goodbye' },
  ];
}

function citizen({ newest, former }: Story): readonly Shot[] {
  return [
    { name: 'inbox', path: '/inbox' },
    { name: 'inbox-nothing-found', path: '/inbox?q=xyz' },
    { name: 'message', path: `/inbox/${newest}` },
    {
      name: 'message-shared',
      path: `/inbox/${newest}`,
      act: async (page) => {
        const make = page.locator('form[action$="/share"] button');
        if ((await page.locator('[id^="share-"]').count()) === 0) await make.click();
        const link = await page.locator('[id^="share-"]').first().inputValue();
        const other = await page.context().newPage();
        await other.goto(link);
        await other.close();
        await page.reload();
      },
    },
    { name: 'message-superseded', path: `/inbox/${former}` },
    { name: 'my-data', path: '/my-data' },
    { name: 'mandates', path: '/mandates' },
    { name: 'notices', path: '/my-data/notices' },
    { name: 'sessions', path: '/sessions' },
  ];
}

function batches({ checked, awaiting, done, recalled }: ToldBatches): readonly Shot[] {
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

const CITY: readonly Shot[] = [
  { name: 'desk', path: '/desk' },
  { name: 'look-up', path: '/desk/look-up' },
  { name: 'flows', path: '/desk/flows' },
  { name: 'access-ask', path: '/desk/access/ask' },
];

const OFFICIAL: readonly Shot[] = [
  { name: 'desk', path: '/desk' },
  { name: 'statistics', path: '/desk/statistics' },
  { name: 'access', path: '/desk/access' },
  { name: 'webhooks', path: '/desk/webhooks' },
  { name: 'held', path: '/desk/held' },
  { name: 'operations', path: '/desk/operations' },
  { name: 'agency', path: '/agency' },
  { name: 'declaration', path: '/agency/declaration' },
  { name: 'declaration-unknown', path: '/agency/declaration?id=1' },
  { name: 'mandates', path: '/mandates' },
];
