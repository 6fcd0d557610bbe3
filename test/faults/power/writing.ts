/** Writes to database and store without a pause, and remembers what was acknowledged. */
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { openArchive } from '../../../src/archive/archive.ts';
import type { StoreProcess } from './store-process.ts';

export interface Writing {
  /** Rows and objects that were acknowledged so far, in the order of their acknowledgement. */
  readonly rows: readonly number[];
  readonly objects: readonly { readonly key: string; readonly sha256: string }[];
  stop(): Promise<void>;
}

export const BUCKET = 'writes';
const WRITERS = 6;
/** Small ones share a file in the embedded store; of a hundred some are large and have one of their own. */
const [SMALL_BYTES, LARGE_BYTES, LARGE_PERCENT] = [3000, 300_000, 4];

/** Begins. The table is made; the bucket too. */
export async function startWriting(databaseUrl: string, store: StoreProcess): Promise<Writing> {
  const rows: number[] = [];
  const objects: { key: string; sha256: string }[] = [];
  const pool = new pg.Pool({ connectionString: databaseUrl, max: WRITERS });
  await pool.query('create table written (id integer primary key, filling text not null)');
  const archive = openArchive({ ...store, region: 'us-east-1', bucket: BUCKET });
  await archive.prepare();
  let isStopped = false;
  let next = 0;
  const writeRows = async () => {
    while (!isStopped) {
      next += 1;
      const id = next;
      await pool.query('insert into written values ($1, $2)', [id, 'x'.repeat(200)]);
      rows.push(id);
    }
  };
  const writeObjects = async () => {
    while (!isStopped) {
      const isLarge = objects.length % 100 < LARGE_PERCENT;
      const object = randomBytes(isLarge ? LARGE_BYTES : SMALL_BYTES);
      const sha256 = createHash('sha256').update(object).digest();
      const key = `att/${sha256.toString('hex')}`;
      await archive.store(key, object, sha256);
      objects.push({ key, sha256: sha256.toString('hex') });
    }
  };
  const writers = [
    ...Array.from({ length: WRITERS }, writeRows),
    ...Array.from({ length: WRITERS / 2 }, writeObjects),
  ];
  return {
    rows,
    objects,
    stop: async () => {
      isStopped = true;
      await Promise.all(writers);
      archive.close();
      await pool.end();
    },
  };
}
