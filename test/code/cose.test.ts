/** COSE_Sign1 against the example of RFC 9052, and against OpenSSL. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assert as assertProperty, property, uint8Array } from 'fast-check';
import { readSign1, toBeSigned, writeProtectedHeader, writeSign1 } from '../../src/code/cose.ts';
import { isEs256 } from '../../src/code/public-key.ts';
import { needsTool } from '../support/needs.ts';
import { runTool } from '../support/tools.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

/** RFC 9052, appendix C.2.1, and the key `11` of appendix C.7.1. */
const EXAMPLE = hex(
  'd28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36',
);
const EXAMPLE_KEY = {
  x: Buffer.from('bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff', 'hex').toString(
    'base64url',
  ),
  y: Buffer.from('20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e', 'hex').toString(
    'base64url',
  ),
};

function own() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const unsigned = {
    protectedHeader: writeProtectedHeader(hex('0102030405060708')),
    payload: hex('a10163616263'),
  };
  const signature = sign('sha256', toBeSigned(unsigned), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return { privateKey, publicKey, bytes: writeSign1({ ...unsigned, signature }) };
}

describe('readSign1', () => {
  it('reads the example of the RFC', () => {
    const read = readSign1(EXAMPLE);
    assert.equal(Buffer.from(read?.payload ?? []).toString(), 'This is the content.');
    assert.equal(Buffer.from(read?.keyId ?? []).toString(), '11');
  });

  it('reads it without its tag', () => {
    assert.deepEqual(readSign1(EXAMPLE.subarray(1)), readSign1(EXAMPLE));
  });

  it('reads what was written', () => {
    const { bytes } = own();
    assert.deepEqual(readSign1(bytes)?.keyId, hex('0102030405060708'));
  });

  it('refuses any bytes behind it and any part of it', () => {
    assert.equal(readSign1(Buffer.concat([EXAMPLE, hex('00')])), undefined);
    for (let end = 0; end < EXAMPLE.length; end += 1)
      assert.equal(readSign1(EXAMPLE.subarray(0, end)), undefined);
  });

  it('never throws, whatever it is given', () => {
    assertProperty(property(uint8Array({ maxLength: 100 }), (bytes) => void readSign1(bytes)));
  });

  const changed = {
    'another tag': ['d284', 'd184'],
    'another algorithm': ['a10126', 'a10127'],
    'an algorithm that is not signed for': ['43a10126a104423131', '40a2012604423131'],
    'no key': ['a104423131', 'a0'],
    'a signature of 63 bytes': ['58408eb3', '583fb3'],
    'a length that is not the shortest': ['42313154', '5802313154'],
    'two equal keys in a map': ['43a10126', '45a201260126'],
  } as const;
  for (const [what, [before, after]] of Object.entries(changed)) {
    it(`refuses ${what}`, () => {
      const text = Buffer.from(EXAMPLE).toString('hex');
      assert.notEqual(text.replace(before, after), text);
      assert.equal(readSign1(hex(text.replace(before, after))), undefined);
    });
  }
});

describe('toBeSigned', () => {
  it('gives what the signature of the RFC was made over', async () => {
    const read = readSign1(EXAMPLE);
    assert.ok(read);
    assert.equal(await isEs256(EXAMPLE_KEY, toBeSigned(read), read.signature), true);
  });

  it('gives what OpenSSL finds signed', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const { publicKey, bytes } = own();
    const read = readSign1(bytes);
    assert.ok(read);
    const folder = mkdtempSync(join(tmpdir(), 'cose-'));
    try {
      writeFileSync(join(folder, 'key.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
      writeFileSync(join(folder, 'data'), toBeSigned(read));
      writeFileSync(join(folder, 'signature'), toDer(read.signature));
      const { output } = await runTool(
        'openssl',
        ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'signature', 'data'],
        folder,
      );
      assert.match(output, /Verified OK/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** ECDSA-Sig-Value (RFC 3279 §2.2.3) from r and s. */
function toDer(signature: Uint8Array): Buffer {
  const integer = (bytes: Uint8Array) => {
    const digits = Buffer.from(bytes)
      .toString('hex')
      .replace(/^(00)+(?=..)/, '');
    const value = Buffer.from(/^[89a-f]/.test(digits) ? `00${digits}` : digits, 'hex');
    return Buffer.concat([Buffer.from([2, value.length]), value]);
  };
  const content = Buffer.concat([integer(signature.subarray(0, 32)), integer(signature.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}
