/** What a whole run puts aside, and looks through at its end. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../needs.ts';
import { flushKept, keepAs } from './keep.ts';
import { describeScan, scanSinks } from './scan.ts';

const PREFIX = 'sinks-';

export interface Sinks {
  readonly folder: string;
  /** Looks through all that was kept, and the database server's log; prints what it found, and tells whether it found nothing. */
  scan(databaseLog: Buffer): boolean;
  remove(): void;
}

/** Makes the folder of a run. */
export function openSinks(): Sinks {
  const above = join(projectRoot, '.data', 'test');
  const folder = join(above, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  removeLeft(above);
  return {
    folder,
    scan: (databaseLog) => {
      keepAs({ sink: 'database log', place: 'server.log', file: '', content: databaseLog });
      flushKept();
      const started = performance.now();
      const report = scanSinks(folder);
      const seconds = Math.round((performance.now() - started) / 1000);
      process.stdout.write(`\n${describeScan(report)}\nLooked through in ${seconds} s.\n`);
      return report.leaks.length === 0;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Removes what runs left that were cut off. */
function removeLeft(above: string): void {
  for (const name of readdirSync(above).filter((one) => one.startsWith(PREFIX)))
    if (!isAlive(Number(name.slice(PREFIX.length))))
      rmSync(join(above, name), { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Keeps what a test file wrote on standard output and error. */
export function keepOutput(file: string, message: string): void {
  keepAs({ sink: 'output', place: 'test', file, content: Buffer.from(message) });
}
