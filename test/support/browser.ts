/** A real browser: Debian's Chromium, driven over its own protocol, and what it finds on a page that keeps people out. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export { barriersOf, scrollsSideways } from '../../src/cli/page-barriers.ts';

/** Widths at which every page is looked at: the narrowest that WCAG 2.2 asks for (1.4.10), and a desktop. */
export const WIDTHS = [320, 1280] as const;

/** Starts Chromium. Call `needsTool(t, 'chromium')` first. */
export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}

export interface VisitorOptions {
  readonly language: string;
  readonly width?: number;
  readonly javaScriptEnabled?: boolean;
}

/** Somebody in front of a browser of their own. */
export interface BrowserVisitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: blocked by the policy, failed, thrown. */
  readonly complaints: readonly string[];
}

/** Opens a window with cookies of its own. */
export async function openWindow(
  browser: Browser,
  baseURL: string,
  { language, width = 1280, javaScriptEnabled = true }: VisitorOptions,
): Promise<BrowserVisitor> {
  const context = await browser.newContext({
    baseURL,
    locale: language,
    viewport: { width, height: width < 600 ? 640 : 900 },
    javaScriptEnabled,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A page that says why there is no other has the status of a refusal, which Chromium calls an error.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** Logs a demo person in, once the page asks for it. */
export async function chooseDemoPerson(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
}
