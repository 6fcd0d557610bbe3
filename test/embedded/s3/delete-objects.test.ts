import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeleteObjectsCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { codeOf, type Fixture, md5, refusalOf, sendByHand, sha256, startFixture } from './fixture.ts';

describe('deleteObjects', () => {
  let fixture: Fixture;
  let bucket: string;
  before(async () => {
    fixture = await startFixture();
    bucket = await fixture.bucket();
  });
  after(() => fixture.stop());

  const put = (Key: string) => fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
  const remove = (Objects: { Key: string; ETag?: string }[], Quiet = false) =>
    fixture.client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet } }));
  const exists = (Key: string) =>
    fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
      () => true,
      () => false,
    );

  it('removes what is named and nothing else', async () => {
    for (const Key of ['<a>', 'b', 'c']) await put(Key);
    const { Deleted = [], Errors } = await remove([{ Key: '<a>' }, { Key: 'b' }, { Key: 'absent' }]);
    assert.deepEqual(
      Deleted.map(({ Key }) => Key),
      ['<a>', 'b', 'absent'],
    );
    assert.equal(Errors, undefined);
    assert.deepEqual([await exists('<a>'), await exists('b'), await exists('c')], [false, false, true]);
  });

  it('says of each key what hindered it', async () => {
    for (const Key of ['d', 'e']) await put(Key);
    const named = [
      { Key: 'd', ETag: md5('other') },
      { Key: 'e', ETag: md5('e') },
    ];
    const { Deleted, Errors = [] } = await remove(named, true);
    assert.equal(Deleted, undefined);
    assert.deepEqual(
      Errors.map(({ Key, Code }) => [Key, Code]),
      [['d', 'PreconditionFailed']],
    );
    assert.deepEqual([await exists('d'), await exists('e')], [true, false]);
  });

  it('takes a thousand long keys, and no more', async () => {
    const named = Array.from({ length: 1001 }, (_, index) => ({ Key: `${index}${'&'.repeat(1000)}` }));
    assert.equal((await remove(named.slice(1))).Deleted?.length, 1000);
    assert.equal((await refusalOf(remove(named))).code, 'MalformedXML');
  });

  it('refuses a list that nothing vouches for', async () => {
    const xml = '<Delete><Object><Key>c</Key></Object></Delete>';
    const request = { method: 'POST', path: `/${bucket}`, query: 'delete=', payload: sha256(xml) };
    const response = await sendByHand(fixture.server.endpoint, request, xml);
    assert.deepEqual([response.status, await codeOf(response)], [400, 'InvalidRequest']);
  });
});
