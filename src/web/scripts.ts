/**
 * Scripts of pages that are made of modules. What checks a code in a browser is what checks it here: the sources of the
 * service themselves, put into one file when it is asked for first, before the build and after it.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describeError, ServiceError } from '../errors.ts';

const SOURCES = join(import.meta.dirname, '..');

/** Browsers since 2023, which all have what these scripts need. */
const TARGET = ['chrome111', 'firefox113', 'safari16.4'];

const made = new Map<string, string>();

/**
 * Gives a script with all that it imports: `ebox/…` is a source of the service, anything else a package of it. Throws
 * `templateInvalid` when that cannot be put together.
 */
export function bundleScript(path: string): string {
  const known = made.get(path);
  if (known !== undefined) return known;
  try {
    const { outputFiles } = buildSync({
      entryPoints: [path],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: TARGET,
      legalComments: 'none',
      logLevel: 'silent',
      // Templates may lie where no packages are.
      alias: { ebox: SOURCES, 'qr/decode.js': createRequire(import.meta.url).resolve('qr/decode.js') },
    });
    const [{ text } = { text: '' }] = outputFiles;
    made.set(path, text);
    return text;
  } catch (cause) {
    throw new ServiceError('templateInvalid', `The script ${path}: ${describeError(cause)}`, { cause });
  }
}
