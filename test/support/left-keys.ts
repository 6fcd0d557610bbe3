/**
 * Tries every key that is left on everything that is stored, knowing only the layout of ciphertexts: AES-GCM is AES-CTR
 * with a tag (NIST SP 800-38D §7.2), so whoever has a key reads without knowing what was authenticated with it.
 */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { readHeader } from '../../src/archive/envelope.ts';
import type { TestDatabase } from './database.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Decrypts nonce, ciphertext and tag in one, whatever comes of it. */
function decrypt(key: Buffer, sealed: Buffer): Buffer {
  if (sealed.length <= NONCE_BYTES + TAG_BYTES) return Buffer.alloc(0);
  const counter = Buffer.concat([sealed.subarray(0, NONCE_BYTES), Buffer.from([0, 0, 0, 2])]);
  const decipher = createDecipheriv('aes-256-ctr', key, counter);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

/** Everything that a secret opens by itself, and every key that is wrapped under one. */
export async function keysLeft(test: TestDatabase, secrets: readonly Buffer[]): Promise<Buffer[]> {
  const derived = secrets.flatMap((secret) =>
    ['envelope', 'register'].map((purpose) =>
      Buffer.from(hkdfSync('sha256', secret, '', `citizen-ebox/v1/${purpose}`, 32)),
    ),
  );
  const wrapped = await test.query<{ key: Buffer }>(
    `select wrapped_key as key from citizen_key where wrapped_key is not null
     union all select wrapped_key from file_key where wrapped_key is not null`,
  );
  return [...derived, ...derived.flatMap((key) => wrapped.map((row) => decrypt(key, row.key)))];
}

/** Every value of a column of bytes, and of a text that may be ciphertext in base64. */
async function* storedBytes(test: TestDatabase): AsyncGenerator<{ place: string; bytes: Buffer }> {
  const columns = await test.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type = 'bytea' and table_name not like 'audit_entry_%'`,
  );
  for (const { table, column } of columns) {
    const rows = await test.query<{ bytes: Buffer }>(
      `select "${column}" as bytes from "${table}" where "${column}" is not null`,
    );
    for (const { bytes } of rows) yield { place: `${table}.${column}`, bytes };
  }
}

export interface Found {
  /** Columns with a value in which a key shows one of the words, each once. */
  readonly columns: readonly string[];
  /** Objects of the store that a key opens. */
  readonly objects: readonly string[];
}

/** Says where a key that is left shows one of the words, and which objects one opens. */
export async function findReadable(
  test: TestDatabase,
  store: Store,
  keys: readonly Buffer[],
  words: readonly string[],
): Promise<Found> {
  const columns = new Set<string>();
  for await (const { place, bytes } of storedBytes(test)) {
    const shown = keys.some((key) => words.some((word) => decrypt(key, bytes).includes(word)));
    if (shown || words.some((word) => bytes.includes(word))) columns.add(place);
  }
  const objects: string[] = [];
  for await (const { key: name, object } of listObjects(store)) {
    const { wrappedDataKey, nonce, bytes } = readHeader(object);
    const sealed = Buffer.concat([nonce, object.subarray(bytes)]);
    const isOpen = keys.some((key) => {
      const dataKey = decrypt(key, wrappedDataKey);
      return dataKey.length === 32 && decrypt(dataKey, sealed).subarray(0, 5).toString('latin1') === '%PDF-';
    });
    if (isOpen) objects.push(name);
  }
  return { columns: [...columns].sort(), objects: objects.sort() };
}

/** Columns of text or JSON that show one of the words. */
export async function findPlain(test: TestDatabase, words: readonly string[]): Promise<string[]> {
  const columns = await test.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'json', 'jsonb', 'ARRAY')`,
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    const [row] = await test.query<{ found: boolean }>(
      `select exists (select from "${table}" where "${column}"::text ilike any($1)) as found`,
      [words.map((word) => `%${word}%`)],
    );
    if (row?.found === true) found.push(`${table}.${column}`);
  }
  return found;
}

export interface Store {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

async function* listObjects(store: Store): AsyncGenerator<{ key: string; object: Buffer }> {
  const { endpoint, bucket: Bucket, ...credentials } = store;
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  try {
    let token: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: token }));
      for (const { Key = '' } of page.Contents ?? []) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        yield { key: Key, object: Buffer.from((await Body?.transformToByteArray()) ?? []) };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  } finally {
    client.destroy();
  }
}
