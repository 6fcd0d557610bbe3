/** Offline codes without register and network: each verdict, and what an attacker changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBase45, encodeBase45 } from '../../src/code/base45.ts';
import { OFFLINE_PREFIX, writeOfflineCode } from '../../src/code/offline-code.ts';
import type { PublicCodeKey } from '../../src/code/public-key.ts';
import type { ListedStatus } from '../../src/code/status-list.ts';
import { type OfflineTrust, verifyOfflineCode } from '../../src/verify/offline-code.ts';
import { claims, codeKeys, SIGNED_AT } from '../support/offline.ts';

const keys = codeKeys();
const code = await writeOfflineCode(claims(), keys.signer);

function verify(text: string, more: Partial<OfflineTrust> = {}) {
  return verifyOfflineCode(text, { keys: keys.published, at: SIGNED_AT, ...more });
}

function listOf(status: ListedStatus | undefined): Pick<OfflineTrust, 'listOf'> {
  return { listOf: async () => ({ statusAt: (index) => (index === 40_211 ? status : 'valid') }) };
}

describe('verifyOfflineCode', () => {
  it('finds a code of ours genuine, and says that no list was looked at', async () => {
    assert.deepEqual(await verify(code), { kind: 'genuine', claims: claims(), status: 'unchecked' });
  });

  for (const status of ['valid', 'superseded', 'revoked'] as const) {
    it(`says ${status} where the list does`, async () => {
      assert.deepEqual(await verify(code, listOf(status)), { kind: 'genuine', claims: claims(), status });
    });
  }

  it('says unchecked where the list is not at hand or has no such index', async () => {
    for (const more of [{ listOf: async () => undefined }, listOf(undefined)]) {
      const verdict = await verify(code, more);
      assert.equal(verdict.kind === 'genuine' && verdict.status, 'unchecked');
    }
  });

  it('finds a code forged of which any bit was changed, or reads it as none', async () => {
    const bytes = decodeBase45(code.slice(OFFLINE_PREFIX.length)) ?? new Uint8Array();
    assert.ok(bytes.length > 150);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { kind } = await verify(OFFLINE_PREFIX + encodeBase45(changed));
      // The tag may be left out, and is the one thing that is not signed.
      assert.ok(['forged', 'malformed', 'unknownKey'].includes(kind), `byte ${at}: ${kind}`);
    }
  });

  it('finds a code forged that another key signed under the name of ours', async () => {
    const other = codeKeys().signer;
    const text = await writeOfflineCode(claims(), { ...other, keyId: keys.signer.keyId });
    assert.deepEqual(await verify(text), { kind: 'forged' });
  });

  it('does not know a key that is not published', async () => {
    assert.deepEqual(await verify(await writeOfflineCode(claims(), codeKeys().signer)), {
      kind: 'unknownKey',
    });
  });

  it('finds it malformed when it is no code', async () => {
    for (const text of ['', 'EBA1:', 'EBA1:ABC', `X${code}`, code.toLowerCase()])
      assert.deepEqual(await verify(text), { kind: 'malformed' });
  });

  describe('when time matters', () => {
    const withKey = (change: Partial<PublicCodeKey>) => ({
      keys: keys.published.map((key) => ({ ...key, ...change })),
    });
    const hour = (hours: number) => new Date(SIGNED_AT.getTime() + hours * 3_600_000);
    const cases: Readonly<Record<string, Partial<OfflineTrust>>> = {
      'past its end': { at: claims().expiresAt },
      'before it was signed': { at: hour(-1) },
      'signed before its key counted': withKey({ validFrom: hour(1) }),
      'signed after its key counted': withKey({ validUntil: hour(-1) }),
    };
    for (const [what, more] of Object.entries(cases)) {
      it(`finds it out of time ${what}`, async () => {
        assert.deepEqual(await verify(code, more), { kind: 'outOfTime', claims: claims() });
      });
    }
    it('takes a code of a key that was retired since', async () => {
      const more = { ...withKey({ validFrom: hour(-1), validUntil: hour(1) }), at: hour(1000) };
      assert.equal((await verify(code, more)).kind, 'genuine');
    });
  });
});
