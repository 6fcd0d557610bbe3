/**
 * A disk whose power can be cut: an ext4 file system in an image that lies on XFS, which copies the image in one step while it
 * is written to. What the copy has is what a disk without a cache of its own would have had at that moment.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface CuttableDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Copies it as it is at this moment, mounts the copy, and gives where; `drop` takes the copy away. */
  cut(): { readonly folder: string; drop(): void };
  remove(): void;
}

const OUTER = '16G';
const INNER = '3G';

/** Makes it under a folder; gives why not where the system does not permit it or lacks the tools. */
export function makeCuttableDisk(folder: string): CuttableDisk | { readonly reason: string } {
  const at = (name: string) => join(folder, name);
  for (const name of ['outer', 'inner']) mkdirSync(at(name), { recursive: true });
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['truncate', '-s', OUTER, at('outer.img')],
    ['mkfs.xfs', '-q', '-m', 'reflink=1', at('outer.img')],
    ['mount', '-o', 'loop', at('outer.img'), at('outer')],
    ['truncate', '-s', INNER, at('outer/inner.img')],
    ['mkfs.ext4', '-q', at('outer/inner.img')],
    ['mount', '-o', 'loop', at('outer/inner.img'), at('inner')],
  ];
  const remove = () => {
    for (const name of ['inner', 'outer'])
      if (spawnSync('umount', [at(name)]).status !== 0) spawnSync('umount', ['-l', at(name)]);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const [tool, ...words] of steps) {
    const reason = run(tool, words);
    if (reason === undefined) continue;
    remove();
    return { reason };
  }
  chmodSync(at('inner'), 0o755);
  let cuts = 0;
  return {
    folder: at('inner'),
    cut: () => {
      cuts += 1;
      const [image, mounted] = [at(`outer/cut-${cuts}.img`), at(`cut-${cuts}`)];
      insist('cp', ['--reflink=always', at('outer/inner.img'), image]);
      mkdirSync(mounted);
      insist('mount', ['-o', 'loop', image, mounted]);
      return {
        folder: mounted,
        drop: () => {
          spawnSync('umount', [mounted]);
          rmSync(image, { force: true });
        },
      };
    },
    remove,
  };
}

/** Gives why it failed. */
function run(tool: string, words: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(tool, words, { encoding: 'utf8' });
  if (error !== undefined) return `${tool} is missing`;
  return status === 0 ? undefined : `${tool}: ${stderr.trim().split('\n')[0]}`;
}

function insist(tool: string, words: readonly string[]): void {
  const reason = run(tool, words);
  if (reason !== undefined) throw new Error(reason);
}
