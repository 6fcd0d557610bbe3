import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CopyObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { type Fixture, md5, refusalOf, sendByHand, sha256, startFixture } from './fixture.ts';

let fixture: Fixture;
let bucket: string;
before(async () => {
  fixture = await startFixture();
  bucket = await fixture.bucket();
});
after(() => fixture.stop());

const put = (input: Partial<PutObjectCommandInput>) =>
  fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'key', Body: 'body', ...input }));
const textOf = async (Key: string) => {
  const { Body } = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Body?.transformToString();
};
const head = (Key: string) =>
  fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));

describe('putObject', () => {
  it('keeps body, content headers, metadata and tags', async () => {
    const { ETag } = await put({
      Key: 'kept',
      ContentType: 'application/pdf',
      ContentDisposition: 'attachment; filename="a.pdf"',
      ContentLanguage: 'nl',
      ContentEncoding: 'identity',
      CacheControl: 'no-store',
      Metadata: { 'attestation-id': '42', empty: '' },
      Tagging: 'a=1&b%26=2%3D',
    });
    assert.equal(ETag, `"${md5('body')}"`);
    const found = await head('kept');
    const facts: (keyof HeadObjectCommandOutput)[] = [
      'ContentType',
      'ContentDisposition',
      'ContentLanguage',
      'ContentEncoding',
      'CacheControl',
      'ContentLength',
      'ETag',
      'TagCount',
    ];
    assert.deepEqual(
      facts.map((name) => found[name]),
      ['application/pdf', 'attachment; filename="a.pdf"', 'nl', 'identity', 'no-store', 4, ETag, 2],
    );
    assert.deepEqual(found.Metadata, { 'attestation-id': '42', empty: '' });
    const { TagSet } = await fixture.client.send(
      new GetObjectTaggingCommand({ Bucket: bucket, Key: 'kept' }),
    );
    assert.deepEqual(TagSet, [
      { Key: 'a', Value: '1' },
      { Key: 'b&', Value: '2=' },
    ]);
  });

  it('keeps keys apart that are paths of one another, and an empty body', async () => {
    const keys = ['x', 'x/', 'x/y', 'X', '../x', './x', '/x', 'x//y'];
    for (const Key of keys) await put({ Key, Body: Key });
    for (const Key of keys) assert.equal(await textOf(Key), Key);
    await put({ Key: 'empty', Body: '' });
    assert.equal(await textOf('empty'), '');
  });

  it('replaces an object whole', async () => {
    await put({ Key: 'replaced', Body: 'a longer first body', Metadata: { first: 'yes' } });
    await put({ Key: 'replaced', Body: 'second' });
    assert.equal(await textOf('replaced'), 'second');
    assert.deepEqual((await head('replaced')).Metadata, {});
  });

  it('stores a body of many megabytes, unharmed', async () => {
    const Body = Buffer.alloc(20 * 1024 * 1024, 'pattern of no power of two;');
    await put({ Key: 'large', Body });
    const got = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'large' }));
    assert.equal(sha256(Buffer.from((await got.Body?.transformToByteArray()) ?? [])), sha256(Body));
  });

  it('leaves nothing in the making behind, whether it stored or refused', async () => {
    await put({ Key: 'done', Body: Buffer.alloc(1024 * 1024) });
    await refusalOf(put({ Key: 'refused', Body: Buffer.alloc(1024 * 1024), ChecksumCRC32: 'AAAAAQ==' }));
    assert.deepEqual(readdirSync(join(fixture.folder, 'tmp')), []);
  });

  describe('with If-None-Match: *', () => {
    it('stores a new key and refuses an existing one', async () => {
      await put({ Key: 'once', Body: 'first', IfNoneMatch: '*' });
      const second = await refusalOf(put({ Key: 'once', Body: 'second', IfNoneMatch: '*' }));
      assert.deepEqual(second, { status: 412, code: 'PreconditionFailed' });
      assert.equal(await textOf('once'), 'first');
    });

    it('lets exactly one of twenty win, whose body is the one stored', async () => {
      for (let round = 0; round < 5; round += 1) {
        const Key = `race-${round}`;
        const bodies = Array.from({ length: 20 }, (_, index) => String(index).repeat(50_000));
        const results = await Promise.allSettled(bodies.map((Body) => put({ Key, Body, IfNoneMatch: '*' })));
        const winners = bodies.filter((_, index) => results[index]?.status === 'fulfilled');
        assert.equal(winners.length, 1);
        assert.equal(await textOf(Key), winners[0]);
        for (const result of results) {
          if (result.status === 'rejected') assert.equal(result.reason.$metadata.httpStatusCode, 412);
        }
      }
    });

    it('refuses any other value than *', async () => {
      assert.equal((await refusalOf(put({ IfNoneMatch: '"abc"' }))).code, 'NotImplemented');
    });
  });

  describe('with If-Match', () => {
    it('stores over the object of that ETag only', async () => {
      const { ETag = '' } = await put({ Key: 'match', Body: 'first' });
      const wrong = put({ Key: 'match', Body: 'no', IfMatch: `"${md5('other')}"` });
      assert.deepEqual(await refusalOf(wrong), { status: 412, code: 'PreconditionFailed' });
      await put({ Key: 'match', Body: 'second', IfMatch: ETag });
      assert.equal(await textOf('match'), 'second');
    });

    it('lets exactly one of twenty with the same ETag win', async () => {
      const { ETag = '' } = await put({ Key: 'swap', Body: 'first' });
      const attempts = Array.from({ length: 20 }, (_, index) =>
        put({ Key: 'swap', Body: `${index}`, IfMatch: ETag }),
      );
      const results = await Promise.allSettled(attempts);
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    });

    it('refuses a key that has no object', async () => {
      assert.equal((await refusalOf(put({ Key: 'absent', IfMatch: '"x"' }))).status, 404);
    });
  });

  describe('when it asks for what is not kept here', () => {
    const requests: readonly (readonly [string, Partial<PutObjectCommandInput>, string])[] = [
      ['encryption', { ServerSideEncryption: 'AES256' }, 'NotImplemented'],
      ['an access list', { ACL: 'public-read' }, 'NotImplemented'],
      ['a redirect', { WebsiteRedirectLocation: '/x' }, 'NotImplemented'],
      ['another storage class', { StorageClass: 'GLACIER' }, 'InvalidStorageClass'],
      ['retention without object lock', { ObjectLockLegalHoldStatus: 'ON' }, 'InvalidRequest'],
      ['too much metadata', { Metadata: { long: 'x'.repeat(2048) } }, 'MetadataTooLarge'],
      ['eleven tags', { Tagging: 'abcdefghijk'.split('').join('&') }, 'InvalidTag'],
      ['a tag twice', { Tagging: 'a=1&a=2' }, 'InvalidTag'],
      ['a key over 1024 bytes', { Key: 'é'.repeat(513) }, 'KeyTooLongError'],
      ['a bucket that is not there', { Bucket: 'no-such-bucket' }, 'NoSuchBucket'],
      ['a bucket name that is none', { Bucket: 'Not_A_Bucket' }, 'InvalidBucketName'],
    ];
    for (const [what, input, code] of requests) {
      it(`refuses ${what}`, async () => {
        assert.equal((await refusalOf(put({ Key: 'unkept', ...input }))).code, code);
        assert.equal((await refusalOf(head('unkept'))).status, 404);
      });
    }

    it('refuses a subresource it does not know', async () => {
      for (const query of ['acl=', 'torrent=', 'policyStatus=']) {
        const path = `/${bucket}/key`;
        const response = await sendByHand(fixture.server.endpoint, { method: 'GET', path, query });
        assert.equal(response.status, 501);
      }
    });
  });
});

