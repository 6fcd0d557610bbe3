/** The way out to webhooks: configured origins only, no address inside, no redirect, bounded. */
import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { isPublicAddress } from '../../src/remote/public-address.ts';
import { createWebhookCaller } from '../../src/remote/webhook-call.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
});
after(() => receiver.stop());

const callerOf = (origins: readonly string[], allowInside: boolean, timeoutMs = 5000) =>
  createWebhookCaller({ allowedOrigins: origins, allowInside, timeoutMs });

describe('an address', () => {
  const inside = [
    '127.0.0.1 127.9.9.9 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0',
    '192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 255.255.255.255 192.0.0.1',
    '::1 :: fe80::1 fc00::1 fd12:3456::1 ff02::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 2001:db8::1 2002:a00:1::',
    '2001::1 3fff::1 no-address',
  ].flatMap((line) => line.split(' '));
  for (const address of inside)
    it(`${address} is inside`, () => assert.equal(isPublicAddress(address), false));
  for (const address of ['8.8.8.8', '193.190.1.1', '172.32.0.1', '2a02:a000::1', '2001:4860:4860::8888'])
    it(`${address} is public`, () => assert.equal(isPublicAddress(address), true));
});

describe('a webhook', () => {
  it('is called with its body, and the status is the answer', async () => {
    const caller = callerOf([receiver.origin], true);
    receiver.answerWith(202);
    const answer = await caller.call(`${receiver.origin}/hook?x=1`, { 'webhook-id': 'one' }, '{"é":1}');
    assert.deepEqual(answer, { kind: 'answered', status: 202 });
    const last = receiver.received.at(-1);
    assert.deepEqual([last?.path, last?.headers['webhook-id'], last?.body], ['/hook?x=1', 'one', '{"é":1}']);
  });

  it('that redirects is not followed', async () => {
    receiver.answerWith(302);
    const before = receiver.received.length;
    const answer = await callerOf([receiver.origin], true).call(`${receiver.origin}/`, {}, '');
    assert.deepEqual([answer, receiver.received.length - before], [{ kind: 'answered', status: 302 }, 1]);
  });

  it('is not called at an address inside, written out or behind a name', async () => {
    const before = receiver.received.length;
    const { port } = new URL(receiver.origin);
    for (const host of ['127.0.0.1', '[::1]', 'localhost', '[::ffff:127.0.0.1]']) {
      const origin = new URL(`https://${host}:${port}`).origin;
      const answer = await callerOf([origin], false).call(`${origin}/`, {}, '');
      assert.deepEqual(answer, { kind: 'unreachable', reason: 'insideAddress' }, host);
    }
    assert.equal(receiver.received.length, before);
  });

  it('is not called at an origin that is not configured, nor with a password in its address', async () => {
    const caller = callerOf([receiver.origin], true);
    for (const url of ['https://elsewhere.example/', receiver.origin.replace('//', '//user:x@'), 'nothing'])
      assert.deepEqual(await caller.call(url, {}, ''), { kind: 'notAllowed' }, url);
  });

  it('that does not answer is given up, and one that is not there said to be so', async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    // A TCP server that listens has such an address.
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const caller = callerOf([origin], true, 200);
    assert.deepEqual(await caller.call(origin, {}, ''), { kind: 'unreachable', reason: 'timeout' });
    await new Promise((resolve) => silent.close(resolve));
    const answer = await callerOf([origin], true).call(origin, {}, '');
    assert.equal(answer.kind, 'unreachable');
  });

  for (const origin of [
    'http://events.example',
    'https://events.example/path',
    'ftp://x',
    'nothing',
    'http://10.0.0.1',
  ])
    it(`may not be configured at ${origin}`, () =>
      assert.throws(() => callerOf([origin], true), /webhook origin 1/));
  it('may not be configured without TLS on this machine, unless any address may be called', () =>
    assert.throws(() => callerOf(['http://127.0.0.1:1'], false), /https/));
});
