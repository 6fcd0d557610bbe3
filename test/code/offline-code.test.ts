/** The offline code: what it says comes back, it stays small, and no other text is read as one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'cborg';
import { assert as assertProperty, property, string } from 'fast-check';
import { decodeBase45, encodeBase45 } from '../../src/code/base45.ts';
import { writeProtectedHeader, writeSign1 } from '../../src/code/cose.ts';
import { OFFLINE_PREFIX, readOfflineCode, writeOfflineCode } from '../../src/code/offline-code.ts';
import { encodeQr } from '../../src/code/qr.ts';
import { claims, codeKeys } from '../support/offline.ts';

const { signer } = codeKeys();

/** A code with any payload; nothing is signed, for reading does not ask. */
function codeAround(payload: unknown): string {
  const parts = {
    protectedHeader: writeProtectedHeader(signer.keyId),
    payload: encode(payload),
    signature: new Uint8Array(64),
  };
  return OFFLINE_PREFIX + encodeBase45(writeSign1(parts));
}

const ABOUT = ['QUA-2026-00000042-17', 'quarantine', 'A.P.', 1981, 18_498, 18_500, 0, 40_211];
const payloadOf = (about: unknown) =>
  new Map<number, unknown>([
    [1, '0206731645'],
    [4, 1889967845],
    [6, 1795273445],
    [-65_537, about],
  ]);

describe('writeOfflineCode', () => {
  it('writes the characters that a QR code packs densest, after its prefix', async () => {
    assert.match(await writeOfflineCode(claims(), signer), /^EBA1:[0-9A-Z $%*+\-./:]+$/);
  });

  it('stays within version 11, also with the longest of everything', async () => {
    assert.ok(encodeQr(await writeOfflineCode(claims(), signer)).side <= 57);
    const longest = claims({
      number: 'QUARAN-2026-123456789-17',
      type: 'recognition-of-disability-card',
      initials: 'Ŵ.Ȟ.',
      status: { list: 99_999, index: 65_535 },
    });
    assert.ok(encodeQr(await writeOfflineCode(longest, signer)).side <= 61);
  });

  it('writes as CBOR what its description says', async () => {
    const read = readOfflineCode(await writeOfflineCode(claims(), signer));
    assert.deepEqual(read?.payload, encode(payloadOf(ABOUT)));
    assert.deepEqual(Buffer.from(read?.keyId ?? []), Buffer.from(signer.keyId));
  });
});

describe('readOfflineCode', () => {
  it('gives what was written', async () => {
    const open = { from: '2020-08-24' };
    for (const one of [claims(), claims({ period: undefined }), claims({ period: open })])
      assert.deepEqual(readOfflineCode(await writeOfflineCode(one, signer))?.claims, one);
  });

  it('reads it with line breaks, and trimmed', async () => {
    const text = await writeOfflineCode(claims(), signer);
    const broken = `\n  ${text.slice(0, 80)}\r\n${text.slice(80)}\n`;
    assert.deepEqual(readOfflineCode(broken)?.claims, claims());
    assert.deepEqual(readOfflineCode(broken.trim())?.claims, claims());
  });

  it('reads no other text, and throws for none', () => {
    assertProperty(
      property(string(), (text) => assert.equal(readOfflineCode(OFFLINE_PREFIX + text), undefined)),
    );
    assert.equal(readOfflineCode('HC1:6BF'), undefined);
  });

  const wrong: Readonly<Record<string, unknown>> = {
    'no map': ABOUT,
    'too few claims': payloadOf(ABOUT.slice(1)),
    'too many claims': payloadOf([...ABOUT, 1]),
    'a number that is none': payloadOf([...ABOUT.slice(0, 3), '1981', ...ABOUT.slice(4)]),
    'a negative index': payloadOf([...ABOUT.slice(0, 7), -1]),
    'a last day without a first': payloadOf([...ABOUT.slice(0, 4), null, ...ABOUT.slice(5)]),
    'a day that no calendar has': payloadOf([...ABOUT.slice(0, 4), 2 ** 39, 2 ** 39, 0, 1]),
    'a text of any length': payloadOf(['x'.repeat(65), ...ABOUT.slice(1)]),
  };
  for (const [what, payload] of Object.entries(wrong))
    it(`refuses ${what}`, () => assert.equal(readOfflineCode(codeAround(payload)), undefined));

  it('would take the same payload when it is right', () => {
    assert.deepEqual(readOfflineCode(codeAround(payloadOf(ABOUT)))?.claims, claims());
    assert.ok(decodeBase45(codeAround(payloadOf(ABOUT)).slice(OFFLINE_PREFIX.length)));
  });
});
