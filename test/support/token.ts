/** A PKCS#11 token of SoftHSM2 in a folder of its own, with keys made by OpenSC's pkcs11-tool. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { needsTool } from './needs.ts';
import { runTool } from './tools.ts';

/** Where the packages of Debian and others put the module. */
const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
];
const MODULE = MODULES.find((path) => existsSync(path)) ?? '';

export interface TestToken {
  readonly module: string;
  readonly label: string;
  readonly pinFile: string;
  readonly wrongPinFile: string;
  /** Takes the token away, or puts it back. */
  pull(): void;
  putBack(): void;
  remove(): void;
}

/** Skips and gives false when SoftHSM2 or OpenSC is missing, or `pkcs11js` could not be compiled on this machine. */
export async function needsToken(t: TestContext): Promise<boolean> {
  if (!needsTool(t, 'softhsm2-util', 'pkcs11-tool')) return false;
  if (MODULE === '') {
    t.skip('the module of SoftHSM2 is in none of the known places');
    return false;
  }
  try {
    await import('pkcs11js');
    return true;
  } catch {
    t.skip('the optional module pkcs11js was not compiled on this machine');
    return false;
  }
}

/**
 * Makes a token with one key pair for each entry: label → type as pkcs11-tool writes it, such as `EC:prime256v1`.
 * SoftHSM2 reads the place of its tokens from the environment when it is first loaded, so a process has one.
 */
export async function createToken(keys: Readonly<Record<string, string>>): Promise<TestToken> {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-token-'));
  const tokens = join(folder, 'tokens');
  const config = join(folder, 'softhsm2.conf');
  writeFileSync(
    config,
    `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = config;
  mkdirSync(tokens);
  const label = 'seal';
  await run(folder, 'softhsm2-util', [
    '--init-token',
    '--free',
    '--label',
    label,
    '--so-pin',
    '87654321',
    '--pin',
    '1234',
  ]);
  const login = ['--module', MODULE, '--token-label', label, '--login', '--pin', '1234'];
  for (const [at, [name, type]] of Object.entries(keys).entries())
    await run(folder, 'pkcs11-tool', [
      ...login,
      '--keypairgen',
      '--key-type',
      type,
      '--label',
      name,
      '--id',
      `0${at + 1}`,
      ...(name.startsWith('always') ? ['--always-auth'] : []),
    ]);
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, '1234\n');
  const wrongPinFile = join(folder, 'wrong-pin');
  writeFileSync(wrongPinFile, '4321\n');
  const away = join(folder, 'away');
  return {
    module: MODULE,
    label,
    pinFile,
    wrongPinFile,
    pull() {
      mkdirSync(away);
      for (const name of readdirSync(tokens)) renameSync(join(tokens, name), join(away, name));
    },
    putBack() {
      for (const name of readdirSync(away)) renameSync(join(away, name), join(tokens, name));
      rmSync(away, { recursive: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function run(folder: string, tool: string, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await runTool(tool, args, folder);
  assert.equal(exitCode, 0, output);
}
