/** `ebox screenshots`: every page in four languages at two widths, of a service with demonstration data. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { readConfig } from '../config.ts';
import { PAGE_LANGUAGES, type PageLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import { createLog } from '../log.ts';
import { type RunningService, startService } from '../service.ts';
import { createDemoClient } from './demo-client.ts';
import { createWire } from './demo-wire.ts';
import { barriersOf, scrollsSideways } from './page-barriers.ts';
import { BATCH_GUARDS, tellBatches } from './screenshot-batches.ts';
import { tellDesk } from './screenshot-desk.ts';
import { tellGrounds } from './screenshot-grounds.ts';
import { tellLetters } from './screenshot-letters.ts';
import { tellStory } from './screenshot-story.ts';
import { startWebhookReceiver, tellWebhook } from './screenshot-webhook.ts';
import { type Shot, type Shown, shotsOf } from './shots.ts';

/** The narrowest that WCAG 2.2 asks for (1.4.10), and a desktop. */
const WIDTHS = [320, 1280] as const;
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface ScreenshotOptions {
  readonly to?: string | undefined;
  /** Words with commas between them: pictures with one of them in their name, such as `city-flow` or `-fr-320`. */
  readonly only?: string | undefined;
  /** Whether each page is asked for what keeps people out as well. */
  readonly check: boolean;
  readonly json: boolean;
}

/** Takes them on a data folder of its own, emptied first; gives status 0 once all are there and nothing keeps people out. */
export async function takeScreenshots({ to, only = '', check, json }: ScreenshotOptions): Promise<number> {
  const folder = to ?? 'screenshots';
  const browser = await openBrowser();
  try {
    const dataDir = join(readConfig().dataDir, 'screenshots');
    rmSync(dataDir, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const settings = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn', SETTLE_AFTER_SECONDS: '0' };
    const receiver = await startWebhookReceiver();
    const webhooks = { WEBHOOK_ORIGINS: receiver.origin, WEBHOOK_ADDRESSES: 'any' };
    const limits = { LIMIT_CLIENT: '1000000', LIMIT_PERSON: '1000000', LIMIT_ADDRESS: '1000000' };
    const config = readConfig({
      ...settings,
      ...webhooks,
      ...limits,
      ...BATCH_GUARDS,
      MAIL_AFTER_SECONDS: '0',
    });
    const service = await startService(config, createLog(config.logLevel));
    try {
      const story = await tellAll(browser, service, join(dataDir, 'login'), receiver.origin);
      const session = { browser, url: service.url, folder, only: only.split(','), check, story };
      const found: Taken[] = [];
      for (const language of PAGE_LANGUAGES) found.push(...(await takeAll({ ...session, language })));
      return tell(folder, found, { check, json });
    } finally {
      await service.stop();
      await receiver.stop();
    }
  } finally {
    await browser.close();
  }
}

/** A picture, and what keeps people out of its page. */
interface Taken {
  readonly picture: string;
  readonly barriers: readonly string[];
}

function tell(
  folder: string,
  found: readonly Taken[],
  { check, json }: Pick<ScreenshotOptions, 'check' | 'json'>,
): number {
  const taken = found.length;
  const barriers = found.flatMap((one) => one.barriers.map((barrier) => `${one.picture}: ${barrier}`));
  if (json)
    process.stdout.write(
      `${JSON.stringify({ folder, taken, ...(check && { barriers: barriers.length }) })}\n`,
    );
  else
    process.stdout.write(`${taken} pictures in ${folder}${check ? `, ${barriers.length} barriers` : ''}\n`);
  for (const barrier of barriers) process.stderr.write(`${barrier}\n`);
  return barriers.length === 0 ? 0 : 1;
}

/** Has everything come about that pages show. */
async function tellAll(
  browser: Browser,
  service: RunningService,
  folder: string,
  origin: string,
): Promise<Shown> {
  const { url } = service;
  const { issuer, mailPages } = service.composition.parts;
  const login = { issuer, folder, publicUrl: url };
  const wire = createWire(url, login);
  const webhook = await tellWebhook(browser, url, origin);
  const story = await tellStory(createDemoClient(url, login));
  const letters = await tellLetters(wire);
  const grounds = await tellGrounds(wire);
  const batches = await tellBatches(browser, url);
  const desk = { ...grounds, ...(await tellDesk(wire, service, grounds)), webhook };
  return { ...story, ...letters, batches, desk, mailPages };
}

async function openBrowser(): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new ServiceError(
      'configurationInvalid',
      `no browser: install Chromium (one of ${CHROMIUM.join(', ')})`,
    );
  // Only this command drives a browser, so it is no dependency of the service.
  const { chromium } = await import('playwright-core').catch((cause: unknown) => {
    throw new ServiceError('configurationInvalid', 'the package playwright-core is not installed', { cause });
  });
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

interface Session {
  readonly browser: Browser;
  readonly url: string;
  readonly folder: string;
  readonly only: readonly string[];
  readonly check: boolean;
  readonly language: PageLanguage;
  readonly story: Shown;
}

/** Waits for pictures; one far down the page is loaded when somebody comes near it, which nobody does here. */
async function loadPictures(page: Page): Promise<void> {
  const pictures = page.locator('main img');
  for (const picture of await pictures.all()) {
    await picture.scrollIntoViewIfNeeded();
    await picture.evaluate('(one) => one.decode()');
  }
  await page.waitForLoadState('networkidle');
}

/** Takes the pages of each kind of visitor in one language. */
async function takeAll({ browser, url, folder, only, check, language, story }: Session): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const { name, person, shots } of shotsOf(story)) {
    const nameOf = (shot: Shot, width: number) => `${name}-${shot.name}-${language}-${width}`;
    const widthsOf = (shot: Shot) =>
      WIDTHS.filter((width) => only.some((word) => nameOf(shot, width).includes(word)));
    const wanted = shots.filter((shot) => widthsOf(shot).length > 0);
    if (wanted.length === 0) continue;
    const context = await browser.newContext({ baseURL: url, locale: language, reducedMotion: 'reduce' });
    const page = await openFor(context, person);
    for (const shot of wanted) {
      await reach(page, shot);
      await loadPictures(page);
      for (const width of widthsOf(shot)) {
        await page.setViewportSize({ width, height: width < 600 ? 640 : 900 });
        const picture = nameOf(shot, width);
        await page.screenshot({ path: join(folder, `${picture}.png`), fullPage: true });
        taken.push({ picture, barriers: check ? await allBarriersOf(page) : [] });
      }
    }
    await context.close();
  }
  return taken;
}

async function allBarriersOf(page: Page): Promise<string[]> {
  const sideways = (await scrollsSideways(page)) ? ['must be moved sideways (WCAG 2.2, 1.4.10)'] : [];
  return [...sideways, ...(await barriersOf(page))];
}

async function openFor(context: BrowserContext, person: string | undefined): Promise<Page> {
  const page = await context.newPage();
  if (person === undefined) return page;
  await page.goto('/login?to=/');
  await page.getByRole('button', { name: person }).click();
  await page.waitForURL((url) => url.pathname === '/');
  return page;
}

async function reach(page: Page, { path, act }: Shot): Promise<void> {
  await page.goto(path);
  await act?.(page);
  await page.waitForLoadState('networkidle');
}
