/** Publishing elsewhere, step by step: one message there whatever happens, and what follows from each answer. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { wrapObject } from '../../src/archive/envelope.ts';
import { markIssued } from '../../src/database/attestations.ts';
import { keepCitizenKey } from '../../src/database/citizen-keys.ts';
import { erasePersonRows } from '../../src/database/erasures.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import { insertAttachment } from '../../src/database/messages.ts';
import { savePerson } from '../../src/database/persons.ts';
import { armFailpoints, disarmFailpoints } from '../../src/failpoint.ts';
import { ASSERTION_TYPE, createClientAssertion } from '../../src/keys/client-assertion.ts';
import { createVault } from '../../src/keys/vault.ts';
import { createLog } from '../../src/log.ts';
import { createTokenSource } from '../../src/remote/access-token.ts';
import { createGuardedFetch } from '../../src/remote/guarded-fetch.ts';
import { createRegistryClient, type RegistryClient } from '../../src/remote/registry.ts';
import { deliverMessage } from '../../src/workflows/deliver.ts';
import { retryRelay, showParked } from '../../src/workflows/parked.ts';
import { pollRead } from '../../src/workflows/poll-read.ts';
import { relayMessage } from '../../src/workflows/relay.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { issuance, newAttestation, newMessage } from '../support/register.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const vault = createVault(randomBytes(32));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const objects = new Map<string, Buffer>();

let test: TestDatabase;
let other: TestRegistry;
let registry: RegistryClient;
let number = 0;

before(async () => {
  test = await createTestDatabase();
  other = await startRegistry({ clientId: 'ebox:office', publicKey });
});
after(async () => {
  await other.stop();
  await test.drop();
});
beforeEach(async () => {
  other.messages.length = 0;
  other.tricks.length = 0;
  registry = await open();
});
afterEach(async () => {
  disarmFailpoints();
  await test.query('delete from job');
});

async function open(): Promise<RegistryClient> {
  const clock = () => new Date();
  const fetch = createGuardedFetch({
    allowedOrigins: [other.url],
    allowLoopback: true,
    timeoutMs: 20_000,
    maxBytes: 1024 * 1024,
  });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const tokens = createTokenSource({
    tokenUrl: other.tokenUrl,
    scope: 'publish',
    assert: await createClientAssertion('ebox:office', key, clock),
    assertionType: ASSERTION_TYPE,
    fetch,
    clock,
  });
  const { publishUrl, statusUrl } = other;
  return createRegistryClient({ publishUrl, statusUrl, partition: undefined, tokens, fetch, clock });
}

function services() {
  const fetchObject = async (key: string) => objects.get(key) ?? Buffer.alloc(0);
  return {
    database: test.database,
    vault,
    // What an archive holds, given by key as it does; nothing else of it is asked for here.
    archive: { fetch: fetchObject } as never,
    registry,
    newId: () => randomUUID(),
    clock: () => new Date(),
    log: createLog('silent'),
  };
}

/** An issued attestation whose message is to be published; gives the message id and the number of its person. */
async function make({ hasEbox = true } = {}): Promise<{ messageId: string; ssin: string; personId: string }> {
  number += 1;
  const ssin = `9001010${String(number).padStart(4, '0')}`;
  return test.database.transaction(async (connection) => {
    const personId = await savePerson(connection, {
      personId: randomUUID(),
      lookUps: vault.lookUps(ssin as never),
      ssinCiphertext: vault.seal(Buffer.from(ssin), 'ssin'),
      keyVersion: vault.version,
      familyName: 'Vermeulen',
      givenName: 'Lena',
      birthDate: null,
      language: null,
      email: 'lena@example.org',
      hasEbox,
    });
    const citizenKeyId = randomUUID();
    const wrappedKey = vault.createCitizenKey(citizenKeyId);
    const fresh = { citizenKeyId, wrappedKey, keyVersion: vault.version };
    await keepCitizenKey(connection, personId, fresh);
    const citizen = { personId, ssinHmac: Buffer.alloc(0), citizenKeyId: fresh.citizenKeyId };
    const attestation = await newAttestation(connection, citizen);
    const pdf = randomBytes(50_000);
    const issued = issuance(pdf);
    await markIssued(connection, attestation.attestationId, issued);
    const key = vault.openCitizenKey(fresh.citizenKeyId, fresh.wrappedKey);
    const ids = { documentId: attestation.attestationId, citizenKeyId };
    objects.set(attestation.objectKey, wrapObject(pdf, ids, key));
    const { messageId } = await newMessage(connection, attestation);
    await insertAttachment(connection, messageId, {
      attachmentId: randomUUID(),
      position: 1,
      isMainContent: true,
      isSigned: true,
      fileName: `${attestation.number}.pdf`,
      mediaType: 'application/pdf',
      bytes: pdf.length,
      sha256: issued.pdfSha256,
    });
    await deliverMessage(services(), connection, {
      messageId,
      personId,
      receivedAt: new Date(),
      lane: 'single',
    });
    return { messageId, ssin, personId };
  });
}

