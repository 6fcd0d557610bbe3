import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Fixture, refusalOf, startFixture } from './fixture.ts';

const DAY = 86_400_000;
const denied = { status: 403, code: 'AccessDenied' };

describe('object lock', () => {
  let fixture: Fixture;
  let bucket: string;
  /** Days by which the server's clock is ahead; signatures are made for that time too. */
  let aheadDays = 0;
  const now = () => Date.now() + aheadDays * DAY;

  before(async () => {
    fixture = await startFixture({ now });
    fixture.client.config.systemClockOffset = 0;
    bucket = await fixture.bucket(true);
  });
  after(() => fixture.stop());

  const at = async <T>(days: number, work: () => Promise<T>): Promise<T> => {
    aheadDays = days;
    fixture.client.config.systemClockOffset = days * DAY;
    try {
      return await work();
    } finally {
      aheadDays = 0;
      fixture.client.config.systemClockOffset = 0;
    }
  };
  const inDays = (count: number) => new Date(Date.now() + count * DAY);
  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key, ...input }));
  const lockFor = (mode: 'COMPLIANCE' | 'GOVERNANCE', days: number) => ({
    ObjectLockMode: mode,
    ObjectLockRetainUntilDate: inDays(days),
  });
  const remove = (Key: string, input = {}) =>
    fixture.client.send(new DeleteObjectCommand({ Bucket: bucket, Key, ...input }));
  const textOf = async (Key: string) => {
    const got = await fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return got.Body?.transformToString();
  };
  const retain = (Key: string, Mode: 'COMPLIANCE' | 'GOVERNANCE', days: number, input = {}) =>
    fixture.client.send(
      new PutObjectRetentionCommand({
        Bucket: bucket,
        Key,
        Retention: { Mode, RetainUntilDate: inDays(days) },
        ...input,
      }),
    );

  for (const mode of ['COMPLIANCE', 'GOVERNANCE'] as const) {
    describe(`when an object is under ${mode} retention`, () => {
      const Key = `retained-${mode}`;
      before(() => put(Key, lockFor(mode, 10)));

      it('says so', async () => {
        const head = await fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
        assert.equal(head.ObjectLockMode, mode);
        const { Retention } = await fixture.client.send(
          new GetObjectRetentionCommand({ Bucket: bucket, Key }),
        );
        assert.equal(Retention?.Mode, mode);
        assert.deepEqual(Retention?.RetainUntilDate, head.ObjectLockRetainUntilDate);
      });

      it('lets nobody delete it, one by one, by version or in a list', async () => {
        const { VersionId } = await fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
        assert.deepEqual(await refusalOf(remove(Key)), denied);
        assert.deepEqual(await refusalOf(remove(Key, { VersionId })), denied);
        const { Errors, Deleted } = await fixture.client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key }, { Key: 'absent' }] } }),
        );
        assert.deepEqual(
          Errors?.map(({ Code }) => Code),
          ['AccessDenied'],
        );
        assert.deepEqual(
          Deleted?.map((one) => one.Key),
          ['absent'],
        );
        assert.equal(await textOf(Key), Key);
      });

      it('lets nobody replace it, by PUT, copy or multipart', async () => {
        assert.deepEqual(await refusalOf(put(Key, { Body: 'other' })), denied);
        assert.deepEqual(await refusalOf(put(Key, { Body: 'other', ...lockFor('COMPLIANCE', 100) })), denied);
        await put('source');
        const copy = new CopyObjectCommand({ Bucket: bucket, Key, CopySource: `${bucket}/source` });
        assert.deepEqual(await refusalOf(fixture.client.send(copy)), denied);
        const target = { Bucket: bucket, Key };
        const { UploadId } = await fixture.client.send(new CreateMultipartUploadCommand(target));
        const part = { ...target, UploadId, PartNumber: 1 };
        const { ETag } = await fixture.client.send(new UploadPartCommand({ ...part, Body: 'other' }));
        const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
        const complete = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload });
        assert.deepEqual(await refusalOf(fixture.client.send(complete)), denied);
        assert.equal(await textOf(Key), Key);
      });

      it('still lets its tags change, and its retention grow', async () => {
        const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
        await fixture.client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging }));
        await retain(Key, mode, 20);
        assert.deepEqual(await refusalOf(retain(Key, mode, 19)), denied);
        assert.deepEqual(await refusalOf(at(15, () => remove(Key))), denied);
      });

      it('lets it be replaced and deleted when its time is over', async () => {
        await put(`${mode}-over`, lockFor(mode, 1));
        await at(2, async () => {
          await put(`${mode}-over`, { Body: 'new' });
          assert.equal(await textOf(`${mode}-over`), 'new');
          await remove(`${mode}-over`);
        });
      });
    });
  }

  describe('when somebody asks to set governance aside', () => {
    const BypassGovernanceRetention = true;

    it('lets an object under governance be deleted or freed', async () => {
      await put('g1', lockFor('GOVERNANCE', 10));
      await remove('g1', { BypassGovernanceRetention });
      await put('g2', lockFor('GOVERNANCE', 10));
      await retain('g2', 'GOVERNANCE', 1, { BypassGovernanceRetention });
      await put('g3', lockFor('GOVERNANCE', 10));
      const freed = { Bucket: bucket, Key: 'g3', Retention: {}, BypassGovernanceRetention };
      await fixture.client.send(new PutObjectRetentionCommand(freed));
      await remove('g3');
    });

    it('changes nothing for an object under compliance', async () => {
      await put('c1', lockFor('COMPLIANCE', 10));
      assert.deepEqual(await refusalOf(remove('c1', { BypassGovernanceRetention })), denied);
      const weaker = retain('c1', 'GOVERNANCE', 20, { BypassGovernanceRetention });
      assert.deepEqual(await refusalOf(weaker), denied);
    });
  });

  describe('when an object is under a legal hold', () => {
    const hold = (Key: string, Status: 'ON' | 'OFF') =>
      fixture.client.send(new PutObjectLegalHoldCommand({ Bucket: bucket, Key, LegalHold: { Status } }));

    it('lets nobody delete or replace it until the hold is taken back', async () => {
      await put('held', { ObjectLockLegalHoldStatus: 'ON' });
      const { LegalHold } = await fixture.client.send(
        new GetObjectLegalHoldCommand({ Bucket: bucket, Key: 'held' }),
      );
      assert.equal(LegalHold?.Status, 'ON');
      assert.deepEqual(await refusalOf(remove('held', { BypassGovernanceRetention: true })), denied);
      assert.deepEqual(await refusalOf(put('held', { Body: 'other' })), denied);
      await hold('held', 'OFF');
      await remove('held');
    });

    it('can be put on an object later, which keeps its version', async () => {
      const { VersionId } = await put('held later');
      await hold('held later', 'ON');
      const head = await fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'held later' }));
      assert.deepEqual([head.VersionId, head.ObjectLockLegalHoldStatus], [VersionId, 'ON']);
      assert.deepEqual(await refusalOf(remove('held later')), denied);
    });
  });

  it('gives each body stored a version that stays the same until it is replaced', async () => {
    const first = await put('versioned');
    const again = await put('versioned');
    assert.notEqual(first.VersionId, again.VersionId);
    const get = (VersionId: string | undefined) =>
      fixture.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'versioned', VersionId }));
    assert.equal((await get(again.VersionId)).VersionId, again.VersionId);
    assert.equal((await refusalOf(get(first.VersionId))).code, 'NoSuchVersion');
    assert.equal((await remove('versioned', { VersionId: first.VersionId })).$metadata.httpStatusCode, 204);
    assert.equal(await textOf('versioned'), 'versioned');
  });
});
