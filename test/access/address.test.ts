/** Which callers count as one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf } from '../../src/access/address.ts';

describe('addressOf', () => {
  const addresses: Readonly<Record<string, string>> = {
    '192.0.2.7': '192.0.2.7',
    '::ffff:192.0.2.7': '192.0.2.7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:DB8:1:2::9': '2001:db8:1:2::/64',
    '2001:0db8:0001:0002::': '2001:db8:1:2::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '::1': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
  };
  for (const [ip, expected] of Object.entries(addresses))
    it(`takes ${ip} for ${expected}`, () => assert.equal(addressOf(ip), expected));
  it('gives nothing where nothing is known', () => assert.equal(addressOf(undefined), ''));
});
