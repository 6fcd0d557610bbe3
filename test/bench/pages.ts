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
  readonly requests: number;
  /** The longest chain of requests that waited for one another: what the network's delay is paid for so many times. */
  readonly roundTrips: number;
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
  let [bytes, requests] = [0, 0];
  devTools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  await page.goto(path, { waitUntil: 'networkidle' });
  const [firstPaint, loaded] = await page.evaluate<[number, number]>(
    `[performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.timing.loadEventEnd - performance.timing.navigationStart]`,
  );
  const spans = await page.evaluate<Span[]>(
    `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(({ startTime, responseEnd }) => [startTime, responseEnd])`,
  );
  await context.close();
  return { firstPaint: Math.round(firstPaint), loaded, bytes, requests, roundTrips: longestChain(spans) };
}

/** When a request began and when its answer was there. */
type Span = readonly [begun: number, ended: number];

function longestChain(spans: readonly Span[]): number {
  const inOrder = [...spans].sort(([one], [other]) => one - other);
  const chains = new Map<Span, number>();
  for (const span of inOrder) {
    const before = inOrder.filter(([, ended]) => ended <= span[0]).map((one) => chains.get(one) ?? 0);
    chains.set(span, 1 + Math.max(0, ...before));
  }
  return Math.max(...chains.values());
}

function median(visits: readonly Visit[]): Visit {
  const middle = (of: (visit: Visit) => number) =>
    visits.map(of).sort((one, other) => one - other)[Math.floor(visits.length / 2)] ?? 0;
  return {
    firstPaint: middle((one) => one.firstPaint),
    loaded: middle((one) => one.loaded),
    bytes: middle((one) => one.bytes),
    requests: middle((one) => one.requests),
    roundTrips: middle((one) => one.roundTrips),
  };
}
