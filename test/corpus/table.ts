/** Prints what was said of each attack, ours beside that of viewers, and how often each viewer was deceived. */
import type { Attack } from './attack.ts';
import type { Judged } from './judge.ts';
import type { Opinion } from './viewers.ts';

/** One attack with what was said of it. */
export interface Told {
  readonly family: string;
  readonly attack: Attack;
  readonly judged: Judged;
  /** By viewer; none where the file is so large that nobody was asked. */
  readonly opinions: Readonly<Record<string, Opinion>>;
}

const SHORT: Readonly<Record<Opinion, string>> = {
  accepts: 'ALL IS WELL',
  signature: 'valid, but …',
  refuses: 'refuses',
  silent: 'no answer',
};

/** Prints the table of all, then the one of families. */
export function printTable(told: readonly Told[]): void {
  const viewers = [...new Set(told.flatMap(({ opinions }) => Object.keys(opinions)))].sort();
  const row = (cells: readonly string[], widths: readonly number[]) =>
    process.stdout.write(
      `${cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  const wide = [44, 44, 10, ...viewers.map(() => 13)];
  row(['attack', 'our verdict', 'told', ...viewers], wide);
  for (const { attack, judged, opinions } of told) {
    const opinionOf = (viewer: string) => {
      const opinion = opinions[viewer];
      return opinion === undefined ? '-' : SHORT[opinion];
    };
    row([attack.name, judged.seal, judged.told, ...viewers.map(opinionOf)], wide);
  }
  const narrow = [30, 8, 10, ...viewers.map(() => 30)];
  const heads = viewers.map((viewer) => `${viewer}: all is well / valid, but`);
  process.stdout.write('\n');
  row(['family', 'attacks', 'accepted', ...heads], narrow);
  for (const family of new Set(told.map((one) => one.family))) {
    const own = told.filter((one) => one.family === family);
    const accepted = own.filter(({ judged }) => judged.told === 'valid').length;
    const count = (viewer: string, opinion: Opinion) =>
      own.filter(({ opinions }) => opinions[viewer] === opinion).length;
    const cells = viewers.map((viewer) => `${count(viewer, 'accepts')} / ${count(viewer, 'signature')}`);
    row([family, String(own.length), String(accepted), ...cells], narrow);
  }
}
