/**
 * Started by the test of the scan: a service that leaks the number of a demo person three times, in a log line, in a job and
 * in an object key, each in a form that no mask of the service knows. A process, the log of a database server and a thread
 * leak it besides.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openLockedBucket } from '../../../src/archive/locked-bucket.ts';
import { startS3 } from '../../../src/embedded/s3/server.ts';
import { demoSsin, startTestService } from '../service.ts';

const service = await startTestService();
const ssin = demoSsin('lena');

service.service.composition.services.log.info(
  { token: Buffer.from(`id=${ssin}`).toString('base64url') },
  'planted',
);
await service.database.query(
  `insert into job (lane, kind, payload, run_after) values ('tell', 'planted', $1, 'infinity')`,
  [JSON.stringify({ worker: `${ssin.slice(0, 6)}-${ssin.slice(6, 9)}-${ssin.slice(9)}` })],
);
// Done as the queue does it: what is gone by the end was there.
await service.database.query(`delete from job where kind = 'planted'`);
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const s3 = await startS3({ folder: `${service.dataDir}/s3/planted`, port: 0, ...credentials });
const bucket = openLockedBucket({
  endpoint: s3.endpoint,
  region: 'us-east-1',
  bucket: 'planted',
  ...credentials,
});
await bucket.prepare();
await bucket.store(
  `persons/${Buffer.from(ssin).toString('hex')}`,
  Buffer.from('{}'),
  new Date(Date.now() + 1000),
);
bucket.close();
await s3.stop();

const child = spawn(process.execPath, ['-e', `process.stderr.write('${Buffer.from(ssin).toString('hex')}')`]);
await once(child, 'exit');
const path = ssin
  .split('')
  .map((digit) => `%3${digit}`)
  .join('');
// A thread does not have TypeScript loaded by its own preloads; a run that was built needs none.
const loader = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register();`;
const words = `import { get } from 'node:http'; get('${service.url}/${path}', (answer) => answer.resume());`;
const inUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const thread = new Worker(new URL(inUrl(words)), {
  execArgv: ['--import', inUrl(loader), '--import', new URL('watch.ts', import.meta.url).href],
});
await once(thread, 'exit');
const folder = mkdtempSync(join(tmpdir(), 'planted-'));
const data = join(folder, 'data');
mkdirSync(data);
writeFileSync(join(folder, 'server.log'), `DETAIL:  Key (ssin)=(${ssin}) already exists.`);
// By the name and the words of a database server, which is all that tells of one.
symlinkSync('/bin/true', join(folder, 'postgres'));
await once(spawn(join(folder, 'postgres'), ['-D', data]), 'exit');
rmSync(folder, { recursive: true });
await service.stop();
