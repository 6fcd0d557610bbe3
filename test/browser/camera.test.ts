/** A paper attestation held before a camera: the film is the page of a sealed PDF, and Chromium takes it for what it sees. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { barriersOf } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

const WIDTH = 640;
const HEIGHT = 480;

describe('the camera at /verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'camera-'));
  const film = join(folder, 'paper.y4m');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const stage = setStage({
    prepare: async ({ client }) => {
      await client.declare(quaIn({ ssin: demoSsin('lena'), day: '2021-03-01' }));
      await client.settled();
      const [message] = await client.inbox('lena');
      assert.ok(message);
      writeFileSync(join(folder, 'paper.pdf'), await client.open('lena', message));
    },
    browserArgs: () => [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });

  /** The lower left of the page, where the code is, as one frame in grey (YUV4MPEG2, 4:2:0). */
  function makeFilm(): void {
    const place = ['-x', '60', '-y', '1240', '-W', String(WIDTH), '-H', String(HEIGHT)];
    const [pdf, page] = [join(folder, 'paper.pdf'), join(folder, 'page')];
    execFileSync('pdftoppm', ['-gray', '-r', '150', '-singlefile', ...place, pdf, page]);
    const pixels = readFileSync(`${page}.pgm`).subarray(-WIDTH * HEIGHT);
    const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`;
    const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
    const frame = Buffer.concat([Buffer.from('FRAME\n'), pixels, colour]);
    writeFileSync(film, Buffer.concat([Buffer.from(head), frame, frame]));
  }

  it('opens the page of the attestation whose code it sees', async (t) => {
    if (!needsTool(t, 'pdftoppm')) return;
    makeFilm();
    const visitor = await stage.open(t, { language: 'nl', width: 320 });
    if (visitor === undefined) return;
    const { page, complaints } = visitor;
    await page.goto('/verify');
    const start = page.getByRole('button', { name: 'Code scannen met de camera' });
    assert.deepEqual(await barriersOf(page), []);
    await start.click();
    await page.waitForURL(/\/v\/[\w-]+$/);
    assert.equal(await page.locator('h1').textContent(), 'Het attest met deze code is geldig');
    assert.deepEqual(complaints, []);
  });
});
