/** Starts the process, says where everything is, and stops calmly. */
import nodeModule from 'node:module';
import { readConfig } from './config.ts';
import { describeError, ServiceError } from './errors.ts';
import { createLog } from './log.ts';
import { type RunningService, startService } from './service.ts';

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const service = await startService(config, log);
  announce(service);
  keepCompiled();
  // As daemons do: reads again what may change while it runs.
  process.on('SIGHUP', () => void service.reload());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // A second signal ends the process at once.
      process.once(signal, () => process.exit(130));
      service.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ reason: describeError(error) }, 'could not stop calmly');
          process.exit(1);
        },
      );
    });
  }
}

/**
 * Where NODE_COMPILE_CACHE names a folder, leaves there what was compiled, for the next start: Node.js does so as a process
 * ends, which one that is killed never does. From Node.js 22.10 on; the types are those of Node.js 20.
 */
function keepCompiled(): void {
  (nodeModule as { readonly flushCompileCache?: () => void }).flushCompileCache?.();
}

function announce({ url, composition }: RunningService): void {
  const places = [
    ['Service', url],
    ['API document', `${url}/doc/openapi.yaml`],
    ...composition.parts.places,
  ] as const;
  const width = Math.max(...places.map(([name]) => name.length));
  for (const [name, place] of places) process.stderr.write(`${name.padEnd(width)}  ${place}\n`);
}

main().catch((error: unknown) => {
  const text =
    error instanceof ServiceError ? error.message : ((error as Error).stack ?? describeError(error));
  process.stderr.write(`The service does not start:\n${text}\n`);
  process.exit(1);
});
