// Installs the npm packages when they are absent or older than the lock file, and puts `ebox` where npx finds it.
// The only plain JavaScript of the project: everything else is TypeScript and needs what this installs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.prepared');

/** `npx ebox` in a checkout runs the TypeScript source; the built image has its own `ebox`. */
function linkCommand() {
  const source = join(root, 'src', 'cli.ts');
  if (!existsSync(source) || !existsSync(join(root, 'node_modules', 'tsx'))) return;
  const bin = join(root, 'node_modules', '.bin', 'ebox');
  mkdirSync(dirname(bin), { recursive: true });
  rmSync(bin, { force: true });
  symlinkSync('../../src/cli.ts', bin);
  chmodSync(source, 0o755);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === lock) return;
  process.stderr.write('Installing npm packages …\n');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(stamp, lock);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node.js 20.19 or later is needed; this is ${process.versions.node}.\n`);
  process.exit(1);
}
if (!process.argv.includes('--link')) install();
linkCommand();
