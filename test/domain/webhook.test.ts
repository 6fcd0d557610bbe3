/** Signatures of webhooks and the rhythm of their tries. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MOST_TRIES, restAfter, signDelivery, waitAfter, writeSecret } from '../../src/domain/webhook.ts';

describe('a delivery', () => {
  it('is signed as Standard Webhooks 1.0 says', () => {
    // The example of the specification's reference libraries.
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const headers = signDelivery(
      secret,
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
    );
    assert.deepEqual(headers, {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    assert.equal(writeSecret(secret), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  });

  it('is tried for hours, not for days, and waits longer each time', () => {
    const waits = Array.from({ length: MOST_TRIES - 1 }, (_, at) => waitAfter(at + 1, 'some-delivery'));
    const total = waits.reduce((sum, wait) => sum + wait, 0);
    assert.ok(total > 2 * 3600 && total < 6 * 3600, `${total} s`);
    assert.ok(waits.slice(0, 9).every((wait, at) => at === 0 || wait > (waits[at - 1] ?? 0)));
    assert.ok(waits.every((wait) => wait >= 3 && wait <= 3600));
    assert.notEqual(waitAfter(9, 'one'), waitAfter(9, 'another'));
  });

  it('leaves a receiver alone that cannot be reached, five minutes at most', () =>
    assert.deepEqual([1, 5, 20].map(restAfter), [2, 32, 60]));
});
