/** Makes so many documents in a process of its own, and says how much memory it had after each tenth of them and at most. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRenderer } from '../../src/render/render.ts';
import { createDocumentMaker } from '../../src/workflows/document.ts';
import { documentOf, makeKey, readTemplates } from './samples.ts';

const documents = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  const { signer } = await makeKey(folder, 'p-256');
  const catalogue = await readTemplates();
  const renderer = createRenderer(catalogue);
  const maker = createDocumentMaker({ catalogue, renderer, signerOf: () => signer });
  const started = performance.now();
  const residentMiB: number[] = [];
  for (let number = 1; number <= documents; number += 1) {
    await maker.make(documentOf(number, signer.keyId));
    if (number % Math.ceil(documents / 10) === 0) residentMiB.push(toMiB(process.memoryUsage.rss()));
  }
  const seconds = (performance.now() - started) / 1000;
  // Counted in kibibytes.
  const peakMiB = toMiB(process.resourceUsage().maxRSS * 1024);
  const result = { documents, seconds: Math.round(seconds * 10) / 10, residentMiB, peakMiB };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function toMiB(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
