/** Status lists: places that tell nothing, bits as the draft has them, and what a reader believes. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { importJWK, jwtVerify } from 'jose';
import { writeCodeJwk } from '../../src/code/public-key.ts';
import {
  LIST_SIZE,
  placeOf,
  readStatusList,
  writeBits,
  writeStatusList,
} from '../../src/code/status-list.ts';
import { codeKeys, SIGNED_AT } from '../support/offline.ts';

const keys = codeKeys();
const shuffle = (text: string) => createHmac('sha256', 'secret').update(text).digest();
const CLAIMS = {
  subject: 'https://ebox.example.be/verifications/v1/statusLists/0',
  issuedAt: SIGNED_AT,
  expiresAt: new Date(SIGNED_AT.getTime() + 86_400_000),
  secondsToLive: 60,
};

describe('placeOf', () => {
  it('gives each number of a list an index of its own', () => {
    const indexes = new Set(
      Array.from({ length: LIST_SIZE }, (_, at) => placeOf(BigInt(LIST_SIZE + at), shuffle).index),
    );
    assert.equal(indexes.size, LIST_SIZE);
    assert.ok([...indexes].every((index) => index >= 0 && index < LIST_SIZE));
  });

  it('fills one list after the other', () => {
    const lists = [0n, 65_535n, 65_536n, 10_000_000n].map((number) => placeOf(number, shuffle).list);
    assert.deepEqual(lists, [0, 0, 1, 152]);
  });

  it('does not keep the order, and no other list has the same', () => {
    const first = Array.from({ length: 1000 }, (_, at) => placeOf(BigInt(at), shuffle).index);
    const rising = first.filter((index, at) => at > 0 && index > (first[at - 1] ?? 0)).length;
    assert.ok(rising > 400 && rising < 600, `${rising} of 999 rise`);
    const second = first.map((_, at) => placeOf(BigInt(LIST_SIZE + at), shuffle).index);
    assert.ok(first.filter((index, at) => index === second[at]).length < 10);
  });
});

describe('writeBits', () => {
  it('sets two bits for each entry, the first in the lowest (draft §4.1)', () => {
    const bits = writeBits([
      { index: 0, status: 'revoked' },
      { index: 2, status: 'superseded' },
      { index: 5, status: 'revoked' },
      { index: LIST_SIZE - 1, status: 'superseded' },
    ]);
    assert.equal(bits.length, 16_384);
    assert.deepEqual(
      [bits[0], bits[1], bits[2], bits.at(-1)],
      [0b00_11_00_01, 0b00_00_01_00, 0, 0b11_00_00_00],
    );
  });
});

describe('writeStatusList', () => {
  it('gives a JWT as the draft has it, which other software verifies and inflates', async () => {
    const bits = writeBits([{ index: 7, status: 'revoked' }]);
    const token = await writeStatusList(CLAIMS, bits, keys.signer);
    const [own] = keys.published;
    assert.ok(own);
    const { payload, protectedHeader } = await jwtVerify(token, await importJWK({ ...writeCodeJwk(own) }), {
      typ: 'statuslist+jwt',
      currentDate: SIGNED_AT,
    });
    assert.deepEqual([protectedHeader.alg, protectedHeader.kid], ['ES256', own.keyId]);
    assert.deepEqual([payload.sub, payload['ttl']], [CLAIMS.subject, 60]);
    const { bits: size, lst } = payload['status_list'] as { bits: number; lst: string };
    assert.equal(size, 2);
    assert.deepEqual(new Uint8Array(inflateSync(Buffer.from(lst, 'base64url'))), bits);
  });
});

describe('readStatusList', () => {
  const written = writeStatusList(
    CLAIMS,
    writeBits([
      { index: 7, status: 'revoked' },
      { index: 9, status: 'superseded' },
    ]),
    keys.signer,
  );

  it('gives the status of each index', async () => {
    const list = await readStatusList(await written, keys.published, SIGNED_AT);
    assert.deepEqual(
      [7, 8, 9, LIST_SIZE - 1, LIST_SIZE].map((index) => list?.statusAt(index)),
      ['revoked', 'valid', 'superseded', 'valid', undefined],
    );
    assert.equal(list?.subject, CLAIMS.subject);
  });

  it('believes no other key, no changed list, none past its end, and nothing else', async () => {
    const token = await written;
    const [head = '', body = '', signature = ''] = token.split('.');
    const read = (text: string, from = keys.published, at = SIGNED_AT) => readStatusList(text, from, at);
    assert.equal(await read(token, codeKeys().published), undefined);
    const other = JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'x' });
    assert.equal(
      await read([head, Buffer.from(other).toString('base64url'), signature].join('.')),
      undefined,
    );
    assert.equal(await read(token, keys.published, CLAIMS.expiresAt), undefined);
    const none = Buffer.from('{"alg":"none","typ":"statuslist+jwt"}').toString('base64url');
    for (const text of ['', 'a.b.c', `${token}.x`, `${none}.${body}.`, `${head}.${body}.`])
      assert.equal(await read(text), undefined);
  });
});
