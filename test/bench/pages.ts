/** How soon a page is there on a phone: a slow network and a slow processor, as Lighthouse's mobile profile has them. */
import type { Browser } from 'playwright-core';
import { openBrowser, openWindow } from '../support/browser.ts';
import { startTestService } from '../support/service.ts';

/** 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up; a processor four times slower. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const SLOWER = 4;
const VISITS = 7;
const PATHS = ['/', '/verify'] as const;

interface Visit {
  /** Milliseconds until something could be read, and until all was there. */
  readonly firstPaint: number;
  readonly loaded: number;
  readonly bytes: number;
}

/** Opens each page some times as somebody who was never there; gives the medians. */
export async function benchPages() {
  const service = await startTestService();
  const browser = await openBrowser();
  try {
    const pages: Record<string, Visit> = {};
    for (const path of PATHS) {
      const visits: Visit[] = [];
      for (let visit = 0; visit < VISITS; visit += 1)
        visits.push(await visitOnce(browser, service.url, path));
      pages[path] = median(visits);
    }
    return { profile: { ...NETWORK, slower: SLOWER }, visits: VISITS, pages, summary: pages };
  } finally {
    await browser.close();
    await service.stop();
  }
}

async function visitOnce(browser: Browser, url: string, path: string): Promise<Visit> {
  const { page, context } = await openWindow(browser, url, { language: 'nl', width: 320 });
  const devTools = await context.newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.emulateNetworkConditions', NETWORK);
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  let bytes = 0;
  devTools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(path, { waitUntil: 'networkidle' });
  const [firstPaint, loaded] = await page.evaluate<[number, number]>(
    `[performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.timing.loadEventEnd - performance.timing.navigationStart]`,
  );
  await context.close();
  return { firstPaint: Math.round(firstPaint), loaded, bytes };
}

function median(visits: readonly Visit[]): Visit {
  const middle = (of: (visit: Visit) => number) =>
    visits.map(of).sort((one, other) => one - other)[Math.floor(visits.length / 2)] ?? 0;
  return {
    firstPaint: middle((one) => one.firstPaint),
    loaded: middle((one) => one.loaded),
    bytes: middle((one) => one.bytes),
  };
}
