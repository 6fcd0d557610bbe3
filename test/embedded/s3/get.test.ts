import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type Fixture, md5, refusalOf, sendByHand, startFixture } from './fixture.ts';

let fixture: Fixture;
let bucket: string;
const small = Buffer.from('0123456789');
const large = Buffer.alloc(700_000, 'large object;');
before(async () => {
  fixture = await startFixture();
  bucket = await fixture.bucket();
  for (const [Key, Body] of [
    ['small', small],
    ['large', large],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  }
});
after(() => fixture.stop());

const get = async (input: Partial<GetObjectCommandInput>) => {
  const got = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'small', ...input }));
  return { ...got, bytes: Buffer.from((await got.Body?.transformToByteArray()) ?? []) };
};

describe('getObject', () => {
  describe('when a range is asked for', () => {
    const cases: readonly (readonly [string, number, number])[] = [
      ['bytes=0-0', 0, 0],
      ['bytes=2-5', 2, 5],
      ['bytes=7-', 7, 9],
      ['bytes=-3', 7, 9],
      ['bytes=-300', 0, 9],
      ['bytes=5-500', 5, 9],
    ];
    for (const [Range, start, end] of cases) {
      it(`gives ${Range} of ten bytes`, async () => {
        const got = await get({ Range });
        assert.equal(got.$metadata.httpStatusCode, 206);
        assert.equal(got.ContentRange, `bytes ${start}-${end}/10`);
        assert.deepEqual(got.bytes, small.subarray(start, end + 1));
        assert.equal(got.ChecksumCRC32, undefined);
      });
    }

    it('gives a range of a large object', async () => {
      const { bytes } = await get({ Key: 'large', Range: 'bytes=300000-600000' });
      assert.ok(bytes.equals(large.subarray(300_000, 600_001)));
    });

    it('refuses one outside the object', async () => {
      for (const [Key, Range] of [
        ['small', 'bytes=10-'],
        ['small', 'bytes=-0'],
        ['empty', 'bytes=0-'],
      ] as const) {
        assert.deepEqual(await refusalOf(get({ Key, Range })), { status: 416, code: 'InvalidRange' });
      }
    });

    it('gives all of it for several ranges, an unreadable one, or one of another ETag', async () => {
      for (const Range of ['bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2', 'bytes=-']) {
        const got = await get({ Range });
        assert.deepEqual([got.$metadata.httpStatusCode, got.bytes], [200, small]);
      }
      const headers = { range: 'bytes=0-1', 'if-range': '"other"' };
      const response = await sendByHand(fixture.server.endpoint, { path: `/${bucket}/small`, headers });
      assert.equal(response.status, 200);
    });
  });

  it('gives large and empty objects whole, and their checksum', async () => {
    const got = await get({ Key: 'large' });
    assert.ok(got.bytes.equals(large));
    assert.notEqual(got.ChecksumCRC32, undefined);
    assert.equal((await get({ Key: 'empty' })).bytes.length, 0);
  });

  it('honours conditions', async () => {
    const ETag = `"${md5(small)}"`;
    const [before, later] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
    assert.equal((await get({ IfMatch: ETag })).$metadata.httpStatusCode, 200);
    assert.equal(
      (await get({ IfNoneMatch: '"other"', IfModifiedSince: later })).$metadata.httpStatusCode,
      200,
    );
    assert.equal((await refusalOf(get({ IfMatch: '"other"' }))).status, 412);
    assert.equal((await refusalOf(get({ IfUnmodifiedSince: before }))).status, 412);
    assert.equal((await refusalOf(get({ IfNoneMatch: ETag }))).status, 304);
    assert.equal((await refusalOf(get({ IfModifiedSince: later }))).status, 304);
    assert.equal((await get({ IfModifiedSince: before })).$metadata.httpStatusCode, 200);
  });

  it('sets headers of the reply as the request asks, but none that would split it', async () => {
    const got = await get({ ResponseContentType: 'text/x', ResponseContentDisposition: 'inline' });
    assert.deepEqual([got.ContentType, got.ContentDisposition], ['text/x', 'inline']);
    const split = get({ ResponseContentType: 'a\r\nSet-Cookie: b' });
    assert.deepEqual(await refusalOf(split), { status: 400, code: 'InvalidArgument' });
  });

  it('refuses what is not there', async () => {
    assert.deepEqual(await refusalOf(get({ Key: 'absent' })), { status: 404, code: 'NoSuchKey' });
    assert.deepEqual(await refusalOf(get({ Bucket: 'no-such-bucket' })), {
      status: 404,
      code: 'NoSuchBucket',
    });
    assert.equal((await refusalOf(get({ VersionId: 'other' }))).code, 'NoSuchVersion');
    assert.equal((await get({ VersionId: 'null' })).bytes.length, 10);
  });
});

describe('headObject', () => {
  it('tells size and ETag without a body, and 404 without a document', async () => {
    const path = `/${bucket}/large`;
    const response = await sendByHand(fixture.server.endpoint, { method: 'HEAD', path });
    assert.deepEqual(
      [response.headers.get('content-length'), response.headers.get('etag')],
      ['700000', `"${md5(large)}"`],
    );
    const absent = await sendByHand(fixture.server.endpoint, { method: 'HEAD', path: `/${bucket}/absent` });
    assert.deepEqual([absent.status, await absent.text()], [404, '']);
  });
});

describe('deleteObject', () => {
  it('removes the object, and says the same when there is none', async () => {
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'doomed', Body: 'x' }));
    for (let time = 0; time < 2; time += 1) {
      const gone = await fixture.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'doomed' }));
      assert.equal(gone.$metadata.httpStatusCode, 204);
    }
    const head = fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'doomed' }));
    assert.equal((await refusalOf(head)).status, 404);
  });

  it('honours If-Match', async () => {
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'matched', Body: 'x' }));
    const remove = (IfMatch: string) =>
      fixture.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'matched', IfMatch }));
    assert.equal((await refusalOf(remove('"other"'))).status, 412);
    assert.equal((await remove(`"${md5('x')}"`)).$metadata.httpStatusCode, 204);
    assert.equal((await refusalOf(remove('*'))).status, 404);
  });
});
