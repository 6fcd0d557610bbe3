/**
 * Started by the test of the scan: a service that leaks the number of a demo person three times, in a log line, in a job and
 * in an object key, each in a form that no mask of the service knows.
 */
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
await service.stop();
