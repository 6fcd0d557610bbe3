/** Operations that list: ListBuckets and ListObjectsV2. */
import { type Call, numberParameter, quoted, type Reply, receiveNothing, xmlReply } from './call.ts';
import { nameOfKey } from './key-name.ts';
import { decodePosition, encodePosition, type Page, type PageQuery, selectPage } from './page.ts';
import type { ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { uriEncode } from './request.ts';
import { branch, document, leaf } from './xml.ts';

/** The only owner there is. */
const OWNER = branch('Owner', leaf('ID', 'embedded'), leaf('DisplayName', 'embedded'));

/** Records of a page read at the same time. */
const PARALLEL_READS = 16;

/** Lists all buckets. */
export async function listBuckets(call: Call): Promise<Reply> {
  await receiveNothing(call);
  const buckets = (await call.stores.buckets.list()).map(({ name, created }) =>
    branch('Bucket', leaf('Name', name), leaf('CreationDate', new Date(created).toISOString())),
  );
  return xmlReply(document('ListAllMyBucketsResult', OWNER, branch('Buckets', ...buckets)));
}

/** Lists one page of a bucket's keys in the order of their UTF-8 bytes. */
export async function listObjects(call: Call): Promise<Reply> {
  const { stores, bucket, query } = call;
  await receiveNothing(call);
  if (query.get('list-type') !== '2')
    throw new Refusal('NotImplemented', 'Only list-type=2 is implemented here.');
  const encode = encodingOf(query.get('encoding-type'));
  const pageQuery = pageQueryOf(call);
  await stores.buckets.get(bucket);
  const page = selectPage(await stores.index.keys(bucket), pageQuery);
  const records = await readRecords(call, page.keys);
  const withOwner = query.get('fetch-owner') === 'true';
  return xmlReply(
    document(
      'ListBucketResult',
      leaf('Name', bucket),
      leaf('Prefix', encode(pageQuery.prefix)),
      leaf('Delimiter', pageQuery.delimiter === '' ? undefined : encode(pageQuery.delimiter)),
      leaf('MaxKeys', pageQuery.most),
      leaf('EncodingType', query.get('encoding-type')),
      leaf('KeyCount', records.length + page.prefixes.length),
      leaf('IsTruncated', page.next !== undefined),
      leaf('ContinuationToken', query.get('continuation-token')),
      leaf('NextContinuationToken', page.next && encodePosition(page.next)),
      leaf('StartAfter', query.has('start-after') ? encode(query.get('start-after') ?? '') : undefined),
      ...records.map((record) => contentsOf(record, encode, withOwner)),
      ...page.prefixes.map((prefix) => branch('CommonPrefixes', leaf('Prefix', encode(prefix)))),
    ),
  );
}

type Encode = (text: string) => string;

function pageQueryOf(call: Call): PageQuery {
  const { query } = call;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const start = startAfter === undefined ? undefined : ({ kind: 'key', text: startAfter } as const);
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    most: Math.min(numberParameter(call, 'max-keys', 0, 2 ** 31 - 1) ?? 1000, 1000),
    after: token === undefined ? start : decodePosition(token),
  };
}

function encodingOf(encoding: string | undefined): Encode {
  if (encoding === undefined) return (text) => text;
  if (encoding !== 'url') throw new Refusal('InvalidArgument', 'The only encoding-type is url.');
  return (text) => uriEncode(text, true);
}

/** A key removed since the index was read is left out, as if the list had been made a moment later. */
async function readRecords(call: Call, keys: Page['keys']): Promise<ObjectRecord[]> {
  const records: ObjectRecord[] = [];
  for (let at = 0; at < keys.length; at += PARALLEL_READS) {
    const names = keys.slice(at, at + PARALLEL_READS).map(nameOfKey);
    const found = await Promise.all(names.map((name) => call.stores.objects.readFile(call.bucket, name)));
    records.push(...found.filter((record) => record !== undefined));
  }
  return records;
}

function contentsOf(record: ObjectRecord, encode: Encode, withOwner: boolean): string {
  return branch(
    'Contents',
    leaf('Key', encode(record.key)),
    leaf('LastModified', new Date(record.modified).toISOString()),
    leaf('ETag', quoted(record.etag)),
    leaf('ChecksumAlgorithm', record.checksum?.algorithm.toUpperCase()),
    leaf('ChecksumType', record.checksum?.type),
    leaf('Size', record.size),
    leaf('StorageClass', 'STANDARD'),
    withOwner ? OWNER : '',
  );
}
