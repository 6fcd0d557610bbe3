/** The code of another commit in a folder of its own, with its packages. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../support/needs.ts';

const run = promisify(execFile);

/** Gives the commit that a name stands for; undefined where git, the repository or the name is not there. */
export async function commitOf(ref: string): Promise<string | undefined> {
  return run('git', ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { cwd: projectRoot }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

/** Lays out the code of a commit; packages that differ from those here are installed. Throws what git, tar and npm throw. */
export async function layOut(commit: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const archive = `${folder}.tar`;
  await run('git', ['archive', '--output', archive, commit], { cwd: projectRoot });
  await run('tar', ['-xf', archive, '-C', folder]);
  const [former, present] = [folder, projectRoot].map((root) =>
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  if (former === present) symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  else await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}
