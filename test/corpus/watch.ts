/** Watches a process that judges: whether it begins to reach out, and whether it writes anything anywhere. */
import { createHook } from 'node:async_hooks';
import { readFileSync } from 'node:fs';

/** What Node makes when code looks up a name, opens a socket, or starts a process (`async_hooks`, types of its own). */
const REACHING = /^(?:TCP|TLS|UDP|PIPECONNECT|GETADDRINFO|GETNAMEINFO|QUERY|HTTP|PROCESSWRAP|CHILDPROCESS)/;

/** Threads wake each other by writing eight bytes, many times where much memory is cleared; whoever keeps a file writes more. */
const LEAST = 4096;

export interface Watch {
  /** What reached out so far, by the names that Node gives it. */
  readonly reached: () => readonly string[];
  /** Runs synchronous work and gives what it wrote meanwhile, in bytes; 0 where the system does not count. */
  readonly writing: <T>(work: () => T) => { readonly result: T; readonly bytes: number };
}

/** Begins to watch this process. */
export function startWatch(): Watch {
  const reached: string[] = [];
  createHook({
    init(_, type) {
      if (REACHING.test(type)) reached.push(type);
    },
  }).enable();
  return {
    reached: () => reached,
    writing: (work) => {
      const before = written();
      const result = work();
      const after = written();
      const bytes = before === undefined || after === undefined ? 0 : after - before;
      return { result, bytes: bytes < LEAST ? 0 : bytes };
    },
  };
}

/** All bytes that this process handed to the system to write, to files, pipes and sockets alike (proc(5), `io`). */
function written(): number | undefined {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
  } catch {
    return undefined;
  }
}
