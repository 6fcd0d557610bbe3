/** The processes that examine files which the register does not know. */
import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { startVerifiers, type Verifiers } from './workflows/verifiers.ts';

/** Starts them where somebody may ask; they get ready in the background. */
export function openVerifiers(
  { roles, verifiers, verifierMegabytes, verifierSeconds, failpoints }: Config,
  log: Log,
): Promise<Verifiers> {
  const wished = verifiers ?? Math.max(1, availableParallelism() - 1);
  return startVerifiers({
    processes: roles.includes('api') ? wished : 0,
    megabytes: verifierMegabytes,
    seconds: verifierSeconds,
    failpoints,
    log,
  });
}
