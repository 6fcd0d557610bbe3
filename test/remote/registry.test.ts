/** The client of another registry, over the wire: what each answer comes to, who we say we are, and when it is left alone. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { EnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import type { Publication } from '../../src/ebox/relay.ts';
import { ServiceError } from '../../src/errors.ts';
import { ASSERTION_TYPE, createClientAssertion } from '../../src/keys/client-assertion.ts';
import { createTokenSource } from '../../src/remote/access-token.ts';
import { createGuardedFetch } from '../../src/remote/guarded-fetch.ts';
import { createRegistryClient } from '../../src/remote/registry.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const clientId = 'ebox:office';

let registry: TestRegistry;
let now: number;

before(async () => {
  registry = await startRegistry({ clientId, publicKey });
});
after(() => registry.stop());
beforeEach(() => {
  now = Date.now();
  registry.tricks.length = 0;
  registry.messages.length = 0;
  for (const path of Object.keys(registry.calls)) registry.calls[path] = 0;
});

async function client(changes: { clientId?: string; timeoutMs?: number; scope?: string } = {}) {
  const clock = () => new Date(now);
  const fetch = createGuardedFetch({
    allowedOrigins: [registry.url],
    allowLoopback: true,
    timeoutMs: changes.timeoutMs ?? 20_000,
    maxBytes: 1024 * 1024,
  });
  const tokens = createTokenSource({
    tokenUrl: registry.tokenUrl,
    scope: changes.scope ?? 'publish',
    assert: await createClientAssertion(changes.clientId ?? clientId, pem, clock),
    assertionType: ASSERTION_TYPE,
    fetch,
    clock,
  });
  const { publishUrl, statusUrl } = registry;
  return createRegistryClient({ publishUrl, statusUrl, partition: 'OFFICE', tokens, fetch, clock });
}

function publication(changes: Partial<Publication> = {}): Publication {
  const pdf = changes.pdf ?? randomBytes(300_000);
  return {
    idempotencyKey: randomUUID(),
    sender: '0206731645' as EnterpriseNumber,
    recipient: '81050003552' as Ssin,
    subject: 'Attest – één',
    language: 'nl',
    messageTypeId: 'quarantine-attestation',
    senderApplicationId: 'attestations',
    fileName: 'QUA-2026-00000042-17.pdf',
    isSigned: true,
    pdf,
    sha256: createHash('sha256').update(pdf).digest(),
    ...changes,
  };
}

const unavailable = (error: unknown) => error instanceof ServiceError && error.code === 'remoteUnavailable';
const publishCalls = () => registry.calls['/v3/ebox/messages'] ?? 0;

describe('publish', () => {
  it('brings the document in pieces with its description after it, byte by byte', async () => {
    const one = publication();
    const outcome = await (await client()).publish(one);
    const [stored] = registry.messages;
    assert.deepEqual(outcome, {
      kind: 'published',
      registryMessageId: stored?.messageId,
      isDigitalUser: true,
    });
    assert.equal(stored?.sha256, one.sha256.toString('hex'));
    assert.deepEqual(stored?.subject, { nl: 'Attest – één' });
    assert.equal(stored?.partition, 'OFFICE');
    assert.equal(stored?.fileName, one.fileName);
  });

  it('hears that the recipient never opened the eBox', async () => {
    registry.withoutEbox.add('81050003552');
    const outcome = await (await client()).publish(publication());
    registry.withoutEbox.clear();
    assert.equal(outcome.kind === 'published' && outcome.isDigitalUser, false);
  });

  it('finds the first message again where the answer was lost', async () => {
    const one = publication();
    registry.tricks.push('loseAnswer');
    const sender = await client();
    await assert.rejects(sender.publish(one), unavailable);
    const again = await sender.publish(one);
    assert.equal(registry.messages.length, 1);
    assert.deepEqual(again, {
      kind: 'published',
      registryMessageId: registry.messages[0]?.messageId,
      isDigitalUser: undefined,
    });
  });

  const table = [
    [
      { status: 400, body: { code: 'INVALID_SENDER' } },
      { kind: 'refused', refusal: '400 INVALID_SENDER' },
    ],
    [{ status: 413 }, { kind: 'refused', refusal: '413' }],
    [
      { status: 422, body: { code: 'x'.repeat(500) } },
      { kind: 'refused', refusal: '422' },
    ],
    [
      { status: 404, body: { code: '81050003552' } },
      { kind: 'refused', refusal: '404 ***********' },
    ],
    [
      { status: 403, body: { code: 'MISSING_SCOPE' } },
      { kind: 'unauthorised', reason: '403 MISSING_SCOPE' },
    ],
    [{ status: 408 }, { kind: 'later', afterSeconds: undefined, reason: '408' }],
    [
      { status: 201, body: {} },
      { kind: 'refused', refusal: '201: names no message' },
    ],
    [
      { status: 409, body: {} },
      { kind: 'refused', refusal: '409: names no message' },
    ],
  ] as const;
  for (const [trick, outcome] of table) {
    it(`takes ${trick.status}${'body' in trick ? ' with a body' : ''} for ${outcome.kind}`, async () => {
      registry.tricks.push(trick);
      assert.deepEqual(await (await client()).publish(publication()), outcome);
    });
  }

  it('follows no redirect', async () => {
    registry.tricks.push({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    await assert.rejects((await client()).publish(publication()), { code: 'remoteRefused' });
  });

  it('asks nothing more while the registry wants a pause', async () => {
    const sender = await client();
    registry.tricks.push({ status: 429, headers: { 'retry-after': '120' } });
    assert.deepEqual(await sender.publish(publication()), {
      kind: 'later',
      afterSeconds: 120,
      reason: '429',
    });
    now += 60_000;
    const waiting = await sender.publish(publication());
    assert.equal(waiting.kind === 'later' && waiting.afterSeconds, 60);
    assert.equal(publishCalls(), 1);
    now += 60_000;
    assert.equal((await sender.publish(publication())).kind, 'published');
  });

  it('says after a while that nothing came', async () => {
    registry.tricks.push('silence');
    await assert.rejects((await client({ timeoutMs: 200 })).publish(publication()), unavailable);
  });

  it('leaves a registry alone that failed three times in a row', async () => {
    const sender = await client();
    registry.tricks.push({ status: 503 }, { status: 500 }, { status: 502 });
    for (let turn = 0; turn < 5; turn += 1) await assert.rejects(sender.publish(publication()), unavailable);
    assert.equal(publishCalls(), 3);
  });
});

describe('access tokens', () => {
  it('are asked for once, and again when one was ended', async () => {
    const sender = await client();
    await Promise.all([sender.publish(publication()), sender.publish(publication())]);
    assert.equal(registry.calls['/oauth/token'], 1);
    registry.endTokens();
    assert.equal((await sender.publish(publication())).kind, 'published');
    assert.equal(registry.calls['/oauth/token'], 2);
    now += 271_000;
    await sender.publish(publication());
    assert.equal(registry.calls['/oauth/token'], 3, 'not used in its last seconds');
  });

  for (const [what, changes] of [
    ['an unknown client', { clientId: 'ebox:other' }],
    ['a scope that it may not have', { scope: 'everything' }],
  ] as const) {
    it(`are refused to ${what}, and the message waits`, async () => {
      await assert.rejects((await client(changes)).publish(publication()), unavailable);
      assert.equal(publishCalls(), 0);
    });
  }
});

describe('listRead', () => {
  it('asks for all at once and gives those that were read', async () => {
    const sender = await client();
    for (let turn = 0; turn < 3; turn += 1) await sender.publish(publication());
    const [, second] = registry.messages;
    assert.ok(second);
    second.isRead = true;
    const asked = registry.messages.map(({ messageId }) => ({
      registryMessageId: messageId,
      recipient: '81050003552' as Ssin,
    }));
    assert.deepEqual(await sender.listRead(asked), [second.messageId]);
    assert.equal(registry.calls['/v3/searchMessageStatus'], 1);
  });
});
