/** A server in a process of its own, started by tests that kill it. Arguments: the folder. */
import { credentials, start } from './fixture.ts';

const { endpoint } = await start(process.argv[2] ?? '', credentials);
process.stdout.write(`${endpoint}\n`);
// Ends with the test that started it, however that ends.
process.stdin.on('end', () => process.exit()).resume();
