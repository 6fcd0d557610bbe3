/** Operations on what is recorded of an object while its bytes stay: tags, retention and legal hold. */
import { tagsOfXml, tagsToXml, versionHeader } from './attributes.ts';
import { type Call, type Reply, receiveNothing, receiveXml, xmlReply } from './call.ts';
import { checkRetentionChange, mayBypassGovernance, parseHold, parseRetention } from './lock.ts';
import type { ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { document, leaf, parseXml, requiredText } from './xml.ts';

/** Gives the tags of an object. */
export async function getTags(call: Call): Promise<Reply> {
  const record = await readOnly(call);
  return xmlReply(tagsToXml(record.tags), versionHeader(record));
}

/** Replaces the tags of an object; object lock does not protect them. */
export async function putTags(call: Call): Promise<Reply> {
  const tags = tagsOfXml(await receiveXml(call));
  return amend(call, 200, (record) => ({ ...record, tags }));
}

/** Removes the tags of an object. */
export async function deleteTags(call: Call): Promise<Reply> {
  await receiveNothing(call);
  return amend(call, 204, (record) => ({ ...record, tags: [] }));
}

/** Gives the retention of an object. */
export async function getRetention(call: Call): Promise<Reply> {
  await checkLockedBucket(call);
  const { retention } = await readOnly(call);
  if (retention === undefined) throw new Refusal('NoSuchObjectLockConfiguration');
  const until = new Date(retention.until).toISOString();
  return xmlReply(document('Retention', leaf('Mode', retention.mode), leaf('RetainUntilDate', until)));
}

/** Sets, extends or, where governance allows it, takes back the retention of an object. */
export async function putRetention(call: Call): Promise<Reply> {
  const { headers, stores } = call;
  const element = parseXml(await receiveXml(call), 'Retention');
  await checkLockedBucket(call);
  const now = stores.now();
  const retention =
    element.children.length === 0
      ? undefined
      : parseRetention(requiredText(element, 'Mode'), requiredText(element, 'RetainUntilDate'), now);
  return amend(call, 200, (record) => {
    checkRetentionChange(record.retention, retention, now, mayBypassGovernance(headers));
    return { ...record, retention };
  });
}

/** Tells whether an object is under a legal hold. */
export async function getLegalHold(call: Call): Promise<Reply> {
  await checkLockedBucket(call);
  const { hasLegalHold } = await readOnly(call);
  if (hasLegalHold === undefined) throw new Refusal('NoSuchObjectLockConfiguration');
  return xmlReply(document('LegalHold', leaf('Status', hasLegalHold ? 'ON' : 'OFF')));
}

/** Puts an object under a legal hold, or takes it back. */
export async function putLegalHold(call: Call): Promise<Reply> {
  const hasLegalHold = parseHold(requiredText(parseXml(await receiveXml(call), 'LegalHold'), 'Status'));
  await checkLockedBucket(call);
  return amend(call, 200, (record) => ({ ...record, hasLegalHold }));
}

async function readOnly(call: Call): Promise<ObjectRecord> {
  const { stores, bucket, key, query } = call;
  await receiveNothing(call);
  await stores.buckets.get(bucket);
  return stores.objects.read(bucket, key, query.get('versionId'));
}

async function amend(
  call: Call,
  status: number,
  change: (record: ObjectRecord) => ObjectRecord,
): Promise<Reply> {
  const { stores, bucket, key, query } = call;
  await stores.buckets.get(bucket);
  const record = await stores.objects.amend(bucket, key, query.get('versionId'), change);
  return { status, headers: versionHeader(record) };
}

async function checkLockedBucket({ stores, bucket }: Call): Promise<void> {
  const { lock } = await stores.buckets.get(bucket);
  if (lock === undefined) throw new Refusal('InvalidRequest', 'Bucket is missing Object Lock Configuration');
}
