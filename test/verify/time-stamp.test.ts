import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { sealExtensions } from '../../src/embedded/pki/profiles.ts';
import type { Signer } from '../../src/keys/signer.ts';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { sequence, tagged } from '../../src/pades/der.ts';
import { ID, signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { type SealTrust, verifySeal } from '../../src/verify/seal.ts';
import { attribute, forgePdf, forgeSeal } from '../support/forge.ts';
import { createPdf, type PdfShape } from '../support/pdf.ts';
import { ADDRESSES, createAuthority, createCrl, createSigner, NOW, trustIn } from '../support/pki.ts';
import { createTsaSigner, forgeToken, type TokenWish } from '../support/tsa.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const signer = createSigner({ authority: issuing });
const tsaRoot = createAuthority('Time root');
const tsaIssuing = createAuthority('Time issuing', tsaRoot);
const tsa = createTsaSigner(tsaIssuing);
const trust: SealTrust = {
  ...trustIn(root, issuing),
  timeStamps: { anchors: [tsaRoot.certificate], intermediates: [] },
};
const MINUTE = 60_000;
const after = (ms: number) => new Date(NOW.getTime() + ms);
const YEARS_LATER = new Date('2028-06-01T00:00:00Z');

interface Stamping {
  readonly by?: Signer;
  readonly with?: Partial<TokenWish>;
  readonly seal?: Signer;
  readonly slack?: number;
  readonly shape?: PdfShape;
}

/** A document with a time-stamp, right but for what is asked for. */
async function stamp(change: Stamping = {}): Promise<Buffer> {
  const { by = tsa, seal = signer, slack = 0 } = change;
  const bytes = (await forgeToken(by, { imprint: Buffer.alloc(32), ...change.with })).length + 2;
  const unsigned = await createPdf(signedDataBytes(seal, bytes) + slack, change.shape);
  return sealPdf(unsigned, seal, (imprint) => forgeToken(by, { imprint, ...change.with }));
}

function judge(pdf: Buffer, relied: SealTrust = trust): readonly (string | undefined)[] {
  const { indication, subIndication } = verifySeal(pdf, relied);
  return [indication, subIndication];
}

describe('verifySeal of a seal with a time-stamp', async () => {
  const stamped = await stamp();

  it('passes at B-T and says who stamped it when', () => {
    const verdict = verifySeal(stamped, trust);
    assert.deepEqual([verdict.indication, verdict.level], ['TOTAL_PASSED', 'B-T'], verdict.explanation);
    assert.ok(verdict.timeStamp);
    const { authority, ...facts } = verdict.timeStamp;
    assert.deepEqual(facts, { time: NOW, serialNumber: '2A', policy: '2.999.1.2' });
    assert.match(authority, /CN=Office for Quarantine/);
  });

  it('says B-B of a seal without one', async () => {
    const plain = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
    const verdict = verifySeal(plain, trust);
    assert.deepEqual([verdict.level, verdict.timeStamp], ['B-B', undefined]);
  });

  describe('when the certificate of the seal ended after the time-stamp', async () => {
    const short = createSigner({ authority: issuing, notAfter: after(MINUTE) });
    const [early, late, none] = [
      await stamp({ seal: short }),
      await stamp({ seal: short, with: { time: after(2 * MINUTE) } }),
      await sealPdf(await createPdf(signedDataBytes(short)), short),
    ];

    it('passes years later', () => {
      assert.deepEqual(judge(early, { ...trust, at: YEARS_LATER }), ['TOTAL_PASSED', undefined]);
    });

    it('does not pass where the time-stamp is younger, nor without one', () => {
      for (const pdf of [late, none]) {
        assert.deepEqual(judge(pdf, { ...trust, at: YEARS_LATER }), [
          'INDETERMINATE',
          'OUT_OF_BOUNDS_NOT_REVOKED',
        ]);
      }
    });
  });

  describe('when the certificate of the seal was revoked', () => {
    const crlsSince = (since: Date) => [
      createCrl(root, [], { nextUpdate: YEARS_LATER }),
      createCrl(issuing, [signer.certificate], { since, nextUpdate: YEARS_LATER }),
      createCrl(tsaRoot, [], { nextUpdate: YEARS_LATER }),
      createCrl(tsaIssuing, [], { nextUpdate: YEARS_LATER }),
    ];

    it('passes what was stamped before', () => {
      const later = { ...trust, at: YEARS_LATER, crls: crlsSince(after(MINUTE)) };
      assert.deepEqual(judge(stamped, later), ['TOTAL_PASSED', undefined]);
    });

    it('does not pass what was stamped afterwards', () => {
      const later = { ...trust, at: YEARS_LATER, crls: crlsSince(after(-MINUTE)) };
      assert.deepEqual(judge(stamped, later), ['INDETERMINATE', 'REVOKED_NO_POE']);
    });
  });

  describe('when the certificate of the authority was revoked, even after the time-stamp', () => {
    it('does not pass: whoever has the key can date back', () => {
      const crls = [
        ...[root, issuing, tsaRoot].map((one) => createCrl(one, [], { nextUpdate: YEARS_LATER })),
        createCrl(tsaIssuing, [tsa.certificate], { since: after(MINUTE), nextUpdate: YEARS_LATER }),
      ];
      assert.deepEqual(judge(stamped, { ...trust, at: YEARS_LATER, crls }), [
        'INDETERMINATE',
        'REVOKED_NO_POE',
      ]);
    });
  });

  describe('when the time-stamp is no good', () => {
    const cases: Readonly<Record<string, readonly [Stamping, string, string]>> = {
      'that of another signature': [{ with: { imprint: Buffer.alloc(32) } }, 'TOTAL_FAILED', 'HASH_FAILURE'],
      'that of a stranger': [
        { by: createTsaSigner(createAuthority('Time root')) },
        'INDETERMINATE',
        'NO_CERTIFICATE_CHAIN_FOUND',
      ],
      'signed by a seal': [
        { by: createTsaSigner(tsaIssuing, { extensions: sealExtensions(ADDRESSES) }) },
        'INDETERMINATE',
        'SIG_CONSTRAINTS_FAILURE',
      ],
      'of an authority whose certificate had ended': [
        { by: createTsaSigner(tsaIssuing, { notAfter: after(-MINUTE) }) },
        'INDETERMINATE',
        'OUT_OF_BOUNDS_NOT_REVOKED',
      ],
      'of the future': [{ with: { time: after(10 * MINUTE) } }, 'INDETERMINATE', 'TIMESTAMP_ORDER_FAILURE'],
      'without its certificate': [
        { with: { certificates: [tsaIssuing.certificate] } },
        'TOTAL_FAILED',
        'FORMAT_FAILURE',
      ],
      'with a certificate that is not its own': [
        { with: { certificates: [tsa.certificate, tsaIssuing.certificate, root.certificate] } },
        'TOTAL_FAILED',
        'FORMAT_FAILURE',
      ],
    };
    for (const [what, [change, indication, reason]] of Object.entries(cases)) {
      it(`finds ${reason} for one ${what}`, async () => {
        assert.deepEqual(judge(await stamp(change)), [indication, reason]);
      });
    }

    it('does not pass once the certificate of the authority has ended', async () => {
      const by = createTsaSigner(tsaIssuing, { notAfter: after(MINUTE) });
      const pdf = await stamp({ by });
      assert.deepEqual(judge(pdf), ['TOTAL_PASSED', undefined]);
      assert.deepEqual(judge(pdf, { ...trust, at: YEARS_LATER }), [
        'INDETERMINATE',
        'OUT_OF_BOUNDS_NOT_REVOKED',
      ]);
    });

    it('does not pass where no authority is pinned', () => {
      const { timeStamps: _, ...without } = trust;
      assert.deepEqual(judge(stamped, without), ['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND']);
    });
  });

  describe('when a stranger sealed it, and an authority whose certificate ended stamped it', () => {
    it('finds the stranger first: nobody vouches for that name', async () => {
      const strange = createSigner({ authority: createAuthority('Stranger') });
      const by = createTsaSigner(tsaIssuing, { notAfter: after(-MINUTE) });
      assert.deepEqual(judge(await stamp({ seal: strange, by })), [
        'INDETERMINATE',
        'NO_CERTIFICATE_CHAIN_FOUND',
      ]);
    });
  });

  describe('when the unsigned attributes are others than one time-stamp', () => {
    it('finds no seal of ours', async () => {
      const token = await forgeToken(tsa, { imprint: Buffer.alloc(32) });
      const twice = tagged(1, attribute(ID.timeStampToken, token), attribute(ID.timeStampToken, token));
      const other = tagged(1, attribute('1.2.840.113549.1.9.6', sequence()));
      for (const afterSignature of [[twice], [other], [tagged(1)]]) {
        assert.deepEqual(judge(await forgePdf(signer, { afterSignature })), [
          'TOTAL_FAILED',
          'FORMAT_FAILURE',
        ]);
      }
    });

    it('finds none where the time-stamp was cut out and zeros left', async () => {
      const gap = readSealGap(stamped);
      assert.ok(gap);
      const unsigned = await createPdf((gap.end - gap.start) / 2 - 1);
      assert.deepEqual(judge(await forgeSeal(unsigned, signer)), ['TOTAL_FAILED', 'FORMAT_FAILURE']);
    });
  });

  describe('when something lies in the room after it', () => {
    it('finds no seal of ours', async () => {
      const pdf = await stamp({ slack: 100 });
      assert.deepEqual(judge(pdf), ['TOTAL_PASSED', undefined]);
      const gap = readSealGap(pdf);
      assert.ok(gap);
      pdf.write('41', gap.end - 3, 'latin1');
      assert.deepEqual(judge(pdf), ['TOTAL_FAILED', 'FORMAT_FAILURE']);
    });
  });

  it('is not disturbed by any change of one byte of the token: it never passes with another time', async () => {
    const gap = readSealGap(stamped);
    assert.ok(gap);
    const digest = createHash('sha256').update(stamped).digest();
    for (let at = gap.start + 1; at < gap.end - 1; at += 37) {
      const copy = Buffer.from(stamped);
      copy[at] = copy[at] === 0x30 ? 0x31 : 0x30;
      const verdict = verifySeal(copy, trust);
      const isSame = createHash('sha256').update(copy).digest().equals(digest);
      assert.ok(isSame || verdict.indication !== 'TOTAL_PASSED', `byte ${at}`);
    }
  });
});

describe('verifySeal of a seal with validation data', async () => {
  const store = { Type: 'DSS' };

  it('refuses them without a time-stamp', async () => {
    const pdf = await sealPdf(await createPdf(signedDataBytes(signer), { catalog: { DSS: store } }), signer);
    assert.deepEqual(judge(pdf), ['TOTAL_FAILED', 'FORMAT_FAILURE']);
  });

  for (const [what, value] of [
    ['written in the catalogue itself', store],
    ['no dictionary', 7],
  ] as const) {
    it(`refuses them ${what}`, async () => {
      assert.deepEqual(judge(await stamp({ shape: { catalog: { DSS: value } } })), [
        'TOTAL_FAILED',
        'FORMAT_FAILURE',
      ]);
    });
  }
});
