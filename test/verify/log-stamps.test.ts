/** The time-stamps of an exported evidence log: each is checked over its head, and what is wrong with one is said. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { exportKey } from '../../src/domain/log-export.ts';
import type { Signer } from '../../src/keys/signer.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { verifyLog } from '../../src/verify/log.ts';
import { stampTrustOf } from '../../src/verify/log-stamps.ts';
import { type ExportedLog, makeExport, sourceOf } from '../support/evidence-log.ts';
import { createAuthority } from '../support/pki.ts';
import { createTsaSigner, forgeToken } from '../support/tsa.ts';

/** The heads are of 08:00, 08:01 and 08:02. */
const STAMPED = new Date('2026-03-02T08:03:00Z');
const NOW = new Date('2026-03-05T00:00:00Z');
const HOUR_MS = 3_600_000;

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const tsa = createTsaSigner(issuing);
const pinned = [root, issuing].map(({ certificate }) => parseCertificate(certificate));

let log: ExportedLog;
before(async () => {
  log = await makeExport([3, 7, 20]);
});

function imprintOf(number: number): Buffer {
  const { head } = JSON.parse(String(log.objects.get(exportKey.head(number)))) as { head: string };
  return createHash('sha256').update(head).digest();
}

interface Stamp {
  readonly by?: Signer;
  readonly time?: Date;
  /** The head that was stamped, where it is not the one the token is filed under. */
  readonly of?: number;
}

/** Files a token under a head and checks the log. */
async function check(number: number, { by = tsa, time = STAMPED, of = number }: Stamp = {}, now = NOW) {
  const token = await forgeToken(by, { imprint: imprintOf(of), time });
  return checkBytes(number, token, now);
}

async function checkBytes(number: number, token: Buffer, now = NOW) {
  const objects = new Map(log.objects).set(exportKey.timeStamp(number), token);
  const timeStamps = stampTrustOf(pinned, now);
  const report = await verifyLog(sourceOf(objects), { keys: log.keys, timeStamps });
  return {
    counts: report.timeStamps,
    faults: report.findings.map(({ fault, position }) => [fault, position]),
    detail: report.findings[0]?.detail,
  };
}

describe('the time-stamp of a head', () => {
  it('is found right', async () => {
    const { counts, faults } = await check(2);
    assert.deepEqual([counts, faults], [{ found: 1, valid: 1, ended: 0 }, []]);
  });

  it('is right when it was given, after the certificate of its authority has ended', async () => {
    const by = createTsaSigner(issuing, { notAfter: new Date(STAMPED.getTime() + HOUR_MS) });
    const { counts, faults } = await check(2, { by });
    assert.deepEqual([counts, faults], [{ found: 1, valid: 0, ended: 1 }, []]);
  });

  const wrong: readonly (readonly [string, Stamp, RegExp])[] = [
    ['is that of another head', { of: 1 }, /is that of something else/],
    [
      'is that of an authority nobody relies on',
      { by: createTsaSigner(createAuthority('Stranger')) },
      /is not that of an authority/,
    ],
    ['is older than its head', { time: new Date(STAMPED.getTime() - HOUR_MS) }, /is older than the head/],
    ['is of the future', { time: new Date(NOW.getTime() + HOUR_MS) }, /is of the future/],
    [
      'was given after the certificate had ended',
      { by: createTsaSigner(issuing, { notAfter: new Date(STAMPED.getTime() - HOUR_MS) }) },
      /is of a time at which certificate \w+ expired/,
    ],
  ];
  for (const [what, stamp, words] of wrong) {
    it(`is a finding where it ${what}`, async () => {
      const { counts, faults, detail } = await check(2, stamp);
      assert.deepEqual([counts, faults], [{ found: 1, valid: 0, ended: 0 }, [['timeStampAltered', 2]]]);
      assert.match(detail ?? '', words);
    });
  }

  it('is a finding where a byte of it is another, or nothing of it is left', async () => {
    const token = await forgeToken(tsa, { imprint: imprintOf(2), time: STAMPED });
    for (let at = 0; at < token.length; at += 97) {
      const altered = Buffer.from(token);
      altered[at] = (altered[at] ?? 0) ^ 1;
      assert.deepEqual((await checkBytes(2, altered)).faults, [['timeStampAltered', 2]], `byte ${at}`);
    }
    assert.deepEqual((await checkBytes(2, Buffer.alloc(0))).faults, [['timeStampAltered', 2]]);
  });

  it('is foreign where the log has no such head', async () => {
    assert.deepEqual((await check(9, { of: 2 })).faults, [['foreignObject', undefined]]);
  });

  it('is counted, not checked, where nobody says what to rely on', async () => {
    const objects = new Map(log.objects).set(exportKey.timeStamp(2), Buffer.from('anything'));
    const { isWhole, timeStamps } = await verifyLog(sourceOf(objects), { keys: log.keys });
    assert.deepEqual([isWhole, timeStamps], [true, { found: 1, valid: 0, ended: 0 }]);
  });
});
