/** The tests as plain JavaScript: a process that loads the whole service from it needs a quarter less. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { BUILT_FOLDER, projectRoot } from './needs.ts';

/** What the service finds from where it lies itself; all else is found from the folder of package.json. */
const LINKED = ['templates', 'src/database/migrations'];

/** Compiles `src/` and `test/`, as they lie. Throws when they do not compile. */
export function buildTests(): void {
  const built = join(projectRoot, BUILT_FOLDER);
  rmSync(built, { recursive: true, force: true });
  const tsc = join(projectRoot, 'node_modules', '.bin', 'tsc');
  const { status, stdout } = spawnSync(tsc, ['-p', 'tsconfig.test.json'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the tests do not compile:\n${stdout}`);
  for (const path of LINKED) {
    const link = join(built, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(projectRoot, path)), link);
  }
}

/** Gives the compiled file of a source file. */
export function builtOf(path: string): string {
  return join(projectRoot, BUILT_FOLDER, relative(projectRoot, path)).replace(/\.ts$/, '.js');
}

/** Gives the source file of a compiled one; a source file stays what it is. */
export function sourceOf(path: string): string {
  const name = relative(join(projectRoot, BUILT_FOLDER), path);
  return name.startsWith('..') ? path : join(projectRoot, name).replace(/\.js$/, '.ts');
}
