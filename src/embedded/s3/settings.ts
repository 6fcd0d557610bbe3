/** Operations on what is configured of a bucket: CreateBucket, HeadBucket, DeleteBucket, versioning, object lock. */
import { type Call, type Reply, receiveNothing, receiveXml, xmlReply } from './call.ts';
import type { DefaultRetention } from './lock.ts';
import { Refusal } from './refusal.ts';
import { branch, childOf, document, type Element, leaf, parseXml, textOf } from './xml.ts';

/** Makes a bucket. As in us-east-1, making one's own bucket again is no error, unless it would have to change. */
export async function createBucket(call: Call): Promise<Reply> {
  const { stores, bucket: name, headers } = call;
  checkLocation(await receiveXml(call), stores.region);
  const hasLock = headers.get('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true';
  const isNew = await stores.buckets.create({ name, created: stores.now(), ...(hasLock && { lock: {} }) });
  if (!isNew) {
    const existing = await stores.buckets.get(name);
    if (hasLock !== (existing.lock !== undefined)) throw new Refusal('BucketAlreadyOwnedByYou');
  }
  return { status: 200, headers: { Location: `/${name}` } };
}

/** Tells that a bucket is there. */
export async function headBucket(call: Call): Promise<Reply> {
  await receiveNothing(call);
  await call.stores.buckets.get(call.bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': call.stores.region } };
}

/** Removes a bucket that holds nothing. */
export async function deleteBucket(call: Call): Promise<Reply> {
  await receiveNothing(call);
  await call.stores.buckets.remove(call.bucket);
  return { status: 204 };
}

/** Says of every bucket that versioning was never switched on, since it cannot be. */
export async function getVersioning(call: Call): Promise<Reply> {
  await receiveNothing(call);
  await call.stores.buckets.get(call.bucket);
  return xmlReply(document('VersioningConfiguration'));
}

/** Gives what a bucket says of object lock. */
export async function getLockConfiguration(call: Call): Promise<Reply> {
  await receiveNothing(call);
  const { lock } = await call.stores.buckets.get(call.bucket);
  if (lock === undefined) throw new Refusal('ObjectLockConfigurationNotFoundError');
  const rule = lock.defaultRetention;
  return xmlReply(
    document(
      'ObjectLockConfiguration',
      leaf('ObjectLockEnabled', 'Enabled'),
      rule === undefined
        ? ''
        : branch('Rule', branch('DefaultRetention', leaf('Mode', rule.mode), leaf(rule.unit, rule.count))),
    ),
  );
}

/** Sets the retention of objects to come. Object lock itself is switched on when a bucket is made, and never off. */
export async function putLockConfiguration(call: Call): Promise<Reply> {
  const configuration = parseXml(await receiveXml(call), 'ObjectLockConfiguration');
  const bucket = await call.stores.buckets.get(call.bucket);
  if (bucket.lock === undefined) {
    throw new Refusal(
      'InvalidBucketState',
      'Object Lock configuration cannot be enabled on existing buckets',
    );
  }
  if (textOf(configuration, 'ObjectLockEnabled') !== 'Enabled') throw new Refusal('MalformedXML');
  const rule = childOf(configuration, 'Rule');
  const defaultRetention = rule && parseDefault(childOf(rule, 'DefaultRetention'));
  await call.stores.buckets.write({ ...bucket, lock: { defaultRetention } });
  return { status: 200 };
}

function parseDefault(element: Element | undefined): DefaultRetention {
  const mode = textOf(element, 'Mode');
  const [days, years] = [textOf(element, 'Days'), textOf(element, 'Years')];
  const count = Number(days ?? years);
  if ((mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') || (days === undefined) === (years === undefined)) {
    throw new Refusal('MalformedXML');
  }
  const most = days === undefined ? 100 : 36_500;
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new Refusal('InvalidArgument', 'Default retention period must be a positive integer value');
  }
  return { mode, unit: days === undefined ? 'Years' : 'Days', count };
}

function checkLocation(text: string, region: string): void {
  if (text === '') return;
  const location = textOf(parseXml(text, 'CreateBucketConfiguration'), 'LocationConstraint') ?? '';
  if (location !== '' && location !== region) throw new Refusal('IllegalLocationConstraintException');
}
