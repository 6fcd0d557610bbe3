import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { projectRoot } from '../../support/needs.ts';
import { credentials, newFolder, start } from './fixture.ts';

const script = join(projectRoot, '..', 'shared', 'tools', 's3-conformance.mjs');

/** What the table in the README says of each check. */
function claims(): Map<string, boolean> {
  const readme = readFileSync(join(projectRoot, 'src/embedded/s3/README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `(.+)` \| (claimed|not claimed)\b/gm)];
  return new Map(rows.map(([, check = '', claim]) => [check, claim === 'claimed']));
}

describe('the S3 conformance checks', () => {
  it('pass where the README claims them, and only there', async (t) => {
    if (!existsSync(script)) {
      t.skip('needs ../shared/tools/s3-conformance.mjs');
      return;
    }
    const folder = newFolder();
    const server = await start(join(folder, 'store'));
    try {
      // Its imports resolve from where it lies.
      copyFileSync(script, join(folder, 'conformance.mjs'));
      symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
      const { accessKeyId, secretAccessKey } = credentials;
      const child = spawn(
        process.execPath,
        [
          '--no-warnings',
          '--preserve-symlinks-main',
          join(folder, 'conformance.mjs'),
          server.endpoint,
          accessKeyId,
          secretAccessKey,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const output = await text(child.stdout);
      const outcomes = [...output.matchAll(/^ {2}(ok|--) (.*?)(?: => .*)?$/gm)];
      const found = new Map(outcomes.map(([, outcome, check = '']) => [check, outcome === 'ok']));
      assert.equal(found.size, 29);
      assert.deepEqual(found, claims());
      assert.match(output, /^PUT 50KB\/s \d+ errors 0$/m);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
