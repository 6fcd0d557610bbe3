import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { clientOf, type Fixture, refusalOf, start, startFixture } from './fixture.ts';

let fixture: Fixture;
before(async () => {
  fixture = await startFixture();
});
after(() => fixture.stop());

const create = (Bucket: string, input = {}) =>
  fixture.client.send(new CreateBucketCommand({ Bucket, ...input }));
const head = (Bucket: string) => fixture.client.send(new HeadBucketCommand({ Bucket }));

describe('createBucket', () => {
  it('makes a bucket that outlives the server', async () => {
    await create('lasting');
    const again = await start(fixture.folder);
    const found = await clientOf(again.endpoint).send(new HeadBucketCommand({ Bucket: 'lasting' }));
    assert.equal(found.BucketRegion, 'us-east-1');
    await again.stop();
  });

  it('is no error the second time, unless object lock differs', async () => {
    await create('again');
    await create('again');
    const locked = await refusalOf(create('again', { ObjectLockEnabledForBucket: true }));
    assert.deepEqual(locked, { status: 409, code: 'BucketAlreadyOwnedByYou' });
  });

  it('succeeds for everybody when many make it at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => create('together')));
    await head('together');
  });

  it('refuses names that are none, and another region', async () => {
    for (const name of ['ab', 'UPPER', 'under_score', 'dot..dot', '192.168.0.1', 'a'.repeat(64)]) {
      assert.equal((await refusalOf(create(name))).code, 'InvalidBucketName');
    }
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' };
    const elsewhere = await refusalOf(create('elsewhere', { CreateBucketConfiguration }));
    assert.equal(elsewhere.code, 'IllegalLocationConstraintException');
  });
});

describe('deleteBucket', () => {
  it('removes an empty bucket, which can then be made anew', async () => {
    await create('empty');
    const object = { Bucket: 'empty', Key: 'k' };
    await fixture.client.send(new PutObjectCommand({ ...object, Body: 'x' }));
    const full = fixture.client.send(new DeleteBucketCommand({ Bucket: 'empty' }));
    assert.deepEqual(await refusalOf(full), { status: 409, code: 'BucketNotEmpty' });
    await fixture.client.send(new DeleteObjectCommand(object));
    await fixture.client.send(new DeleteBucketCommand({ Bucket: 'empty' }));
    assert.equal((await refusalOf(head('empty'))).status, 404);
    const put = fixture.client.send(new PutObjectCommand({ ...object, Body: 'x' }));
    assert.equal((await refusalOf(put)).code, 'NoSuchBucket');
    await create('empty');
    await head('empty');
  });
});

describe('getVersioning', () => {
  it('says that versioning is not on, and nobody can switch it on', async () => {
    const Bucket = await fixture.bucket();
    const { Status } = await fixture.client.send(new GetBucketVersioningCommand({ Bucket }));
    assert.equal(Status, undefined);
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    const enable = fixture.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    assert.equal((await refusalOf(enable)).code, 'NotImplemented');
  });
});
