/** Skips what cannot run here, in one uniform wording that the runner collects and lists at the end. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The Debian package that brings each tool. */
const PACKAGES: Readonly<Record<string, string>> = {
  certutil: 'libnss3-tools',
  chromium: 'chromium',
  curl: 'curl',
  java: 'openjdk-17-jdk-headless',
  mutool: 'mupdf-tools',
  'nats-server': 'nats-server',
  openssl: 'openssl',
  pdfdetach: 'poppler-utils',
  'pkcs11-tool': 'opensc',
  postfix: 'postfix',
  pdfsig: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  pdftotext: 'poppler-utils',
  qpdf: 'qpdf',
  xmllint: 'libxml2-utils',
  'softhsm2-util': 'softhsm2',
  zbarimg: 'zbar-tools',
};

/** Where the tests are compiled to. */
export const BUILT_FOLDER = '.built';

/** The folder of package.json, wherever this file runs from. */
export const projectRoot = rootOf(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

function rootOf(folder: string): string {
  return basename(folder) === BUILT_FOLDER ? dirname(folder) : folder;
}

/** Where the contracts of the outside world lie when the project is built beside them. */
export const specsFolder = join(projectRoot, '..', 'shared', 'specs');

/** Skips the test and gives false when a command-line tool is missing. */
export function needsTool(t: TestContext, ...tools: readonly string[]): boolean {
  const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  for (const tool of missing) t.skip(`needs package ${PACKAGES[tool] ?? tool} (${tool})`);
  return missing.length === 0;
}

/** Where Debian puts the libraries of Java. */
const JARS = '/usr/share/java';

/** Gives the class path of these libraries, jar → Debian package; skips the test and gives nothing when one is missing. */
export function needsJars(t: TestContext, jars: Readonly<Record<string, string>>): string | undefined {
  if (!needsTool(t, 'java')) return undefined;
  const paths = Object.keys(jars).map((jar) => join(JARS, `${jar}.jar`));
  const missing = Object.entries(jars).filter((_, index) => !existsSync(paths[index] ?? ''));
  for (const [jar, name] of missing) t.skip(`needs package ${name} (${jar}.jar)`);
  return missing.length === 0 ? paths.join(':') : undefined;
}

/** Skips the test and gives false when a file of the shared contracts is missing. */
export function needsSpec(t: TestContext, path: string): boolean {
  if (existsSync(join(specsFolder, path))) return true;
  t.skip(`needs ../shared/specs/${path}`);
  return false;
}
