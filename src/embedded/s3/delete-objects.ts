/** DeleteObjects: up to a thousand keys in one request, each with its own outcome. */
import { receiveBody } from './body.ts';
import { type Call, type Reply, unquoted, XML_BYTES, xmlReply } from './call.ts';
import { checkUnprotected, mayBypassGovernance } from './lock.ts';
import { Refusal } from './refusal.ts';
import { branch, document, type Element, leaf, parseXml, requiredText, textOf } from './xml.ts';

const KEYS = 1000;

interface Named {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
}

/** Removes each key named that may be removed, and says of each what became of it. */
export async function deleteObjects(call: Call): Promise<Reply> {
  const chunks: Buffer[] = [];
  const { isVouchedFor } = await receiveBody(call, XML_BYTES, (chunk) => {
    chunks.push(chunk);
  });
  if (!isVouchedFor)
    throw new Refusal('InvalidRequest', 'Missing required header for this request: Content-MD5');
  const request = parseXml(Buffer.concat(chunks).toString(), 'Delete');
  const named = request.children.filter(({ name }) => name === 'Object').map(parseNamed);
  if (named.length === 0 || named.length > KEYS) throw new Refusal('MalformedXML');
  await call.stores.buckets.get(call.bucket);
  const isQuiet = textOf(request, 'Quiet') === 'true';
  const outcomes: string[] = [];
  for (const one of named) outcomes.push(await removeOne(call, one, isQuiet));
  return xmlReply(document('DeleteResult', ...outcomes));
}

function parseNamed(element: Element): Named {
  const unknown = element.children.find(({ name }) => !['Key', 'VersionId', 'ETag'].includes(name));
  if (unknown !== undefined) throw new Refusal('NotImplemented', `${unknown.name} is not implemented here.`);
  const etag = textOf(element, 'ETag');
  return {
    key: requiredText(element, 'Key'),
    versionId: textOf(element, 'VersionId'),
    etag: etag === undefined ? undefined : unquoted(etag),
  };
}

async function removeOne(call: Call, { key, versionId, etag }: Named, isQuiet: boolean): Promise<string> {
  const { stores, bucket, headers } = call;
  const name = leaf('Key', key) + leaf('VersionId', versionId);
  try {
    await stores.objects.remove(bucket, key, versionId, etag, (current) =>
      checkUnprotected(current, stores.now(), mayBypassGovernance(headers)),
    );
    return isQuiet ? '' : branch('Deleted', name);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return branch('Error', name, leaf('Code', error.code), leaf('Message', error.message));
  }
}
