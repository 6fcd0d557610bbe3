import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Refusal } from '../../../src/embedded/s3/refusal.ts';
import type { S3Request } from '../../../src/embedded/s3/request.ts';
import { authenticate } from '../../../src/embedded/s3/signature.ts';
import {
  clientOf,
  codeOf,
  credentials,
  type Fixture,
  type HandSigned,
  refusalOf,
  sendByHand,
  sha256,
  startFixture,
} from './fixture.ts';

describe('authenticate', () => {
  describe('when given the examples of the S3 API reference', () => {
    const example = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      region: 'us-east-1',
    };
    const now = Date.UTC(2013, 4, 24);

    /** A request as `parseRequest` gives it. */
    function request(
      method: string,
      path: string,
      headers: Record<string, string>,
      query: Record<string, string> = {},
    ): S3Request {
      return {
        method,
        path,
        bucket: undefined,
        key: undefined,
        query: new Map(Object.entries(query)),
        headers: new Map(Object.entries(headers)),
        headerNames: new Set(Object.keys(headers)),
        // Nothing of the socket is looked at.
        message: undefined as never,
      };
    }

    const authorization = (names: string, signature: string) =>
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names},Signature=${signature}`;

    it('accepts the GET of a range', () => {
      const headers = {
        host: 'examplebucket.s3.amazonaws.com',
        range: 'bytes=0-9',
        'x-amz-content-sha256': sha256(''),
        'x-amz-date': '20130524T000000Z',
        authorization: authorization(
          'host;range;x-amz-content-sha256;x-amz-date',
          'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        ),
      };
      assert.deepEqual(authenticate(request('GET', '/test.txt', headers), example, now).payload, {
        kind: 'hash',
        sha256: sha256(''),
      });
    });

    it('accepts the PUT of a key that needs encoding', () => {
      const headers = {
        host: 'examplebucket.s3.amazonaws.com',
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-date': '20130524T000000Z',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        authorization: authorization(
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
      };
      assert.doesNotThrow(() => authenticate(request('PUT', '/test%24file.text', headers), example, now));
    });

    it('accepts the presigned URL, and refuses it a second after its end', () => {
      const query = {
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
        'X-Amz-Date': '20130524T000000Z',
        'X-Amz-Expires': '86400',
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
      };
      const presigned = request('GET', '/test.txt', { host: 'examplebucket.s3.amazonaws.com' }, query);
      assert.equal(authenticate(presigned, example, now + 86_400_000).payload.kind, 'unsigned');
      assert.throws(
        () => authenticate(presigned, example, now + 86_401_000),
        (error) => error instanceof Refusal && error.code === 'AccessDenied',
      );
    });
  });

  describe('when requests come over the wire', () => {
    let fixture: Fixture;
    let bucket: string;
    before(async () => {
      fixture = await startFixture();
      bucket = await fixture.bucket();
      await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'content' }));
      await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'b', Body: 'other' }));
    });
    after(() => fixture.stop());

    const send = async (request: Partial<HandSigned>) => {
      const response = await sendByHand(fixture.server.endpoint, { path: `/${bucket}/a`, ...request });
      return { status: response.status, code: await codeOf(response) };
    };

    it('lets a request signed without the SDK pass', async () => {
      assert.equal((await send({})).status, 200);
    });

    it('refuses an unsigned request, whatever it asks for', async () => {
      for (const path of ['', `/${bucket}`, `/${bucket}/a`, '/no-such-bucket/a']) {
        const response = await fetch(fixture.server.endpoint + path);
        assert.deepEqual([response.status, await codeOf(response)], [403, 'AccessDenied']);
      }
    });

    it('refuses a wrong secret', async () => {
      assert.deepEqual(await send({ secret: 'wrong' }), { status: 403, code: 'SignatureDoesNotMatch' });
      const stranger = clientOf(fixture.server.endpoint, {
        credentials: { ...credentials, secretAccessKey: 'wrong' },
      });
      const put = stranger.send(new PutObjectCommand({ Bucket: bucket, Key: 'forged', Body: 'x' }));
      assert.deepEqual(await refusalOf(put), { status: 403, code: 'SignatureDoesNotMatch' });
    });

    it('refuses an unknown access key', async () => {
      const stranger = clientOf(fixture.server.endpoint, {
        credentials: { ...credentials, accessKeyId: 'nobody' },
      });
      const get = stranger.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }));
      assert.deepEqual(await refusalOf(get), { status: 403, code: 'InvalidAccessKeyId' });
    });

    it('refuses a session token, which it cannot check', async () => {
      const temporary = clientOf(fixture.server.endpoint, {
        credentials: { ...credentials, sessionToken: 'token' },
      });
      const get = temporary.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }));
      assert.deepEqual(await refusalOf(get), { status: 400, code: 'InvalidToken' });
    });

    it('refuses a clock more than 15 minutes off, either way', async () => {
      const minutes = (count: number) => new Date(Date.now() + count * 60_000);
      assert.equal((await send({ time: minutes(-14) })).status, 200);
      assert.equal((await send({ time: minutes(14) })).status, 200);
      assert.deepEqual(await send({ time: minutes(-16) }), { status: 403, code: 'RequestTimeTooSkewed' });
      assert.deepEqual(await send({ time: minutes(16) }), { status: 403, code: 'RequestTimeTooSkewed' });
    });

    it('refuses another region', async () => {
      assert.deepEqual(await send({ region: 'eu-west-1' }), {
        status: 400,
        code: 'AuthorizationHeaderMalformed',
      });
    });

    it('refuses an x-amz- header that was added after signing', async () => {
      const unsigned = { 'x-amz-copy-source': `${bucket}/b` };
      assert.deepEqual(await send({ method: 'PUT', unsigned }), { status: 403, code: 'AccessDenied' });
    });

    it('refuses a header changed after signing', async () => {
      assert.equal((await send({ headers: { range: 'bytes=0-1' } })).status, 206);
      assert.equal(
        (await send({ headers: { range: 'bytes=0-1' }, unsigned: { range: 'bytes=0-2' } })).status,
        403,
      );
    });

    it('refuses an older way to sign', async () => {
      const options = { headers: { authorization: 'AWS test:c2lnbmF0dXJl' } };
      const response = await fetch(`${fixture.server.endpoint}/${bucket}/a`, options);
      assert.deepEqual([response.status, await codeOf(response)], [400, 'InvalidRequest']);
    });
  });
});
