/** Skips what cannot run here, in one uniform wording that the runner collects and lists at the end. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The Debian package that brings each tool. */
const PACKAGES: Readonly<Record<string, string>> = {
  certutil: 'libnss3-tools',
  chromium: 'chromium',
  java: 'openjdk-17-jdk-headless',
  mutool: 'mupdf-tools',
  openssl: 'openssl',
  pdfsig: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  pdftotext: 'poppler-utils',
  qpdf: 'qpdf',
  zbarimg: 'zbar-tools',
};

/** The folder of package.json. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the contracts of the outside world lie when the project is built beside them. */
export const specsFolder = join(projectRoot, '..', 'shared', 'specs');

/** Skips the test and gives false when a command-line tool is missing. */
export function needsTool(t: TestContext, ...tools: readonly string[]): boolean {
  const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  for (const tool of missing) t.skip(`needs package ${PACKAGES[tool] ?? tool} (${tool})`);
  return missing.length === 0;
}

/** The jars of Debian with which iText runs, and the packages that bring them. */
export const JARS: Readonly<Record<string, string>> = {
  '/usr/share/java/itext5.jar': 'libitext5-java',
  '/usr/share/java/bcprov.jar': 'libbcprov-java',
  '/usr/share/java/bcpkix.jar': 'libbcpkix-java',
  '/usr/share/java/bcutil.jar': 'libbcprov-java',
};

/** Skips the test and gives false when Java or a jar that iText needs is missing. */
export function needsItext(t: TestContext): boolean {
  if (!needsTool(t, 'java')) return false;
  const missing = Object.entries(JARS).filter(([path]) => !existsSync(path));
  for (const [path, name] of missing) t.skip(`needs package ${name} (${path})`);
  return missing.length === 0;
}

/** Skips the test and gives false when a file of the shared contracts is missing. */
export function needsSpec(t: TestContext, path: string): boolean {
  if (existsSync(join(specsFolder, path))) return true;
  t.skip(`needs ../shared/specs/${path}`);
  return false;
}
