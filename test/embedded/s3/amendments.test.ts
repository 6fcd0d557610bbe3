import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { codeOf, type Fixture, refusalOf, sendByHand, sha256, startFixture } from './fixture.ts';

describe('putTags', () => {
  let fixture: Fixture;
  let bucket: string;
  const body = Buffer.alloc(300_000, 'tagged body;');
  before(async () => {
    fixture = await startFixture();
    bucket = await fixture.bucket();
    const Metadata = { kept: 'yes' };
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: body, Metadata }));
  });
  after(() => fixture.stop());

  const tag = (TagSet: { Key: string; Value: string }[], Key = 'k') =>
    fixture.client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging: { TagSet } }));
  const tags = async () => {
    const { TagSet } = await fixture.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'k' }));
    return TagSet;
  };

  it('replaces the tags and nothing else', async () => {
    const before_ = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));
    await before_.Body?.transformToByteArray();
    await tag([{ Key: 'a', Value: '1' }]);
    await tag([{ Key: 'b', Value: '<&> ' }]);
    assert.deepEqual(await tags(), [{ Key: 'b', Value: '<&> ' }]);
    const got = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));
    assert.ok(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body));
    assert.deepEqual(
      [got.ETag, got.LastModified, got.Metadata, got.TagCount],
      [before_.ETag, before_.LastModified, { kept: 'yes' }, 1],
    );
  });

  it('loses none of twenty changes of different objects made at once', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    for (const Key of keys)
      await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
    await Promise.all(keys.map((Key) => tag([{ Key: 'own', Value: Key }], Key)));
    for (const Key of keys) {
      const { TagSet } = await fixture.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }));
      assert.deepEqual(TagSet, [{ Key: 'own', Value: Key }]);
    }
  });

  it('removes them', async () => {
    await tag([{ Key: 'a', Value: '1' }]);
    const gone = await fixture.client.send(new DeleteObjectTaggingCommand({ Bucket: bucket, Key: 'k' }));
    assert.equal(gone.$metadata.httpStatusCode, 204);
    assert.deepEqual(await tags(), []);
  });

  it('refuses tags beyond the limits, and an object that is not there', async () => {
    const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    for (const set of [
      eleven,
      [{ Key: 'x'.repeat(129), Value: '' }],
      [{ Key: 'k', Value: 'x'.repeat(257) }],
    ]) {
      assert.equal((await refusalOf(tag(set))).code, 'InvalidTag');
    }
    assert.equal((await refusalOf(tag([], 'absent'))).code, 'NoSuchKey');
  });

  it('refuses XML that is broken, of another kind, or declares entities', async () => {
    const entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Tagging><TagSet/></Tagging>';
    const deep = `<Tagging>${'<a>'.repeat(50)}${'</a>'.repeat(50)}</Tagging>`;
    for (const xml of ['', '<Tagging>', '<Other/>', '<Tagging/>', entity, deep]) {
      const request = { method: 'PUT', path: `/${bucket}/k`, query: 'tagging=', payload: sha256(xml) };
      const response = await sendByHand(fixture.server.endpoint, request, xml);
      assert.deepEqual([response.status, await codeOf(response)], [400, 'MalformedXML']);
    }
  });
});
