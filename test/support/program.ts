/** The programs of the service as command lines: as built where the run says so, else from their source. */
import { join } from 'node:path';
import { builtOf } from './built.ts';
import { projectRoot } from './needs.ts';

/** Set by `test/run.ts --built` for the files it runs. */
export const BUILT = 'PROGRAMS_BUILT';

/** What `node` is to be called with: built programs start in half the time, and are what an institution runs. */
export function ourProgram(name: 'main' | 'cli'): readonly string[] {
  if (process.env[BUILT] === 'true') return [join(projectRoot, 'dist', `${name}.js`)];
  return ['--import', 'tsx', join(projectRoot, 'src', `${name}.ts`)];
}

/** The same for a program of the tests, by its path from test/. */
export function testProgram(path: string): readonly string[] {
  const source = join(projectRoot, 'test', path);
  return process.env[BUILT] === 'true' ? [builtOf(source)] : ['--import', 'tsx', source];
}
