import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { clientOf, type Fixture, md5, refusalOf, start, startFixture } from './fixture.ts';

const MIB = 1024 * 1024;

describe('multipart upload', () => {
  let fixture: Fixture;
  let bucket: string;
  before(async () => {
    fixture = await startFixture();
    bucket = await fixture.bucket();
  });
  after(() => fixture.stop());

  const first = Buffer.alloc(5 * MIB, 'first part,');
  const last = Buffer.from('the last part');
  const create = (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
    fixture.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...input }));
  const upload = async (
    Key: string,
    UploadId: string | undefined,
    PartNumber: number,
    Body: Buffer,
    input = {},
  ) => {
    const part = { Bucket: bucket, Key, UploadId, PartNumber, Body, ...input };
    const { ETag, ChecksumCRC32 } = await fixture.client.send(new UploadPartCommand(part));
    return { PartNumber, ETag, ChecksumCRC32 } as CompletedPart;
  };
  const complete = (Key: string, UploadId: string | undefined, Parts: CompletedPart[], input = {}) =>
    fixture.client.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts },
        ...input,
      }),
    );
  const bytesOf = async (Key: string) => {
    const { Body } = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const uploadIds = async () => {
    const { Uploads = [] } = await fixture.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ UploadId }) => UploadId);
  };

  it('makes one object of its parts, with what was said at the start', async () => {
    const { UploadId } = await create('whole', {
      ContentType: 'text/plain',
      Metadata: { a: '1' },
      Tagging: 't=1',
    });
    const two = await upload('whole', UploadId, 2, last);
    const one = await upload('whole', UploadId, 1, first);
    const { ETag } = await complete('whole', UploadId, [one, two]);
    const digests = Buffer.from(md5(first) + md5(last), 'hex');
    assert.equal(ETag, `"${md5(digests)}-2"`);
    assert.ok((await bytesOf('whole')).equals(Buffer.concat([first, last])));
    const head = await fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'whole' }));
    assert.deepEqual(
      [head.ETag, head.ContentType, head.Metadata, head.TagCount],
      [ETag, 'text/plain', { a: '1' }, 1],
    );
  });

  it('is what the upload helper of the SDK needs', async () => {
    const data = Buffer.alloc(12 * MIB, 'a stream of unknown length;');
    const Body = Readable.from([data.subarray(0, 7 * MIB), data.subarray(7 * MIB)]);
    await new Upload({ client: fixture.client, params: { Bucket: bucket, Key: 'helper', Body } }).done();
    assert.ok((await bytesOf('helper')).equals(data));
  });

  it('shows nothing before it is completed, and leaves nothing behind after', async () => {
    const { UploadId } = await create('hidden');
    const part = await upload('hidden', UploadId, 1, last);
    assert.equal((await refusalOf(bytesOf('hidden'))).code, 'NoSuchKey');
    await complete('hidden', UploadId, [part]);
    assert.ok(!(await uploadIds()).includes(UploadId));
    assert.deepEqual(readdirSync(join(fixture.folder, 'tmp')), []);
  });

  it('lists parts and uploads, in pages, also after a restart', async () => {
    const ids = new Set<string | undefined>();
    for (const Key of ['list/b', 'list/a', 'list/a']) ids.add((await create(Key)).UploadId);
    const again = await start(fixture.folder);
    const client = clientOf(again.endpoint);
    const shown: (readonly [string | undefined, string | undefined])[] = [];
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (let isTruncated = true; isTruncated; ) {
      const input = { Bucket: bucket, Prefix: 'list/', MaxUploads: 1, ...markers };
      const page = await client.send(new ListMultipartUploadsCommand(input));
      shown.push(...(page.Uploads ?? []).map(({ Key, UploadId }) => [Key, UploadId] as const));
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      isTruncated = page.IsTruncated === true;
    }
    assert.deepEqual(
      shown.map(([Key]) => Key),
      ['list/a', 'list/a', 'list/b'],
    );
    assert.deepEqual(new Set(shown.map(([, UploadId]) => UploadId)), ids);
    await again.stop();

    const { UploadId } = await create('parts');
    for (const number of [3, 1, 2]) await upload('parts', UploadId, number, Buffer.from(`${number}`));
    const target = { Bucket: bucket, Key: 'parts', UploadId };
    const page = await fixture.client.send(new ListPartsCommand({ ...target, MaxParts: 2 }));
    assert.deepEqual(
      page.Parts?.map(({ PartNumber }) => PartNumber),
      [1, 2],
    );
    const rest = new ListPartsCommand({ ...target, PartNumberMarker: page.NextPartNumberMarker });
    assert.deepEqual(
      (await fixture.client.send(rest)).Parts?.map(({ PartNumber }) => PartNumber),
      [3],
    );
  });

  it('uses the last body sent for a part', async () => {
    const { UploadId } = await create('resent');
    await upload('resent', UploadId, 1, Buffer.from('first try'));
    const part = await upload('resent', UploadId, 1, Buffer.from('second try'));
    await complete('resent', UploadId, [part]);
    assert.equal((await bytesOf('resent')).toString(), 'second try');
  });

  it('forgets an aborted upload', async () => {
    const { UploadId } = await create('aborted');
    const part = await upload('aborted', UploadId, 1, last);
    const target = { Bucket: bucket, Key: 'aborted', UploadId };
    await fixture.client.send(new AbortMultipartUploadCommand(target));
    assert.ok(!(await uploadIds()).includes(UploadId));
    for (const request of [
      () => complete('aborted', UploadId, [part]),
      () => upload('aborted', UploadId, 1, last),
      () => fixture.client.send(new AbortMultipartUploadCommand(target)),
      () => fixture.client.send(new ListPartsCommand(target)),
    ]) {
      assert.deepEqual(await refusalOf(request()), { status: 404, code: 'NoSuchUpload' });
    }
  });

  describe('when a request does not fit', () => {
    it('refuses a part without the checksum the upload began with, or with a wrong one', async () => {
      const { UploadId } = await create('unfit', { ChecksumAlgorithm: 'SHA256' });
      assert.equal((await refusalOf(upload('unfit', UploadId, 1, last))).code, 'InvalidRequest');
      const wrong = upload('unfit', UploadId, 1, last, {
        ChecksumSHA256: Buffer.alloc(32).toString('base64'),
      });
      assert.equal((await refusalOf(wrong)).code, 'BadDigest');
    });

    it('refuses the id of another key or bucket, one never given out, and one that is a path', async () => {
      const { UploadId } = await create('owner');
      for (const id of [UploadId, 'A'.repeat(32), '../../buckets', '..']) {
        assert.equal((await refusalOf(upload('other key', id, 1, last))).code, 'NoSuchUpload');
      }
    });

    it('refuses part numbers out of bounds and parts copied from objects', async () => {
      const { UploadId } = await create('unfit');
      for (const number of [0, 10_001]) {
        assert.equal((await refusalOf(upload('unfit', UploadId, number, last))).code, 'InvalidArgument');
      }
      const target = { Bucket: bucket, Key: 'unfit', UploadId, PartNumber: 1 };
      const copy = new UploadPartCopyCommand({ ...target, CopySource: `${bucket}/whole` });
      assert.equal((await refusalOf(fixture.client.send(copy))).code, 'NotImplemented');
    });

    it('refuses checksums of the whole that parts do not give', async () => {
      const sha = create('unfit', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' });
      assert.equal((await refusalOf(sha)).code, 'InvalidRequest');
      assert.equal(
        (await refusalOf(create('unfit', { ChecksumAlgorithm: 'CRC64NVME' }))).code,
        'NotImplemented',
      );
    });
  });
});
