import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Fixture, md5, refusalOf, startFixture } from './fixture.ts';

const MIB = 1024 * 1024;

describe('completeUpload', () => {
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

  it('joins the checksums of the parts, or computes that of the whole', async () => {
    for (const ChecksumType of ['COMPOSITE', 'FULL_OBJECT'] as const) {
      const Key = `checksum-${ChecksumType}`;
      const { UploadId } = await create(Key, { ChecksumAlgorithm: 'CRC32', ChecksumType });
      const parts = [await upload(Key, UploadId, 1, first), await upload(Key, UploadId, 2, last)];
      await complete(Key, UploadId, parts);
      const head = await fixture.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }),
      );
      const bytes = (data: Buffer) => {
        const value = Buffer.alloc(4);
        value.writeUInt32BE(crc32(data));
        return value;
      };
      const expected =
        ChecksumType === 'FULL_OBJECT'
          ? bytes(Buffer.concat([first, last])).toString('base64')
          : `${bytes(Buffer.concat([bytes(first), bytes(last)])).toString('base64')}-2`;
      assert.deepEqual([head.ChecksumCRC32, head.ChecksumType], [expected, ChecksumType]);
    }
  });

  it('gives the same answer when it is completed again', async () => {
    const { UploadId } = await create('twice');
    const parts = [await upload('twice', UploadId, 1, last)];
    const once = await complete('twice', UploadId, parts);
    assert.equal((await complete('twice', UploadId, parts)).ETag, once.ETag);
    const others = [{ PartNumber: 1, ETag: `"${md5('other')}"` }];
    assert.equal((await refusalOf(complete('twice', UploadId, others))).code, 'NoSuchUpload');
  });

  it('honours If-None-Match and keeps the upload when it is refused', async () => {
    const { UploadId } = await create('twice');
    const parts = [await upload('twice', UploadId, 1, last)];
    const refused = await refusalOf(complete('twice', UploadId, parts, { IfNoneMatch: '*' }));
    assert.equal(refused.status, 412);
    assert.ok((await uploadIds()).includes(UploadId));
  });

  it('refuses parts unknown, changed, out of order or too small, and claims that are not true', async () => {
    const { UploadId } = await create('unfit', { ChecksumAlgorithm: 'CRC32' });
    const one = await upload('unfit', UploadId, 1, last);
    const two = await upload('unfit', UploadId, 2, last);
    const wrong = createHash('md5').update('wrong').digest('hex');
    const cases: readonly (readonly [CompletedPart[], string, object?])[] = [
      [[{ ...one, PartNumber: 7 }], 'InvalidPart'],
      [[{ ...one, ETag: wrong }], 'InvalidPart'],
      [[{ ...one, ChecksumCRC32: 'AAAAAA==' }], 'InvalidPart'],
      [[two, one], 'InvalidPartOrder'],
      [[one, one], 'InvalidPartOrder'],
      [[one, two], 'EntityTooSmall'],
      [[], 'MalformedXML'],
      [[one], 'InvalidRequest', { MpuObjectSize: 1 }],
      [[one], 'BadDigest', { ChecksumCRC32: 'AAAAAA==' }],
      [[one], 'InvalidRequest', { ChecksumType: 'FULL_OBJECT' }],
    ];
    for (const [parts, code, input] of cases) {
      assert.equal((await refusalOf(complete('unfit', UploadId, parts, input))).code, code);
    }
    assert.equal((await refusalOf(bytesOf('unfit'))).code, 'NoSuchKey');
  });
});
