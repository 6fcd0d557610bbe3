/** Where a sender is told what became of its messages, before pages are photographed: a receiver, and the page that names it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { LOOPBACK } from '../embedded/loopback.ts';
import { deskOf } from './screenshot-batches.ts';

export interface WebhookReceiver {
  /** Without a slash at its end. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts a receiver that takes most of what it is told; each fourth time it is out of order. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    response.writeHead(asked % 4 === 0 ? 503 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  // Nothing waits for it, should the service never start.
  server.unref();
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://${LOOPBACK}:${port}`, stop };
}

/** Names it at the desk, and gives the address of its page. */
export async function tellWebhook(browser: Browser, url: string, origin: string): Promise<string> {
  const page = await deskOf(browser, url, 'Hanne');
  await page.goto('/desk/webhooks');
  await page.locator('#url').fill(`${origin}/ebox-events`);
  await page.locator('form[action="/desk/webhooks"] button').click();
  await page.locator('#secret').waitFor();
  await page.goto('/desk/webhooks');
  const path = await page.locator('.ebox-list__title a').first().getAttribute('href');
  await page.context().close();
  return path ?? '';
}
