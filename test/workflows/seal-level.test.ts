import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SealLevel } from '../../src/domain/verification.ts';
import { ServiceError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import type { RevocationKeeper } from '../../src/remote/revocation.ts';
import { createTimeStampClient } from '../../src/remote/time-stamp.ts';
import { createSealing, type SealingOptions, type SealMeans } from '../../src/workflows/seal-level.ts';
import { createAuthority, NOW } from '../support/pki.ts';
import { createTsaSigner, forgeToken, granted, startTsa } from '../support/tsa.ts';

const root = createAuthority('Root');
const signer = createTsaSigner(root);
const LEVELS = { single: 'B-T', batch: 'B-B' } as const;
const DATA = { id: '1', certificates: [], answers: [], lists: [] };
const MINUTE = 60_000;

function stamperAt(url: string) {
  return createTimeStampClient({
    urls: [url],
    trust: { anchors: [parseCertificate(root.certificate)], intermediates: [] },
    allowLoopback: true,
    clock: () => NOW,
    retries: 0,
    restMs: 1,
  });
}

function revocationOf(current: RevocationKeeper['current']): RevocationKeeper {
  return { current, refresh: async () => undefined, stop: () => undefined };
}

function scene(options: Partial<SealingOptions> & Pick<SealingOptions, 'timeStamper'>) {
  let now = NOW;
  const lines: Record<string, unknown>[] = [];
  const made: SealMeans[] = [];
  const sealing = createSealing({
    levels: LEVELS,
    whenAway: 'wait',
    revocation: undefined,
    verify: () => 'B-LT',
    countWaiting: async () => 7,
    log: createLog('info', {
      write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    }),
    clock: () => now,
    ...options,
  });
  return {
    lines,
    made,
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    reach: (level: SealLevel) =>
      sealing.reach(level, async (means) => {
        made.push(means);
        await means.timeStamp?.(Buffer.alloc(32));
        return { pdf: Buffer.from(means.level), level: means.level, keyId: 'key' };
      }),
  };
}

const unreachable = { name: 'ServiceError', code: 'sealLevelUnreachable' };

describe('reach', () => {
  it('makes B-B with nothing but the key', async () => {
    const { reach, made } = scene({ timeStamper: undefined });
    assert.equal((await reach('B-B')).level, 'B-B');
    assert.deepEqual(made, [{ level: 'B-B', tokenBytes: 0 }]);
  });

  it('makes B-T with room for a token and whoever gives one', async (t) => {
    const tsa = await startTsa(t, async (asked) => granted(await forgeToken(signer, asked)));
    const { reach, made } = scene({ timeStamper: stamperAt(tsa.url) });
    assert.equal((await reach('B-T')).level, 'B-T');
    assert.ok((made[0]?.tokenBytes ?? 0) > 500);
    assert.equal(made[0]?.validationData, undefined);
  });

  describe('when no authority answers', () => {
    const timeStamper = stamperAt('http://127.0.0.1:9/tsa');

    it('waits, and says so once in five minutes', async () => {
      const { reach, lines, made, pass } = scene({ timeStamper });
      for (let round = 0; round < 3; round += 1) {
        await assert.rejects(reach('B-T'), unreachable);
        pass(MINUTE);
      }
      assert.equal(lines.length, 1);
      const { level, sealLevel, since, waiting, reason } = lines[0] ?? {};
      assert.deepEqual([level, sealLevel, since, waiting], ['error', 'B-T', NOW.toISOString(), 7]);
      assert.match(String(reason), /127\.0\.0\.1:9/);
      pass(3 * MINUTE);
      await assert.rejects(reach('B-T'), unreachable);
      assert.deepEqual([lines.length, lines[1]?.since], [2, NOW.toISOString()]);
      assert.deepEqual(made, []);
    });

    it('issues at B-B where that is configured, and says so', async () => {
      const { reach, lines } = scene({ timeStamper, whenAway: 'issueBB' });
      assert.equal((await reach('B-T')).level, 'B-B');
      assert.equal((await reach('B-LT')).level, 'B-B');
      assert.deepEqual(
        lines.map(({ msg }) => msg),
        ['attestations are sealed at B-B: their seal level cannot be reached'],
      );
    });
  });

  describe('when revocation data are missing', () => {
    it('waits, or issues at B-B; but never where the certificate was revoked', async (t) => {
      const tsa = await startTsa(t, async (asked) => granted(await forgeToken(signer, asked)));
      const timeStamper = stamperAt(tsa.url);
      const failing = (code: 'remoteUnavailable' | 'sealLevelUnreachable') =>
        revocationOf(() => Promise.reject(new ServiceError(code, 'none')));
      const missing = failing('remoteUnavailable');
      await assert.rejects(scene({ timeStamper, revocation: missing }).reach('B-LT'), unreachable);
      const lenient = scene({ timeStamper, revocation: missing, whenAway: 'issueBB' });
      assert.equal((await lenient.reach('B-LT')).level, 'B-B');
      const revoked = failing('sealLevelUnreachable');
      const strict = scene({ timeStamper, revocation: revoked, whenAway: 'issueBB' });
      await assert.rejects(strict.reach('B-LT'), unreachable);
      assert.deepEqual(strict.made, []);
    });
  });

  describe('when an authority comes with a longer token between rendering and stamping', () => {
    it('makes the document again with more room', async (t) => {
      const tsa = await startTsa(t, async (asked) => granted(await forgeToken(signer, asked)));
      const timeStamper = stamperAt(tsa.url);
      await timeStamper.tokenBytes();
      const longer = createTsaSigner(root, { key: 'rsa-3072' });
      tsa.answer = async (asked) => granted(await forgeToken(longer, asked));
      const rooms: number[] = [];
      const { level } = await createSealing({
        levels: LEVELS,
        whenAway: 'wait',
        timeStamper,
        revocation: undefined,
        verify: () => undefined,
        countWaiting: async () => 0,
        log: createLog('silent'),
        clock: () => NOW,
      }).reach('B-T', async (means) => {
        rooms.push(means.tokenBytes);
        const token = await means.timeStamp?.(Buffer.alloc(32));
        if ((token?.length ?? 0) > means.tokenBytes) throw new ServiceError('sealingFailed', 'too small');
        return { pdf: Buffer.alloc(0), level: means.level, keyId: 'key' };
      });
      assert.equal(level, 'B-T');
      assert.equal(rooms.length, 2);
    });
  });

  describe('when the validation data are not those of the authority that stamps', () => {
    it('tries again with newer ones, and then waits', async (t) => {
      const tsa = await startTsa(t, async (asked) => granted(await forgeToken(signer, asked)));
      const options = { timeStamper: stamperAt(tsa.url), revocation: revocationOf(async () => DATA) };
      const never = scene({ ...options, verify: () => undefined });
      await assert.rejects(never.reach('B-LT'), unreachable);
      assert.equal(never.made.length, 2);
      const second = scene({ ...options, verify: () => (second.made.length > 1 ? 'B-LT' : undefined) });
      assert.equal((await second.reach('B-LT')).level, 'B-LT');
    });
  });

  it('lets faults of making through', async (t) => {
    const tsa = await startTsa(t, async (asked) => granted(await forgeToken(signer, asked)));
    const sealing = scene({ timeStamper: stamperAt(tsa.url) });
    await sealing.reach('B-T');
    const fault = new ServiceError('renderingFailed', 'no glyph');
    const { reach } = createSealing({
      levels: LEVELS,
      whenAway: 'wait',
      timeStamper: stamperAt(tsa.url),
      revocation: undefined,
      verify: () => undefined,
      countWaiting: async () => 0,
      log: createLog('silent'),
      clock: () => NOW,
    });
    await assert.rejects(
      reach('B-T', () => Promise.reject(fault)),
      fault,
    );
  });
});
