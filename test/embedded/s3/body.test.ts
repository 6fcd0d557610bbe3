import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  clientOf,
  codeOf,
  type Fixture,
  type HandSigned,
  refusalOf,
  sendByHand,
  sha256,
  signByHand,
  startFixture,
} from './fixture.ts';

describe('receiveBody', () => {
  let fixture: Fixture;
  let bucket: string;
  before(async () => {
    fixture = await startFixture();
    bucket = await fixture.bucket();
  });
  after(() => fixture.stop());

  const body = Buffer.from('the body');
  const crc = (data: Buffer) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(data));
    return bytes.toString('base64');
  };
  const put = async (
    key: string,
    headers: Record<string, string>,
    rest: Partial<HandSigned> = {},
    sent = body,
  ) => {
    const path = `/${bucket}/${key}`;
    const response = await sendByHand(
      fixture.server.endpoint,
      { method: 'PUT', path, payload: sha256(body), headers, ...rest },
      sent,
    );
    return { status: response.status, code: await codeOf(response) };
  };
  const assertAbsent = async (key: string) => {
    const head = fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    assert.equal((await refusalOf(head)).status, 404);
  };

  it('refuses a body that is not the one signed for, and stores nothing', async () => {
    const other = Buffer.from('the b0dy');
    assert.deepEqual(await put('swapped', {}, {}, other), { status: 400, code: 'XAmzContentSHA256Mismatch' });
    await assertAbsent('swapped');
  });

  it('takes a body whose hash the client left out on purpose', async () => {
    assert.equal((await put('unsigned', {}, { payload: 'UNSIGNED-PAYLOAD' })).status, 200);
  });

  it('refuses a hash of no known form', async () => {
    assert.deepEqual(await put('odd', {}, { payload: 'STREAMING-SOMETHING' }), {
      status: 400,
      code: 'InvalidArgument',
    });
  });

  const right: Record<string, string> = {
    'content-md5': createHash('md5').update(body).digest('base64'),
    'x-amz-checksum-crc32': crc(body),
    'x-amz-checksum-sha1': createHash('sha1').update(body).digest('base64'),
    'x-amz-checksum-sha256': sha256(body, 'base64'),
  };
  for (const [header, value] of Object.entries(right)) {
    it(`verifies ${header}`, async () => {
      assert.equal((await put('right', { [header]: value })).status, 200);
      const wrong = Buffer.from(value, 'base64').fill(1).toString('base64');
      assert.deepEqual(await put('wrong', { [header]: wrong }), { status: 400, code: 'BadDigest' });
      assert.deepEqual(await put('wrong', { [header]: 'short' }), { status: 400, code: 'InvalidDigest' });
      await assertAbsent('wrong');
    });
  }

  it('refuses a checksum it cannot verify', async () => {
    const headers = { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' };
    assert.deepEqual(await put('unknown', headers), { status: 501, code: 'NotImplemented' });
    await assertAbsent('unknown');
  });

  for (const algorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
    it(`verifies and gives back the ${algorithm} the SDK sends, in a header and in a trailer`, async () => {
      for (const [name, Body] of [
        ['header', body],
        ['trailer', Readable.from([body.subarray(0, 3), body.subarray(3)])],
      ] as const) {
        const Key = `${algorithm}-${name}`;
        const command = {
          Bucket: bucket,
          Key,
          Body,
          ContentLength: body.length,
          ChecksumAlgorithm: algorithm,
        };
        await fixture.client.send(new PutObjectCommand(command));
        const got = await fixture.client.send(
          new GetObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }),
        );
        assert.equal(await got.Body?.transformToString(), body.toString());
        const head = await fixture.client.send(
          new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }),
        );
        assert.equal(typeof head[`Checksum${algorithm}`], 'string');
        assert.equal(head.ChecksumType, 'FULL_OBJECT');
        assert.equal(head.ContentEncoding, undefined);
      }
    });
  }

  describe('when the body comes in chunks', () => {
    const trailer = `x-amz-checksum-crc32:${crc(body)}`;
    const chunked = (end: string) => Buffer.from(`8\r\n${body.toString()}\r\n0\r\n${end}\r\n\r\n`);
    const headers = {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '8',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    const unsigned = { payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };

    it('stores what they hold and not the chunks', async () => {
      assert.equal((await put('chunks', headers, unsigned, chunked(trailer))).status, 200);
      const got = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'chunks' }));
      assert.equal(await got.Body?.transformToString(), body.toString());
    });

    it('refuses a trailer with a wrong, a missing or an unannounced checksum', async () => {
      assert.equal(
        (await put('bad', headers, unsigned, chunked('x-amz-checksum-crc32:AAAAAA=='))).code,
        'BadDigest',
      );
      assert.equal((await put('bad', headers, unsigned, chunked('x-other:1'))).code, 'MalformedTrailerError');
      const both = `${trailer}\r\nx-amz-checksum-crc32c:AAAAAA==`;
      assert.equal((await put('bad', headers, unsigned, chunked(both))).code, 'MalformedTrailerError');
      await assertAbsent('bad');
    });

    it('refuses a decoded length that is not true', async () => {
      for (const length of ['7', '9']) {
        const lying = { ...headers, 'x-amz-decoded-content-length': length };
        assert.equal((await put('bad', lying, unsigned, chunked(trailer))).code, 'IncompleteBody');
      }
      await assertAbsent('bad');
    });

    it('refuses aws-chunked that nobody vouched for', async () => {
      const plain = { 'content-encoding': 'aws-chunked' };
      assert.equal((await put('bad', plain, { payload: 'UNSIGNED-PAYLOAD' })).code, 'InvalidRequest');
    });

    it('checks the signature of each chunk', async () => {
      const signed = {
        method: 'PUT',
        path: `/${bucket}/signed`,
        payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '8' },
      };
      for (const isForged of [false, true]) {
        const {
          url,
          headers: sent,
          sign,
          date,
          scope,
          signature,
        } = signByHand(fixture.server.endpoint, signed);
        const of = (previous: string, data: string | Buffer) =>
          sign('AWS4-HMAC-SHA256-PAYLOAD', date, scope, previous, sha256(''), sha256(data));
        const first = of(signature, isForged ? 'the b0dy' : body);
        const wire = `8;chunk-signature=${first}\r\n${body.toString()}\r\n0;chunk-signature=${of(first, '')}\r\n\r\n`;
        const response = await fetch(url, { method: 'PUT', headers: sent, body: wire });
        assert.equal(response.status, isForged ? 403 : 200);
      }
    });
  });

  it('demands a length', async () => {
    const { url, headers } = signByHand(fixture.server.endpoint, {
      method: 'PUT',
      path: `/${bucket}/endless`,
      payload: 'UNSIGNED-PAYLOAD',
    });
    const status = await new Promise((resolve, reject) => {
      const sent = request(url, { method: 'PUT', headers: { ...headers, 'transfer-encoding': 'chunked' } });
      sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      sent.end('body');
    });
    assert.equal(status, 411);
  });

  it('refuses more than 5 GiB before the first byte', async () => {
    const length = String(5 * 1024 ** 3 + 1);
    const headers = {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': length,
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    const payload = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
    assert.deepEqual(await put('huge', headers, { payload }), { status: 400, code: 'EntityTooLarge' });
  });

  it('refuses a body where none belongs', async () => {
    const response = await sendByHand(
      fixture.server.endpoint,
      { method: 'DELETE', path: `/${bucket}/any`, payload: sha256(body) },
      body,
    );
    assert.deepEqual([response.status, await codeOf(response)], [400, 'EntityTooLarge']);
  });

  it('answers a client that waits to be told to go on, without taking the body of a refused request', async () => {
    const big = Buffer.alloc(3 * 1024 * 1024, 7);
    await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'big', Body: big }));
    const stranger = clientOf(fixture.server.endpoint, {
      credentials: { accessKeyId: 'nobody', secretAccessKey: 'x' },
    });
    const refused = stranger.send(new PutObjectCommand({ Bucket: bucket, Key: 'other', Body: big }));
    assert.deepEqual(await refusalOf(refused), { status: 403, code: 'InvalidAccessKeyId' });
  });
});
