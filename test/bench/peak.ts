/** Makes so many documents in a process of its own and says how much memory that took at most. */
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
  for (let number = 1; number <= documents; number += 1) await maker.make(documentOf(number, signer.keyId));
  const seconds = (performance.now() - started) / 1000;
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ documents, seconds: Math.round(seconds * 10) / 10, peakMiB })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
