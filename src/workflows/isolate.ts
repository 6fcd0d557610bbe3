/** How a process is shut in: which means of the system are there is tried once, and each that is not is done without. */
import { execFile } from 'node:child_process';

/** What the system grants. */
export interface Isolation {
  /** `none`: the process has a network of its own with nothing in it. `shared`: it could reach what we can. */
  readonly network: 'none' | 'shared';
  /** Whether its memory has a limit outside that of its heap. */
  readonly hasMemoryLimit: boolean;
  /** The command that starts a program shut in, and its arguments before the program. */
  readonly command: readonly string[];
}

/** Beside its heap and what Node takes at rest: what a program fills, and what one file may take outside the heap. */
const BESIDE_HEAP_MEGABYTES = 336;
/** Where the system does not tell what Node takes at rest: what Node 20 does. */
const AT_REST_MEGABYTES = 48;
/** Where the tools lie; nothing else of our environment goes to the process. */
const TOOLS_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a process that is shut in. */
export const BARE_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: TOOLS_PATH };

/**
 * Finds out what can be had, for a program that runs on so many threads, each with a part of Node of its own: no network
 * (namespaces(7)), a limit of memory (getrlimit(2)), an end with ours (prctl(2)).
 */
export async function findIsolation(heapMegabytes: number, threads: number): Promise<Isolation> {
  const bytes = (heapMegabytes + BESIDE_HEAP_MEGABYTES + threads * (await restingMegabytes())) * 2 ** 20;
  const network =
    (await firstThatWorks([
      ['unshare', '--net'],
      ['unshare', '--map-root-user', '--net'],
    ])) ?? [];
  const memory = (await firstThatWorks([['prlimit', `--data=${bytes}`, '--core=0', '--']])) ?? [];
  // After the network: gaining rights in a namespace of its own would undo it.
  const end = (await firstThatWorks([['setpriv', '--pdeathsig', 'KILL', '--']])) ?? [];
  return {
    network: network.length > 0 ? 'none' : 'shared',
    hasMemoryLimit: memory.length > 0,
    command: [...network, ...memory, ...end],
  };
}

async function firstThatWorks(commands: readonly string[][]): Promise<string[] | undefined> {
  for (const command of commands)
    if (await works([...command, process.execPath, '--version'])) return command;
  return undefined;
}

const READ_STATUS = "process.stdout.write(require('node:fs').readFileSync('/proc/self/status'))";

/** What Node takes before it does anything (proc(5), VmData): newer releases set aside half a gigabyte for machine code. */
function restingMegabytes(): Promise<number> {
  return new Promise((resolve) => {
    const options = { env: BARE_ENVIRONMENT, timeout: PATIENCE_MS };
    execFile(process.execPath, ['-e', READ_STATUS], options, (_error, stdout) => {
      const kilobytes = /^VmData:\s+(\d+) kB$/m.exec(stdout)?.[1];
      resolve(kilobytes === undefined ? AT_REST_MEGABYTES : Math.ceil(Number(kilobytes) / 1024));
    });
  });
}

const PATIENCE_MS = 10_000;

function works([tool = '', ...rest]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(tool, rest, { env: BARE_ENVIRONMENT, timeout: PATIENCE_MS }, (error) => resolve(error === null));
  });
}
