import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { clientOf, type Fixture, md5, refusalOf, start, startFixture } from './fixture.ts';

/** In the order of a listing, with what makes orders differ. */
const KEYS = [
  ' ',
  '%2F',
  '../../escape',
  '<&">\r\n\u0001',
  'A',
  'a',
  'a-b',
  'a/',
  'a/b',
  'a/b/c',
  'a/b0',
  'a0',
  'e\u0301',
  'n'.repeat(1024),
  'é',
  `é/${'x'.repeat(1000)}`,
  '\uFFFD',
  '😀',
];

describe('listObjects', () => {
  let fixture: Fixture;
  let bucket: string;
  before(async () => {
    fixture = await startFixture();
    bucket = await fixture.bucket();
    for (const Key of KEYS.toReversed()) {
      await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
    }
  });
  after(() => fixture.stop());

  const list = (input: Partial<ListObjectsV2CommandInput> = {}, client = fixture.client) =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, ...input }));
  const keysOf = async (input: Partial<ListObjectsV2CommandInput>) =>
    (await list(input)).Contents?.map(({ Key }) => Key) ?? [];

  it('lists every key in the order of UTF-8, with size and ETag', async () => {
    const { Contents = [], KeyCount, IsTruncated } = await list();
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      KEYS,
    );
    assert.deepEqual([KeyCount, IsTruncated], [KEYS.length, false]);
    for (const { Key = '', Size, ETag } of Contents) {
      assert.deepEqual([Size, ETag], [Buffer.byteLength(Key), `"${md5(Key)}"`]);
    }
  });

  it('gives the same over pages of any size', async () => {
    for (const pageSize of [1, 2, 7, 1000]) {
      const keys: (string | undefined)[] = [];
      for await (const page of paginateListObjectsV2(
        { client: fixture.client, pageSize },
        { Bucket: bucket },
      )) {
        keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
      }
      assert.deepEqual(keys, KEYS);
    }
  });

  it('groups by delimiter', async () => {
    const { Contents = [], CommonPrefixes = [] } = await list({ Prefix: 'a', Delimiter: '/' });
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      ['a', 'a-b', 'a0'],
    );
    assert.deepEqual(
      CommonPrefixes.map(({ Prefix }) => Prefix),
      ['a/'],
    );
  });

  it('lists what lies under a prefix, and after a key', async () => {
    assert.deepEqual(await keysOf({ Prefix: 'a/' }), ['a/', 'a/b', 'a/b/c', 'a/b0']);
    assert.deepEqual(await keysOf({ Prefix: 'a', StartAfter: 'a/b/' }), ['a/b/c', 'a/b0', 'a0']);
    assert.deepEqual(await keysOf({ Prefix: 'nowhere' }), []);
    assert.deepEqual(await keysOf({ MaxKeys: 0 }), []);
  });

  it('encodes keys when asked to', async () => {
    const { Contents = [] } = await list({ Prefix: '<', EncodingType: 'url' });
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      ['%3C%26%22%3E%0D%0A%01'],
    );
  });

  it('shows a change at once, made here or by another server on the same folder', async () => {
    const other = await start(fixture.folder);
    const elsewhere = clientOf(other.endpoint);
    const changing = await fixture.bucket();
    const shown = async () => (await list({ Bucket: changing })).Contents?.map(({ Key }) => Key) ?? [];
    assert.deepEqual(await shown(), []);
    for (const Key of ['1', '2', '3']) {
      await elsewhere.send(new PutObjectCommand({ Bucket: changing, Key, Body: Key }));
      assert.ok((await shown()).includes(Key));
    }
    await elsewhere.send(new DeleteObjectCommand({ Bucket: changing, Key: '2' }));
    assert.deepEqual(await shown(), ['1', '3']);
    await other.stop();
  });

  it('lists the same after a restart', async () => {
    const again = await start(fixture.folder);
    const { Contents = [] } = await list({}, clientOf(again.endpoint));
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      KEYS,
    );
    await again.stop();
  });

  it('refuses the first version of the operation, a bad token, a bad number and a missing bucket', async () => {
    assert.equal(
      (await refusalOf(fixture.client.send(new ListObjectsCommand({ Bucket: bucket })))).status,
      501,
    );
    assert.equal((await refusalOf(list({ ContinuationToken: '!' }))).code, 'InvalidArgument');
    assert.equal((await refusalOf(list({ MaxKeys: -1 }))).code, 'InvalidArgument');
    assert.equal((await refusalOf(list({ Bucket: 'no-such-bucket' }))).code, 'NoSuchBucket');
  });
});

describe('listBuckets', () => {
  it('lists the buckets by name, with the locked ones of the start', async () => {
    const fixture = await startFixture({ lockedBuckets: ['aa-heads'] });
    const bucket = await fixture.bucket();
    const { Buckets = [] } = await fixture.client.send(new ListBucketsCommand({}));
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      ['aa-heads', bucket],
    );
    await fixture.stop();
  });
});
