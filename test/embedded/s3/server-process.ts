/** A server in a process of its own, started by tests that kill it. Arguments: folder, access key id, secret. */
import { startS3 } from '../../../src/embedded/s3/server.ts';

const [folder = '', accessKeyId = '', secretAccessKey = ''] = process.argv.slice(2);
const { endpoint } = await startS3({ folder, port: 0, accessKeyId, secretAccessKey });
process.stdout.write(`${endpoint}\n`);
// Ends with the test that started it, however that ends.
process.stdin.on('end', () => process.exit()).resume();
