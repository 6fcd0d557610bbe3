/** Which pages are photographed, by whom they are looked at and what is done on them before. */
import type { Page } from 'playwright-core';
import type { ToldBatches } from './screenshot-batches.ts';
import type { ToldDesk } from './screenshot-desk.ts';
import type { ToldGrounds } from './screenshot-grounds.ts';
import { LETTER, type ToldLetters } from './screenshot-letters.ts';
import type { Story } from './screenshot-story.ts';
import { batchShots, cityShots, officialShots, payrollShots } from './shots-desk.ts';

/** What pages show. */
export interface Shown extends Story, ToldLetters {
  readonly batches: ToldBatches;
  readonly desk: ToldGrounds & ToldDesk & { readonly webhook: string };
  /** Where the mails of the embedded mail server are read. */
  readonly mailPages: string | undefined;
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
    { name: 'agent', person: 'Amélie', shots: AGENT },
    { name: 'ended', person: 'Șerban', shots: ENDED },
    { name: 'official', person: 'Hanne', shots: [...officialShots(story), ...batchShots(story.batches)] },
    { name: 'payroll', person: 'Thomas', shots: payrollShots(story) },
    { name: 'city', person: 'Nadia', shots: cityShots(story) },
    { name: 'mail', shots: mails(story.mailPages) },
  ];
}

interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const pdf = (name: string, buffer: Buffer): ChosenFile => ({
  name: `${name}.pdf`,
  mimeType: 'application/pdf',
  buffer,
});

/** Chooses files, sends them and opens all that is folded up. */
const verified = (name: string, files: readonly ChosenFile[]): Shot => ({
  name: `verified-${name}`,
  path: '/verify',
  act: async (page) => {
    await page.locator('#file').setInputFiles([...files]);
    await page.locator('form[action="/verify"] button[type=submit]').click();
    await page.waitForURL(/\/verify\/reports?/);
    await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
  },
});

/** Presses a button, if what it does was not done yet. */
const pressed = (selector: string) => async (page: Page) => {
  const button = page.locator(selector);
  if ((await button.count()) === 0) return;
  await button.first().click();
  await page.waitForLoadState('networkidle');
};

function anybody({ genuine, superseded, revoked, forged }: Story): readonly Shot[] {
  const several = [
    ...[genuine, superseded, revoked, forged, LETTER].map((buffer, at) => pdf(`${at + 1}`, buffer)),
    { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no PDF') },
  ];
  return [
    { name: 'home', path: '/' },
    { name: 'verify', path: '/verify' },
    { name: 'verify-nothing', path: '/verify', act: pressed('form[action="/verify"] button[type=submit]') },
    { name: 'verify-typed', path: '/verify', act: pressed('form[action="/verify/code"] button') },
    { name: 'verify-offline', path: '/verify/offline' },
    verified('genuine', [pdf('genuine', genuine)]),
    verified('superseded', [pdf('superseded', superseded)]),
    verified('revoked', [pdf('revoked', revoked)]),
    verified('forged', [pdf('forged', forged)]),
    verified('foreign', [pdf('letter', LETTER)]),
    verified('several', several),
    { name: 'code-unknown', path: '/v/AAAAAAAAAAAAAAAAAAAAAA' },
    { name: 'report-gone', path: '/verify/report?check=0193f0aa-0000-7000-8000-000000000001' },
    { name: 'accessibility', path: '/accessibility' },
    { name: 'developer', path: '/developer' },
    { name: 'developer-verification', path: '/developer/verification' },
    { name: 'problems', path: '/problems' },
    { name: 'problem', path: '/problems/badRequest' },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'goodbye', path: '/goodbye' },
  ];
}

/** The link that shares the message on the page, made if there is none. */
async function linkOn(page: Page): Promise<string> {
  const links = page.locator('[id^="share-"]');
  if ((await links.count()) === 0) await page.locator('form[action$="/share"] button').click();
  return links.first().inputValue();
}

function citizen({ newest, former, archived, ending }: Shown): readonly Shot[] {
  return [
    { name: 'inbox', path: '/inbox' },
    { name: 'inbox-nothing-found', path: '/inbox?q=xyz' },
    { name: 'message', path: `/inbox/${newest}` },
    {
      name: 'message-shared',
      path: `/inbox/${newest}`,
      act: async (page) => {
        const link = await linkOn(page);
        const other = await page.context().newPage();
        await other.goto(link);
        await other.close();
        await page.reload();
      },
    },
    {
      name: 'shared',
      path: `/inbox/${newest}`,
      act: async (page) => {
        await page.goto(await linkOn(page));
      },
    },
    { name: 'message-superseded', path: `/inbox/${former}` },
    { name: 'message-ending', path: `/inbox/${ending}` },
    { name: 'message-paper', path: `/inbox/${newest}`, act: pressed('form[action$="/paper"] button') },
    { name: 'message-archived', path: `/inbox/${archived}`, act: pressed('form[action$="/archive"] button') },
    { name: 'inbox-archive', path: '/inbox?show=archive' },
    { name: 'my-data', path: '/my-data' },
    { name: 'my-data-own', path: '/my-data?own' },
    { name: 'mandates', path: '/mandates' },
    { name: 'notices', path: '/my-data/notices' },
    { name: 'sessions', path: '/sessions' },
    { name: 'not-official', path: '/agency' },
  ];
}

/** Somebody with a mandate, who acts from the second picture on. */
const AGENT: readonly Shot[] = [
  { name: 'mandates', path: '/mandates', act: pressed('form[action="/mandates/end"] button') },
  { name: 'inbox', path: '/mandates', act: pressed('.ebox-mandate form[action="/mandates/choose"] button') },
  { name: 'my-data', path: '/my-data' },
  { name: 'mandates-acting', path: '/mandates' },
  { name: 'not-mandated', path: '/my-data/notices' },
];

/** A form is sent after the session was ended from another browser. */
const ENDED: readonly Shot[] = [
  {
    name: 'session',
    path: '/my-data/notices',
    act: async (page) => {
      const { origin } = new URL(page.url());
      const other = await page.context().browser()?.newContext({ baseURL: origin });
      const window = await other?.newPage();
      await window?.goto('/sessions');
      await window?.getByRole('button', { name: 'Șerban' }).click();
      await window?.locator('form[action="/sessions/end"] button').last().click();
      await window?.waitForLoadState('networkidle');
      await other?.close();
      await page.locator('form[action="/my-data/notices"] button').click();
      await page.waitForLoadState('networkidle');
    },
  },
];

/** The mails that were sent, and one in each language that a person has. */
function mails(path: string | undefined): readonly Shot[] {
  if (path === undefined) return [];
  const mailTo = (name: string): Shot => ({
    name: `to-${name}`,
    path,
    act: async (page) => {
      await page
        .locator('li a', { hasText: `${name}@example.org` })
        .last()
        .click();
      await page.waitForLoadState('networkidle');
    },
  });
  return [{ name: 'list', path }, mailTo('lena'), mailTo('amelie'), mailTo('lukasz')];
}
