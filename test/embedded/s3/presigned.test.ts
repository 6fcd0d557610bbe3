import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { codeOf, type Fixture, sha256, startFixture } from './fixture.ts';

describe('a presigned URL', () => {
  let fixture: Fixture;
  let bucket: string;
  before(async () => {
    fixture = await startFixture();
    bucket = await fixture.bucket();
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'content' }));
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'b', Body: 'other' }));
  });
  after(() => fixture.stop());

  const presign = (key: string, signingDate = new Date()) =>
    getSignedUrl(fixture.client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
      expiresIn: 60,
      signingDate,
    });

  it('gives the object', async () => {
    const response = await fetch(await presign('a'));
    assert.deepEqual([response.status, await response.text()], [200, 'content']);
  });

  it('refuses another key, method, lifetime or parameter', async () => {
    const url = await presign('a');
    const tampered: [string, RequestInit][] = [
      [url.replace('/a?', '/b?'), {}],
      [url, { method: 'DELETE' }],
      [url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'), {}],
      [`${url}&response-content-type=text/html`, {}],
      [url.replace('x-id=GetObject', 'x-id=Other'), {}],
    ];
    for (const [address, init] of tampered) {
      assert.notEqual(address + (init.method ?? ''), url);
      const response = await fetch(address, init);
      assert.deepEqual([response.status, await codeOf(response)], [403, 'SignatureDoesNotMatch']);
    }
  });

  it('refuses it when its time is over, or has not come', async () => {
    const expired = await fetch(await presign('a', new Date(Date.now() - 61_000)));
    assert.deepEqual([expired.status, await codeOf(expired)], [403, 'AccessDenied']);
    const early = await fetch(await presign('a', new Date(Date.now() + 16 * 60_000)));
    assert.deepEqual([early.status, await codeOf(early)], [403, 'RequestTimeTooSkewed']);
  });

  it('refuses a lifetime over a week', async () => {
    const url = (await presign('a')).replace('X-Amz-Expires=60', 'X-Amz-Expires=604801');
    assert.equal(await codeOf(await fetch(url)), 'AuthorizationQueryParametersError');
  });

  it('refuses an x-amz- header beside it that it does not name', async () => {
    const response = await fetch(await presign('a'), { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    assert.deepEqual([response.status, await codeOf(response)], [403, 'AccessDenied']);
  });

  it('refuses a parameter given twice', async () => {
    const response = await fetch(`${await presign('a')}&X-Amz-Expires=6000`);
    assert.deepEqual([response.status, await codeOf(response)], [400, 'InvalidArgument']);
  });

  it('refuses a second authentication beside it', async () => {
    const response = await fetch(await presign('a'), {
      headers: { authorization: 'AWS4-HMAC-SHA256 x' },
    });
    assert.deepEqual([response.status, await codeOf(response)], [400, 'InvalidArgument']);
  });

  it('stores the body of a PUT with the metadata it was signed with', async () => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: 'presigned ü+',
      ContentType: 'text/plain',
      Metadata: { origin: 'url' },
    });
    const url = await getSignedUrl(fixture.client, command, { expiresIn: 60 });
    const put = await fetch(url, {
      method: 'PUT',
      body: 'by url',
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(put.status, 200);
    const got = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'presigned ü+' }));
    assert.equal(await got.Body?.transformToString(), 'by url');
    assert.deepEqual([got.Metadata, got.ContentType], [{ origin: 'url' }, 'text/plain']);
  });

  it('checks a checksum it was signed with on purpose', async () => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: 'checked',
      ChecksumSHA256: sha256('wanted', 'base64'),
    });
    const url = await getSignedUrl(fixture.client, command, { expiresIn: 60 });
    const other = await fetch(url, { method: 'PUT', body: 'other' });
    assert.deepEqual([other.status, await codeOf(other)], [400, 'BadDigest']);
    assert.equal((await fetch(url, { method: 'PUT', body: 'wanted' })).status, 200);
  });
});