/** One turn of a worker: does the jobs that are due; gives how many. */
async function turn(): Promise<number> {
  const jobs = await test.database.transaction((connection) => claimJobs(connection, ['single'], 10, 60));
  for (const job of jobs) await relayMessage(services(), job, String(job.payload.messageId));
  return jobs.length;
}

/** Leases have run out, and pauses are over. */
const isDue = () =>
  test.query(`update job set run_after = now() - interval '1 second',
    lease_until = case when lease_token is not null then now() - interval '1 second' end`);

async function stateOf(messageId: string) {
  const [row] = await test.query<Record<string, unknown>>(
    `select p.state, p.registry_message_id as there, p.refusal, i.reason as paper,
       (select string_agg(r.kind, ' ' order by r.recorded_time) from receipt r where r.message_id = p.message_id) as receipts,
       (select count(*)::int from outbox o where o.message_id = p.message_id) as told
     from relay p left join print_item i using (message_id) where p.message_id = $1`,
    [messageId],
  );
  return row;
}

describe('relayMessage', () => {
  it('publishes, keeps the receipt, and tells', async () => {
    const { messageId, ssin } = await make();
    assert.deepEqual(await stateOf(messageId), {
      state: 'waiting',
      there: null,
      refusal: null,
      paper: null,
      receipts: null,
      told: 0,
    });
    await turn();
    const [there] = other.messages;
    assert.deepEqual([there?.ssin, there?.idempotencyKey], [ssin, messageId]);
    assert.deepEqual(await stateOf(messageId), {
      state: 'published',
      there: there?.messageId,
      refusal: null,
      paper: null,
      receipts: 'published',
      told: 1,
    });
  });

  for (const place of ['relay.claimed', 'relay.sent', 'relay.committed']) {
    it(`struck at ${place} ends with one message there`, async () => {
      const { messageId } = await make();
      armFailpoints(`${place}=throw`);
      await assert.rejects(turn(), /failpoint/);
      disarmFailpoints();
      await isDue();
      await turn();
      assert.equal(other.messages.length, 1);
      const state = await stateOf(messageId);
      assert.deepEqual([state?.state, state?.receipts, state?.told], ['published', 'published', 1]);
    });
  }

  it('prints what the registry says nobody will look at, whatever the register believes', async () => {
    const { messageId, ssin } = await make({ hasEbox: true });
    other.withoutEbox.add(ssin);
    await turn();
    assert.equal((await stateOf(messageId))?.paper, 'noDigitalUser');
  });

  it('goes by the register where the answer that said so was lost', async () => {
    const unused = await make({ hasEbox: false });
    const used = await make({ hasEbox: true });
    other.tricks.push('loseAnswer', 'loseAnswer');
    for (let at = 0; at < 4; at += 1) {
      await turn().catch(() => undefined);
      await isDue();
    }
    assert.equal(other.messages.length, 2);
    assert.equal((await stateOf(unused.messageId))?.paper, 'unused');
    assert.equal((await stateOf(used.messageId))?.paper, null);
  });

  it('sets aside what is refused, until an operator has it tried again', async () => {
    const { messageId } = await make();
    other.tricks.push({ status: 400, body: { code: 'INVALID_SENDER' } });
    await turn();
    const [parked, ...others] = await showParked(services());
    assert.deepEqual([parked?.messageId, parked?.refusal, others], [messageId, '400 INVALID_SENDER', []]);
    const operator = { kind: 'service', id: 'operator/an' } as const;
    assert.equal(await retryRelay(services(), operator, messageId), true);
    assert.equal(await retryRelay(services(), operator, messageId), false, 'once');
    await turn();
    const state = await stateOf(messageId);
    assert.deepEqual([state?.state, state?.receipts], ['published', 'refused published']);
  });

  it('comes back when it is told to', async () => {
    const { messageId } = await make();
    other.tricks.push({ status: 429, headers: { 'retry-after': '600' } });
    await turn();
    const [job] = await test.query<{ seconds: number }>(
      'select extract(epoch from run_after - created_at)::float8 as seconds from job where kind = $1',
      ['relay'],
    );
    assert.ok((job?.seconds ?? 0) > 500);
    assert.equal((await stateOf(messageId))?.state, 'waiting');
  });

  it('lets nothing out that holds no more, unless it may be there already', async () => {
    const never = await make();
    const tried = await make();
    await test.query(
      "update attestation set state = 'revoked', ended_at = now() where message_id = any($1)",
      [[never.messageId, tried.messageId]],
    );
    await test.query('update relay set tried_at = now() where message_id = $1', [tried.messageId]);
    await turn();
    assert.equal((await stateOf(never.messageId))?.state, 'withdrawn');
    assert.equal((await stateOf(tried.messageId))?.state, 'published');
    assert.equal(other.messages.length, 1);
  });

  it('lets nothing out of somebody erased, and keeps no line of theirs to be printed', async () => {
    const waiting = await make();
    const printed = await make({ hasEbox: false });
    other.withoutEbox.add(printed.ssin);
    await test.query(
      "update job set run_after = now() + interval '1 hour' where payload->>'messageId' = $1",
      [waiting.messageId],
    );
    await turn();
    assert.equal((await stateOf(printed.messageId))?.paper, 'noDigitalUser');
    await test.database.transaction((connection) =>
      erasePersonRows(connection, [waiting.personId, printed.personId]),
    );
    await isDue();
    await turn();
    assert.equal((await stateOf(waiting.messageId))?.state, 'withdrawn');
    assert.equal((await stateOf(printed.messageId))?.paper, null);
    assert.equal(other.messages.length, 1);
  });

  it('waits while the registry does not accept who we are', async () => {
    const { messageId } = await make();
    other.tricks.push({ status: 403, body: { code: 'MISSING_SCOPE' } });
    await assert.rejects(turn(), { code: 'remoteUnavailable' });
    assert.equal((await stateOf(messageId))?.state, 'waiting');
  });
});

describe('pollRead', () => {
  it('asks in bulk and keeps a receipt of what was read, once', async () => {
    const made = [await make(), await make()];
    await turn();
    const read = other.messages.find(({ ssin }) => ssin === made[1]?.ssin);
    assert.ok(read);
    read.isRead = true;
    const before = other.calls['/v3/searchMessageStatus'] ?? 0;
    await pollRead(services(), 3600);
    await pollRead(services(), 3600);
    assert.equal((other.calls['/v3/searchMessageStatus'] ?? 0) - before, 1, 'none is asked of again so soon');
    await pollRead(services(), 0);
    const receipts = await Promise.all(
      made.map(async ({ messageId }) => (await stateOf(messageId))?.receipts),
    );
    assert.deepEqual(receipts, ['published', 'published read']);
  });
});
