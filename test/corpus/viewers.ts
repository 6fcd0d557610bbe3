/** What viewers say of the same files: poppler's `pdfsig` and MuPDF's `mutool`, where they are installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../support/pki.ts';
import { runTool } from '../support/tools.ts';

/**
 * `accepts`: all is well, without a word of doubt. `signature`: the signature is said to be valid, and in small print that
 * not all is signed or trusted. `refuses`: neither. `silent`: it gave no answer in time, or died.
 */
export type Opinion = 'accepts' | 'signature' | 'refuses' | 'silent';

export interface Viewer {
  readonly name: string;
  readonly ask: (pdf: Buffer) => Promise<Opinion>;
}

export interface Viewers {
  readonly viewers: readonly Viewer[];
  /** Which are not installed, and the package that brings them. */
  readonly missing: readonly string[];
  readonly stop: () => void;
}

const PACKAGES = { pdfsig: 'poppler-utils', certutil: 'libnss3-tools', mutool: 'mupdf-tools' } as const;
const isInstalled = (tool: string) => spawnSync('which', [tool]).status === 0;

/** Prepares the viewers, which trust this root (DER). */
export async function openViewers(root: Buffer): Promise<Viewers> {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-viewers-'));
  const lacking = Object.keys(PACKAGES).filter((tool) => !isInstalled(tool)) as (keyof typeof PACKAGES)[];
  const viewers: Viewer[] = [];
  if (!lacking.includes('pdfsig') && !lacking.includes('certutil')) {
    writeFileSync(join(folder, 'root.pem'), toPem(root));
    const database = `sql:${folder}`;
    await runTool('certutil', ['-N', '-d', database, '--empty-password'], folder);
    const trust = ['-A', '-d', database, '-n', 'root', '-t', 'CT,CT,CT', '-a', '-i', 'root.pem'];
    await runTool('certutil', trust, folder);
    viewers.push(viewer('pdfsig', folder, (file) => ['-nssdir', database, file], judgePdfsig));
  }
  if (!lacking.includes('mutool'))
    viewers.push(viewer('mutool', folder, (file) => ['sign', '-v', file], judgeMutool));
  return {
    viewers,
    missing: lacking.map((tool) => `${tool} (package ${PACKAGES[tool]})`),
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let asked = 0;

function viewer(
  name: string,
  folder: string,
  args: (file: string) => readonly string[],
  judge: (output: string) => Opinion,
): Viewer {
  const ask = async (pdf: Buffer): Promise<Opinion> => {
    const file = join(folder, `${(asked += 1)}.pdf`);
    writeFileSync(file, pdf);
    try {
      // A viewer that never ends is ended.
      return judge((await runTool('timeout', ['20', name, ...args(file)], folder)).output);
    } catch {
      return 'silent';
    } finally {
      rmSync(file, { force: true });
    }
  };
  return { name, ask };
}

function judgePdfsig(output: string): Opinion {
  if (!output.includes('Signature is Valid.')) return output === '' ? 'silent' : 'refuses';
  const isWhole = /^ +- Total document signed/m.test(output) && !output.includes('Not total document signed');
  return isWhole && output.includes('Certificate is Trusted.') ? 'accepts' : 'signature';
}

/** It trusts no private root, so the certificate is left out of account. */
function judgeMutool(output: string): Opinion {
  if (/unchanged since signing/.test(output)) return 'accepts';
  if (/signature is valid/.test(output)) return 'signature';
  return output === '' ? 'silent' : 'refuses';
}
