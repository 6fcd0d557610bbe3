/** A copy of the built program in which a bug was put. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/needs.ts';
import type { Patch } from './bugs.ts';

export interface BuggyCopy {
  /** Where it lies, as `dist/` does. */
  readonly folder: string;
  /** What `node` is called with. */
  readonly program: readonly string[];
  remove(): void;
}

/** Copies `dist/` and replaces what the patches name. Throws where that is not there: the bug would be none. */
export function makeBuggyCopy(patches: readonly Patch[]): BuggyCopy {
  // Within the project, so that packages are found as the program itself finds them.
  const parent = join(projectRoot, '.data', 'faults');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bug-'));
  cpSync(join(projectRoot, 'dist'), folder, { recursive: true });
  for (const { file, find, replace } of patches) {
    const path = join(folder, `${file}.js`);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(find.trim())) throw new Error(`${file} has no "${find.trim()}"`);
    writeFileSync(
      path,
      text.replaceAll(find.trim(), () => replace.trim()),
    );
  }
  return {
    folder,
    program: [join(folder, 'main.js')],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
