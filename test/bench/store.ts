/** The S3 store in a process of its own, so that what it takes can be told from what the service takes. */
import { startS3 } from '../../src/embedded/s3/server.ts';

const [, , folder = '', accessKeyId = '', secretAccessKey = ''] = process.argv;
const server = await startS3({ folder, port: 0, accessKeyId, secretAccessKey });
process.stdout.write(`${server.endpoint}\n`);
process.stdin.on('end', () => {
  void server.stop().then(() => process.exit(0));
});
process.stdin.resume();
