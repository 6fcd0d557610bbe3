/** Starts the embedded PostgreSQL in the folder it is given, says where it is, and lives until it is killed or told to stop. */
import { freePort } from '../../../src/embedded/ports.ts';
import { startPostgres } from '../../../src/embedded/postgres/server.ts';
import { describeError } from '../../../src/errors.ts';

const [folder = ''] = process.argv.slice(2);
process.umask(Number(process.env.TEST_UMASK));
try {
  const server = await startPostgres({ folder, port: await freePort() });
  process.stdout.write(`${JSON.stringify(server)}\n`);
  for await (const _ of process.stdin) await server.stop();
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: describeError(error) })}\n`);
}
