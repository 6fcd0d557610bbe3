import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { clientOf, type Fixture, refusalOf, sendByHand, sha256, start, startFixture } from './fixture.ts';

const DAY = 86_400_000;
const denied = { status: 403, code: 'AccessDenied' };

describe('object lock of a bucket', () => {
  let fixture: Fixture;
  let bucket: string;
  before(async () => {
    fixture = await startFixture({ lockedBuckets: ['log-heads'] });
    bucket = await fixture.bucket(true);
  });
  after(() => fixture.stop());

  const inDays = (count: number) => new Date(Date.now() + count * DAY);
  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key, ...input }));
  const lockFor = (mode: 'COMPLIANCE' | 'GOVERNANCE', days: number) => ({
    ObjectLockMode: mode,
    ObjectLockRetainUntilDate: inDays(days),
  });

  describe('when the bucket has a default retention', () => {
    it('gives it to objects that bring none, and keeps it over a restart', async () => {
      const configured = await fixture.bucket(true);
      const ObjectLockConfiguration = {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 5 } },
      } as const;
      const change = new PutObjectLockConfigurationCommand({ Bucket: configured, ObjectLockConfiguration });
      await fixture.client.send(change);
      const again = await start(fixture.folder);
      const client = clientOf(again.endpoint);
      const read = await client.send(new GetObjectLockConfigurationCommand({ Bucket: configured }));
      assert.deepEqual(read.ObjectLockConfiguration, ObjectLockConfiguration);
      await client.send(new PutObjectCommand({ Bucket: configured, Key: 'k', Body: 'x' }));
      const gone = client.send(new DeleteObjectCommand({ Bucket: configured, Key: 'k' }));
      assert.deepEqual(await refusalOf(gone), denied);
      const bucketGone = client.send(new DeleteBucketCommand({ Bucket: configured }));
      assert.deepEqual(await refusalOf(bucketGone), { status: 409, code: 'BucketNotEmpty' });
      await again.stop();
    });
  });

  it('is on in the buckets named at start', async () => {
    const Bucket = 'log-heads';
    const { ObjectLockConfiguration } = await fixture.client.send(
      new GetObjectLockConfigurationCommand({ Bucket }),
    );
    assert.deepEqual(ObjectLockConfiguration, { ObjectLockEnabled: 'Enabled' });
    await put('head-1', { Bucket, ...lockFor('COMPLIANCE', 1) });
    const gone = fixture.client.send(new DeleteObjectCommand({ Bucket, Key: 'head-1' }));
    assert.deepEqual(await refusalOf(gone), denied);
  });

  describe('when a request is not fit for it', () => {
    it('refuses half a retention, one in the past, and one of no known mode', async () => {
      const cases: Partial<PutObjectCommandInput>[] = [
        { ObjectLockMode: 'COMPLIANCE' },
        { ObjectLockRetainUntilDate: inDays(1) },
        lockFor('COMPLIANCE', -1),
        { ...lockFor('COMPLIANCE', 1), ObjectLockMode: 'FOREVER' as 'COMPLIANCE' },
      ];
      for (const input of cases) {
        assert.deepEqual(await refusalOf(put('unfit', input)), { status: 400, code: 'InvalidArgument' });
      }
    });

    it('demands that Content-MD5 or a checksum vouches for the body', async () => {
      const headers = {
        'x-amz-object-lock-mode': 'COMPLIANCE',
        'x-amz-object-lock-retain-until-date': inDays(1).toISOString(),
      };
      const request = { method: 'PUT', path: `/${bucket}/unvouched`, payload: sha256('x'), headers };
      assert.equal((await sendByHand(fixture.server.endpoint, request, 'x')).status, 400);
      const vouched = { ...headers, 'x-amz-checksum-sha256': sha256('x', 'base64') };
      const accepted = await sendByHand(fixture.server.endpoint, { ...request, headers: vouched }, 'x');
      assert.equal(accepted.status, 200);
    });

    it('refuses retention, hold and configuration in a bucket without object lock', async () => {
      const plain = await fixture.bucket();
      await put('k', { Bucket: plain });
      const target = { Bucket: plain, Key: 'k' };
      const requests = [
        () => put('k2', { Bucket: plain, ...lockFor('GOVERNANCE', 1) }),
        () => fixture.client.send(new GetObjectRetentionCommand(target)),
        () => fixture.client.send(new PutObjectLegalHoldCommand({ ...target, LegalHold: { Status: 'ON' } })),
      ];
      for (const request of requests) assert.equal((await refusalOf(request())).code, 'InvalidRequest');
      const read = fixture.client.send(new GetObjectLockConfigurationCommand({ Bucket: plain }));
      assert.equal((await refusalOf(read)).code, 'ObjectLockConfigurationNotFoundError');
      const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' } as const;
      const write = new PutObjectLockConfigurationCommand({ Bucket: plain, ObjectLockConfiguration });
      assert.equal((await refusalOf(fixture.client.send(write))).code, 'InvalidBucketState');
    });
  });
});