describe('copyObject', () => {
  const copy = (Key: string, CopySource: string, input = {}) =>
    fixture.client.send(new CopyObjectCommand({ Bucket: bucket, Key, CopySource, ...input }));

  it('copies bytes, attributes and checksum', async () => {
    await put({ Key: 'source é+', Metadata: { a: '1' }, Tagging: 't=1', ChecksumAlgorithm: 'SHA256' });
    const { CopyObjectResult } = await copy('copied', `${bucket}/${encodeURIComponent('source é+')}`);
    assert.equal(CopyObjectResult?.ETag, `"${md5('body')}"`);
    const { Metadata, TagCount, ChecksumSHA256 } = await head('copied');
    assert.deepEqual([Metadata, TagCount, ChecksumSHA256], [{ a: '1' }, 1, sha256('body', 'base64')]);
    assert.equal(await textOf('copied'), 'body');
  });

  it('replaces attributes when told to, also of the object itself', async () => {
    await put({ Key: 'self', Metadata: { a: '1' } });
    assert.equal((await refusalOf(copy('self', `${bucket}/self`))).code, 'InvalidRequest');
    await copy('self', `${bucket}/self`, { MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
    assert.deepEqual([(await head('self')).Metadata, await textOf('self')], [{ b: '2' }, 'body']);
  });

  it('honours conditions on source and target', async () => {
    await put({ Key: 'conditional' });
    const source = `${bucket}/conditional`;
    assert.equal((await refusalOf(copy('c', source, { CopySourceIfMatch: '"x"' }))).status, 412);
    const none = { CopySourceIfNoneMatch: `"${md5('body')}"` };
    assert.equal((await refusalOf(copy('c', source, none))).status, 412);
    await copy('c', source);
    assert.equal((await refusalOf(copy('c', source, { IfNoneMatch: '*' }))).status, 412);
  });

  it('refuses a source that is not there or not readable', async () => {
    assert.equal((await refusalOf(copy('c', `${bucket}/absent`))).code, 'NoSuchKey');
    assert.equal((await refusalOf(copy('c', 'no-such-bucket/key'))).code, 'NoSuchBucket');
    assert.equal((await refusalOf(copy('c', 'nonsense'))).code, 'InvalidArgument');
  });
});
