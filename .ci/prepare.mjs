// Installs the npm packages when they are absent or older than the lock file, and puts `ebox` where npx finds it.
// The only plain JavaScript of the project: everything else is TypeScript and needs what this installs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.prepared');

/** `npx ebox` in a checkout runs the TypeScript source, from any folder; the built image has its own `ebox`. */
function linkCommand() {
  const loader = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs');
  const source = join(root, 'src', 'cli.ts');
  if (!existsSync(source) || !existsSync(loader)) return;
  const bin = join(root, 'node_modules', '.bin', 'ebox');
  mkdirSync(dirname(bin), { recursive: true });
  rmSync(bin, { force: true });
  const quoted = (path) => `'${path.replaceAll("'", "'\\''")}'`;
  const command = `exec env AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true node --import ${quoted(loader)} ${quoted(source)} "$@"`;
  writeFileSync(bin, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
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
