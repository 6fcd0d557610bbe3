/** Codes checked in a browser whose network is cut: every verdict as the server gives it, and nobody kept out. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { encode } from 'uqr';
import { type Es256Signer, type OfflineClaims, writeOfflineCode } from '../../src/code/offline-code.ts';
import { attestEachState, type Scene, startScene } from '../http/scene.ts';
import { barriersOf, openBrowser, openWindow, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { needsTool } from '../support/needs.ts';
import { claims, codeKeys } from '../support/offline.ts';
import { type Relay, startRelay } from '../support/relay.ts';

const PAGE = '/verify/offline';
const PATH = '/verifications/v1/verifications/code';
/** Of what is fetched before somebody can check a code. */
const MOST_BYTES = 100_000;

let scene: Scene;
let browser: Browser | undefined;
/** The network between the browser and the service; its port stays taken once it is gone, so nobody else answers there. */
let network: Relay;
let origin: string;
before(async () => {
  scene = await startScene();
  await attestEachState(scene);
  network = await startRelay(Number(new URL(scene.service.url).port));
  origin = `http://localhost:${network.port}`;
});
after(async () => {
  await browser?.close();
  network.stop();
  await scene.stop();
});

/** One code for each verdict, by the name that the page gives to it. */
async function makeCodes(): Promise<Readonly<Record<string, string>>> {
  const { codeSigner } = scene.service.service.composition.services;
  const rows = await scene.service.database.query<{
    state: string;
    number: string;
    list: number;
    index: number;
  }>(`select state, number, status_list as list, status_index as index from attestation`);
  const of = (state: string, change: Partial<OfflineClaims> = {}, signer: Es256Signer = codeSigner) => {
    const row = rows.find((one) => one.state === state);
    assert.ok(row !== undefined, state);
    const { number, list, index } = row;
    const written = claims({ issuedAt: new Date(), number, status: { list, index }, ...change });
    return writeOfflineCode(written, signer);
  };
  const stranger = codeKeys().signer;
  const past = { issuedAt: new Date(Date.now() - 2e9), expiresAt: new Date(Date.now() - 1e9) };
  return {
    valid: await of('issued'),
    superseded: await of('superseded'),
    revoked: await of('revoked'),
    outOfTime: await of('issued', past),
    unknownKey: await of('issued', {}, stranger),
    forged: await of(
      'issued',
      {},
      {
        keyId: codeSigner.keyId,
        sign: (data) => stranger.sign(data),
      },
    ),
    unchecked: await of('issued', { status: { list: 7, index: 1 } }),
  };
}

/** What the server says of a code, by the same names. */
async function askServer(code: string): Promise<string> {
  const { body } = await scene.api.call('post', PATH, { body: { code } });
  return body.offline.outcome === 'genuine' ? body.status : body.offline.outcome;
}

async function checkIn(page: Page, code: string): Promise<string | null> {
  await page.locator('#result').evaluate((element) => element.removeAttribute('data-kind'));
  await page.locator('#text').fill(code);
  await page.locator('#typed button').click();
  await page.locator('#result[data-kind]').waitFor();
  return page.locator('#result').getAttribute('data-kind');
}

/** A photograph of a code: dark modules of four pixels on a light ground. */
function pictureOf(text: string): Buffer {
  const { data, size } = encode(text, { border: 4 });
  const png = new PNG({ width: size * 4, height: size * 4 });
  for (let at = 0; at < png.width * png.height; at += 1) {
    const isDark = data[Math.floor(at / png.width / 4)]?.[Math.floor((at % png.width) / 4)] === true;
    png.data.set([0, 0, 0].map((value) => (isDark ? 30 : 230) + value).concat(255), at * 4);
  }
  return PNG.sync.write(png);
}

describe('a code at /verify/offline', () => {
  it('keeps nobody out, narrow or wide, and says what to do without script', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    browser ??= await openBrowser();
    const { page, context, complaints } = await openWindow(browser, origin, { language: 'de' });
    await page.goto(PAGE);
    await page.locator('#check').waitFor();
    await checkIn(page, (await makeCodes())['valid'] ?? '');
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await barriersOf(page), []);
      assert.equal(await scrollsSideways(page), false);
    }
    assert.deepEqual(complaints, []);
    await context.close();
    const bare = await openWindow(browser, origin, { language: 'fr', javaScriptEnabled: false });
    await bare.page.goto(PAGE);
    assert.equal(await bare.page.locator('noscript a[href="/verify"]').isVisible(), true);
    assert.equal(await bare.page.locator('#check').isVisible(), false);
    await bare.context.close();
  });

  it('is judged as the server judges it once the network is gone', async (t) => {
    if (!needsTool(t, 'chromium')) return;
    browser ??= await openBrowser();
    const { page, context, complaints } = await openWindow(browser, origin, { language: 'en' });
    await page.goto(PAGE);
    const bytes = await page.evaluate(() =>
      performance
        .getEntries()
        .reduce((sum, entry) => sum + ((entry as { transferSize?: number }).transferSize ?? 0), 0),
    );
    assert.ok(bytes > 10_000 && bytes < MOST_BYTES, `${bytes} bytes`);
    await page.locator('#check[data-is-ready=true]').waitFor();
    const codes = await makeCodes();
    const expected: Record<string, string> = {};
    for (const [kind, code] of Object.entries(codes)) expected[kind] = await askServer(code);
    // The server looks into the register, which knows no such place; a browser has no such list.
    assert.equal(expected['unchecked'], 'unknown');
    expected['unchecked'] = 'unchecked';
    network.refuse();
    // What a browser happens to have is no promise: the worker alone has what it kept.
    const devTools = await context.newCDPSession(page);
    await devTools.send('Network.clearBrowserCache');
    await page.goto(PAGE);
    const found: Record<string, string | null> = {};
    for (const [kind, code] of Object.entries(codes)) found[kind] = await checkIn(page, code);
    assert.deepEqual(found, expected);
    assert.deepEqual(Object.keys(found), Object.values(found));
    // The page that leads there opens too, and a picture is read without the server.
    await page.goto('/verify?lang=nl');
    assert.match(await page.title(), /Een code controleren zonder internet/);
    await page
      .locator('#picture')
      .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: pictureOf(codes['revoked'] ?? '') });
    await page.locator('#result[data-kind=revoked]').waitFor();
    assert.match(await page.locator('#result').innerText(), /QUA-\d{4}-\d{8}-\d\d/);
    assert.deepEqual(complaints, []);
  });
});
