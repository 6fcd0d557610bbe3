/** Several seal keys: which seals when, which comes next, which only serves checking. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrangeSealKeys, describeSealKey, type SealKey, standingsOf } from '../../src/keys/seal-keys.ts';
import { createAuthority, createSigner } from '../support/pki.ts';

const authority = createAuthority('Root');
const day = (text: string) => new Date(`2026-${text}T00:00:00Z`);

function keyOf(
  name: string,
  notBefore: string,
  notAfter: string,
  more: { from?: Date; lost?: true } = {},
): SealKey {
  const signer = createSigner({ authority, notBefore: day(notBefore), notAfter: day(notAfter) });
  const key = describeSealKey(name, signer, more.from);
  return more.lost === true ? key : { ...key, signer };
}

const old = keyOf('old', '01-01', '03-01');
const now = keyOf('now', '02-01', '06-01');
const next = keyOf('next', '05-01', '12-01', { from: day('05-15') });
const lost = keyOf('lost', '02-15', '12-01', { lost: true });
const keys = arrangeSealKeys(() => [next, lost, old, now]);
const nameAt = (at: string, stated?: string) =>
  keys.byKeyId(keys.current(day(at), stated === undefined ? undefined : day(stated)).keyId)?.name;

describe('describeSealKey', () => {
  it('reads the term from the certificate', () => {
    assert.deepEqual([old.notBefore, old.notAfter, old.startsAt], [day('01-01'), day('03-01'), day('01-01')]);
  });

  it('lets a key begin later than its certificate, never earlier', () => {
    assert.deepEqual(next.startsAt, day('05-15'));
    assert.deepEqual(describeSealKey('early', old, new Date(0)).startsAt, day('01-01'));
  });
});

describe('arrangeSealKeys', () => {
  it('seals with the key that took over last', () => {
    assert.deepEqual(
      ['01-01', '01-31', '02-01', '05-01', '05-14', '05-15', '11-30'].map((at) => nameAt(at)),
      ['old', 'old', 'now', 'now', 'now', 'next', 'next'],
    );
  });

  it('passes over a key whose certificate began after the time a document states', () => {
    assert.equal(nameAt('02-01', '01-31'), 'old');
    assert.equal(nameAt('05-15', '05-10'), 'next');
    assert.equal(nameAt('05-15', '04-30'), 'now');
  });

  it('seals nevertheless when no earlier key holds any more', () => {
    assert.equal(nameAt('07-01', '04-30'), 'next');
  });

  it('finds every key by its id, and no other', () => {
    for (const key of [old, now, next, lost]) assert.equal(keys.byKeyId(key.keyId)?.name, key.name);
    assert.equal(keys.byKeyId('00'), undefined);
    assert.equal(keys.all.length, 4);
  });

  it('says keyUnfit before the first and after the last', () => {
    const unfit = { name: 'ServiceError', code: 'keyUnfit' };
    assert.throws(() => keys.current(new Date('2025-12-31T23:59:59Z')), unfit);
    assert.throws(() => keys.current(new Date('2026-12-01T00:00:01Z')), unfit);
  });

  it('follows changes', () => {
    let read: SealKey[] = [old];
    const changing = arrangeSealKeys(() => read);
    assert.equal(changing.current(day('02-10')).keyId, old.keyId);
    read = [old, now];
    assert.equal(changing.current(day('02-10')).keyId, now.keyId);
  });
});

describe('standingsOf', () => {
  const standingsAt = (at: string) => {
    const standings = standingsOf([old, now, next, lost], day(at), ({ signer }) => signer !== undefined);
    return [old, now, next, lost].map((key) => standings.get(key));
  };

  it('tells current, next and former keys apart', () => {
    assert.deepEqual(standingsAt('01-15'), ['current', 'next', 'next', 'former']);
    assert.deepEqual(standingsAt('02-15'), ['former', 'current', 'next', 'former']);
    assert.deepEqual(standingsAt('05-15'), ['former', 'former', 'current', 'former']);
  });
});
