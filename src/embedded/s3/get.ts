/** Operations that read or remove one object: GetObject, HeadObject and DeleteObject. */
import { headersOfRecord, versionHeader } from './attributes.ts';
import { type Call, type Reply, receiveNothing, unquoted } from './call.ts';
import { checkUnprotected, mayBypassGovernance } from './lock.ts';
import type { OpenFile } from './open-file.ts';
import { type ByteRange, checkReadConditions, rangeOf } from './precondition.ts';
import type { ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { isHeaderValue } from './request.ts';

/** Parameters by which a signed request sets headers of its reply. */
export const REPLY_PARAMETERS: Readonly<Record<string, string>> = {
  'response-cache-control': 'Cache-Control',
  'response-content-disposition': 'Content-Disposition',
  'response-content-encoding': 'Content-Encoding',
  'response-content-language': 'Content-Language',
  'response-content-type': 'Content-Type',
  'response-expires': 'Expires',
};

/** How much of a large object is read ahead of the client. */
const READ_BYTES = 256 * 1024;

/** Gives an object or one range of it. */
export async function getObject(call: Call): Promise<Reply> {
  const { status, headers, range, open } = await findObject(call);
  const { record, body, handle } = open;
  if (body !== undefined || record.size === 0) {
    await handle.close();
    return { status, headers, body: body?.subarray(range.start, range.end + 1) ?? Buffer.alloc(0) };
  }
  const stream = handle.createReadStream({ start: range.start, end: range.end, highWaterMark: READ_BYTES });
  return { status, headers, body: stream };
}

/** Gives the headers `getObject` would give, and no body. */
export async function headObject(call: Call): Promise<Reply> {
  const { status, headers, open } = await findObject(call);
  await open.handle.close();
  return { status, headers };
}

/** Removes an object. There is no older version behind it: in a bucket with object lock it is refused, not hidden. */
export async function deleteObject(call: Call): Promise<Reply> {
  const { stores, bucket, key, headers, query } = call;
  await receiveNothing(call);
  await stores.buckets.get(bucket);
  const match = headers.get('if-match');
  const removed = await stores.objects.remove(
    bucket,
    key,
    query.get('versionId'),
    match === undefined ? undefined : unquoted(match),
    (current) => checkUnprotected(current, stores.now(), mayBypassGovernance(headers)),
  );
  return { status: 204, headers: removed === undefined ? {} : versionHeader(removed) };
}

interface Found {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** All of the object where no range was asked for; of an empty one, nothing. */
  readonly range: ByteRange;
  readonly open: OpenFile<ObjectRecord>;
}

async function findObject(call: Call): Promise<Found> {
  const { stores, bucket, key, headers: asked, query } = call;
  await receiveNothing(call);
  const overrides = replyHeaders(query);
  await stores.buckets.get(bucket);
  const open = await stores.objects.open(bucket, key, query.get('versionId'));
  try {
    const { record } = open;
    checkReadConditions(asked, record);
    const range = rangeOf(asked, record);
    // A client checks the checksum against what it got, which must then be the whole object.
    const withChecksum = asked.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && range === undefined;
    const { start, end } = range ?? { start: 0, end: record.size - 1 };
    const headers = {
      ...headersOfRecord(record, withChecksum),
      ...overrides,
      'Content-Length': String(end - start + 1),
      ...(range && { 'Content-Range': `bytes ${start}-${end}/${record.size}` }),
    };
    return { status: range === undefined ? 200 : 206, headers, range: { start, end }, open };
  } catch (error) {
    await open.handle.close();
    throw error;
  }
}

function replyHeaders(query: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [parameter, header] of Object.entries(REPLY_PARAMETERS)) {
    const value = query.get(parameter);
    if (value === undefined) continue;
    if (!isHeaderValue(value)) throw new Refusal('InvalidArgument', `${parameter} cannot stand in a header.`);
    headers[header] = value;
  }
  return headers;
}
