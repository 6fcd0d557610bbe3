/** The processes that examine files which the register does not know. */
import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { startVerifiers, type Verifiers } from './workflows/verifiers.ts';

/** Starts them; they get ready in the background. */
export function openVerifiers(
  { verifiers, verifierMegabytes, verifierSeconds, failpoints }: Config,
  log: Log,
): Promise<Verifiers> {
  return startVerifiers({
    processes: verifiers ?? Math.max(1, availableParallelism() - 1),
    megabytes: verifierMegabytes,
    seconds: verifierSeconds,
    failpoints,
    log,
  });
}
