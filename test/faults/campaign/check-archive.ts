/** What must hold between register, archive and the other registry: looked at in the store itself and in that registry's own. */
import { createHash } from 'node:crypto';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { openArchive } from '../../../src/archive/archive.ts';
import { openObject, readHeader } from '../../../src/archive/envelope.ts';
import type { Vault } from '../../../src/keys/vault.ts';
import type { ExpectedCase } from './declare.ts';
import { type Finding, findingOf } from './finding.ts';
import type { World } from './world.ts';

interface Row {
  readonly id: string;
  readonly caseId: string;
  readonly state: string;
  readonly objectKey: string;
  readonly pdf: Buffer | null;
  readonly object: Buffer | null;
  readonly keyId: string;
  readonly key: Buffer | null;
  readonly facts: Buffer;
  readonly registryId: string | null;
}

/** One document, opened. */
export interface Opened {
  readonly state: string;
  readonly pdf: Buffer;
}

const BUCKET = 'attestations';
const SAMPLE = 12;

/** Looks at every document; gives some of them opened, of each state. */
export async function checkArchive(
  world: World,
  vault: Vault,
): Promise<{ readonly findings: Finding[]; readonly sample: readonly Opened[] }> {
  const rows = await readRows(world);
  const archive = openArchive({ ...world.store, region: 'us-east-1', bucket: BUCKET });
  const wrong = { missing: [] as string[], changed: [] as string[] };
  const sample: Opened[] = [];
  const lookAt = async (row: Row) => {
    const object = await archive.fetch(row.objectKey).catch(() => undefined);
    if (object === undefined) return void wrong.missing.push(row.objectKey);
    const isOurs = row.object?.equals(sha256(object)) && readHeader(object).documentId === row.id;
    if (!isOurs) return void wrong.changed.push(row.objectKey);
    // Of who was erased nothing opens any more.
    if (row.key === null) return;
    const pdf = openObject(object, row.id, vault.openCitizenKey(row.keyId, row.key));
    if (!row.pdf?.equals(sha256(pdf))) wrong.changed.push(`${row.objectKey} (content)`);
    if (sample.filter(({ state }) => state === row.state).length < SAMPLE)
      sample.push({ state: row.state, pdf });
  };
  try {
    for (const row of rows.filter(({ object }) => object !== null)) await lookAt(row);
  } finally {
    archive.close();
  }
  return {
    sample,
    findings: [
      ...findingOf('what was issued lies in the archive', wrong.missing),
      ...findingOf('what lies in the archive is what was issued', wrong.changed),
      ...findingOf('every object has an owner', await findOrphans(world)),
      ...checkPeer(world, rows),
    ],
  };
}

async function readRows({ database }: World): Promise<Row[]> {
  return database.query<Row>(
    `select a.attestation_id as id, case_id as "caseId", a.state, object_key as "objectKey", pdf_sha256 as pdf,
       object_sha256 as object, citizen_key_id as "keyId", wrapped_key as key, facts, r.registry_message_id as "registryId"
     from attestation a left join citizen_key using (citizen_key_id) left join message m using (attestation_id)
     left join relay r on r.message_id = m.message_id`,
  );
}

/** Objects that nothing in the register names, and files of letters that are not there. */
async function findOrphans({ database, store }: World): Promise<string[]> {
  const named = await database.query<{ key: string; isThere: boolean }>(
    `select object_key as key, issued_at is not null as "isThere" from attestation
     union all select object_key, true from attachment where object_key is not null
     union all select object_key, false from pending_object`,
  );
  const { endpoint, accessKeyId, secretAccessKey } = store;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const stored = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, ContinuationToken: after }));
    for (const { Key = '' } of page.Contents ?? []) stored.add(Key);
    after = page.NextContinuationToken;
    if (after === undefined) break;
  }
  client.destroy();
  const known = new Set(named.map(({ key }) => key));
  return [
    ...[...stored].filter((key) => !known.has(key)).map((key) => `nobody names ${key}`),
    ...named
      .filter(({ key, isThere }) => isThere && !stored.has(key))
      .map(({ key }) => `${key} is not there`),
  ];
}

/** In the other registry: one message for each document that was published there, and no other. */
function checkPeer({ registry }: World, rows: readonly Row[]): Finding[] {
  const byId = new Map(registry.messages.map((message) => [message.messageId, message]));
  const digests = new Map<string, number>();
  for (const { sha256: digest } of registry.messages) digests.set(digest, (digests.get(digest) ?? 0) + 1);
  const published = rows.filter(({ registryId }) => registryId !== null);
  const wrong = published.filter(
    ({ registryId, pdf }) => byId.get(registryId ?? '')?.sha256 !== pdf?.toString('hex'),
  );
  const known = new Set(published.map(({ registryId }) => registryId));
  return [
    ...findingOf(
      'what was published arrived',
      wrong.map(({ id }) => id),
    ),
    ...findingOf(
      'one message for a document',
      [...digests].filter(([, count]) => count > 1).map(([digest, count]) => `${digest} ${count} times`),
    ),
    ...findingOf(
      'what arrived was published',
      registry.messages.map(({ messageId }) => messageId).filter((id) => !known.has(id)),
    ),
  ];
}

/** Every case has the document that its declarations ask for. */
export async function checkCases(
  { database }: World,
  vault: Vault,
  expected: readonly ExpectedCase[],
): Promise<Finding[]> {
  const rows = await database.query<{ id: string; ssin: Buffer; facts: Buffer; keyId: string; key: Buffer }>(
    `select attestation_id as id, p.ssin_ciphertext as ssin, facts, citizen_key_id as "keyId", wrapped_key as key
     from attestation a join citizen_key using (citizen_key_id) join person p on p.person_id = a.person_id
     where state = 'issued' and wrapped_key is not null`,
  );
  const days = new Map<string, string[]>();
  for (const { id, ssin, facts, keyId, key } of rows) {
    const read = JSON.parse(vault.openCitizenKey(keyId, key).open(facts, id).toString()) as {
      readonly days: readonly { readonly date: string }[];
    };
    const dates = read.days.map(({ date }) => date);
    const person = vault.open(ssin, 'ssin').toString();
    days.set(`${person} ${dates[0]?.slice(0, 7)}`, dates);
  }
  const wrong = expected
    .filter(({ isOpen }) => !isOpen)
    .flatMap((one) => {
      const wanted = [...one.days].sort().join(' ');
      const found = (days.get(`${one.ssin} ${one.month}`) ?? []).toSorted().join(' ');
      return wanted === found
        ? []
        : [`${one.ssin.slice(0, 6)} ${one.month}: [${found}] instead of [${wanted}]`];
    });
  return findingOf('documents show what was declared', wrong);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
