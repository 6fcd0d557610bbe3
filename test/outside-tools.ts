/**
 * Starts the service again on what the demonstration left, and has independent tools look at each of its documents
 * while the OCSP responder answers. A missing tool fails: `.ci/run` installs them.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { startService } from '../src/service.ts';
import { projectRoot } from './support/needs.ts';
import { mutoolSign, opensslCades, pdfsig, qpdfCheck } from './support/tools.ts';

const dataDir = join(projectRoot, '.data', 'demo');
const folder = join(dataDir, 'output', 'attestations');
const service = await startService(readConfig({ DATA_DIR: dataDir, PORT: '0' }), createLog('warn'));
try {
  const root = service.composition.parts.seal.readTrust();
  const names = readdirSync(folder).filter((name) => name.endsWith('.pdf'));
  assert.ok(names.length > 0, 'the demonstration left documents');
  for (const name of names) {
    const pdf = readFileSync(join(folder, name));
    const { isValid, isTrusted, isWhole, output } = await pdfsig(pdf, root);
    assert.ok(isValid && isTrusted && isWhole, output);
    for (const result of [await opensslCades(pdf, root), await qpdfCheck(pdf)])
      assert.equal(result.exitCode, 0, result.output);
    assert.doesNotMatch((await mutoolSign(pdf)).output, /edits since signing|broken|mismatch/i);
    process.stdout.write(
      `${name}: pdfsig Valid, Trusted, Total document signed; openssl -cades, qpdf and mutool agree\n`,
    );
  }
} finally {
  await service.stop();
}
