/** The locked bucket against a real S3 server: what is in it stays, whoever asks. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  DeleteObjectCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { openArchive } from '../../src/archive/archive.ts';
import { type LockedBucket, openLockedBucket } from '../../src/archive/locked-bucket.ts';
import { type S3Server, startS3 } from '../../src/embedded/s3/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'locked-'));
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const inAMonth = () => new Date(Date.now() + 30 * 86_400_000);

let server: S3Server;
let bucket: LockedBucket;

const addressOf = (name: string) => ({
  endpoint: server.endpoint,
  region: 'us-east-1',
  bucket: name,
  ...credentials,
});

before(async () => {
  server = await startS3({ folder, port: 0, ...credentials });
  bucket = openLockedBucket(addressOf('evidence'));
  await bucket.prepare();
});
after(async () => {
  bucket.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('prepare', () => {
  it('makes a bucket with object lock, and leaves one alone that is there', async () => {
    await bucket.store('prepared', Buffer.from('first'), inAMonth());
    await bucket.prepare();
    assert.equal((await bucket.fetch('prepared')).toString(), 'first');
  });

  it('refuses a bucket in which everything could be deleted', async () => {
    const open = openArchive(addressOf('open'));
    await open.prepare();
    open.close();
    const locked = openLockedBucket(addressOf('open'));
    await assert.rejects(locked.prepare(), { code: 'configurationInvalid' });
    locked.close();
  });
});

describe('store', () => {
  it('gives the key to the first object, and tells the second', async () => {
    assert.equal(await bucket.store('once', Buffer.from('first'), inAMonth()), 'stored');
    assert.equal(await bucket.store('once', Buffer.from('second'), inAMonth()), 'existing');
    assert.equal((await bucket.fetch('once')).toString(), 'first');
  });

  it('keeps an object that its owner wants to replace, delete or let go earlier', async () => {
    await bucket.store('kept', Buffer.from('first'), inAMonth());
    const client = new S3Client({
      endpoint: server.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
    });
    const named = { Bucket: 'evidence', Key: 'kept' };
    const soon = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + 60_000) } as const;
    const denied = { name: 'AccessDenied' };
    await assert.rejects(client.send(new PutObjectCommand({ ...named, Body: 'second' })), denied);
    await assert.rejects(client.send(new DeleteObjectCommand(named)), denied);
    const bypass = { ...named, BypassGovernanceRetention: true };
    await assert.rejects(client.send(new DeleteObjectCommand(bypass)), denied);
    await assert.rejects(client.send(new PutObjectRetentionCommand({ ...bypass, Retention: soon })), denied);
    client.destroy();
    assert.equal((await bucket.fetch('kept')).toString(), 'first');
  });
});

describe('list', () => {
  it('gives every key that begins so, in order, over as many pages as it takes', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `listed/${String(at).padStart(3, '0')}`);
    for (const name of names.toReversed()) await bucket.store(name, Buffer.from('x'), inAMonth());
    const found: string[] = [];
    for await (const key of bucket.list('listed/')) found.push(key);
    assert.deepEqual(found, names);
  });
});
