/** A batch the obvious way, to compare with: one job and one transaction a row, documents and seals as most examples do. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { TestDatabase } from '../support/database.ts';
import { renderNaively, sealNaively } from './naive.ts';
import { type BenchKey, readTemplates, renderInputOf } from './samples.ts';

export interface ObviousStore {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const AT_ONCE = 4;
const SIGNATURE_BYTES = 8192;

/** Runs so many rows; gives rows a second. */
export async function benchObvious(
  scratch: TestDatabase,
  store: ObviousStore,
  { keyPem, certificatesPem }: BenchKey,
  rows: number,
): Promise<number> {
  const [certificate = ''] = certificatesPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/) ?? [];
  const catalogue = await readTemplates();
  const { accessKeyId, secretAccessKey, endpoint, bucket } = store;
  const { database } = scratch;
  const query = (text: string, values?: readonly unknown[]) => scratch.query(text, values);
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  await query('create table obvious_job (job_id integer primary key, state text not null default $$due$$)');
  await query('create table obvious_document (number integer primary key, object_key text not null)');
  await query('insert into obvious_job select generate_series(1, $1::int)', [rows]);
  const started = performance.now();
  const worker = async () => {
    for (;;) {
      const [job] = await database.transaction((connection) =>
        connection.query<{ id: number }>(
          `update obvious_job set state = 'taken' where job_id = (select job_id from obvious_job where state = 'due'
             limit 1 for update skip locked) returning job_id as id`,
        ),
      );
      if (job === undefined) return;
      const pdf = await renderNaively(renderInputOf(job.id, catalogue, SIGNATURE_BYTES));
      const sealed = Buffer.concat([pdf, sealNaively(pdf, keyPem, certificate)]);
      const Key = `obvious/${job.id}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: sealed }));
      await database.transaction(async (connection) => {
        await connection.query('insert into obvious_document values ($1, $2)', [job.id, Key]);
        await connection.query('delete from obvious_job where job_id = $1', [job.id]);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  client.destroy();
  return (rows * 1000) / (performance.now() - started);
}
