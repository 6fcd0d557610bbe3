/** From what was found of a file to the verdict: every combination, and what a verdict may never say. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { type Catalogue, loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { PAGE_LANGUAGES, type PageLanguage } from '../../src/domain/language.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { isVouchedFor, judge, type VerdictKind } from '../../src/domain/verdict.ts';
import type {
  AttestationStatus,
  Indication,
  SubIndication,
  VerifiedAttestation,
} from '../../src/domain/verification.ts';
import { checksOf } from '../../src/web/checks.ts';
import { createTexts, type Texts } from '../../src/web/texts.ts';
import { codeVerdictOf, type Report, verdictOf } from '../../src/web/verdict.ts';
import { factsOf } from '../../src/workflows/shown-facts.ts';
import { projectRoot } from '../support/needs.ts';

const STATUSES: readonly AttestationStatus[] = ['valid', 'superseded', 'revoked', 'unknown'];

type Seal = readonly [Indication, SubIndication?];

/** Seals behind which an authority stands that we rely on. */
const VOUCHED: readonly Seal[] = [
  ['TOTAL_PASSED'],
  ['INDETERMINATE'],
  ['INDETERMINATE', 'OUT_OF_BOUNDS_NOT_REVOKED'],
  ['INDETERMINATE', 'REVOKED_NO_POE'],
];
const NOT_VOUCHED: readonly Seal[] = [
  ['TOTAL_FAILED'],
  ['TOTAL_FAILED', 'FORMAT_FAILURE'],
  ['TOTAL_FAILED', 'HASH_FAILURE'],
  ['TOTAL_FAILED', 'SIG_CRYPTO_FAILURE'],
  ['INDETERMINATE', 'NO_SIGNING_CERTIFICATE_FOUND'],
  ['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND'],
  ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE'],
  ['INDETERMINATE', 'CRYPTO_CONSTRAINTS_FAILURE'],
];
const SEALS = [...VOUCHED, ...NOT_VOUCHED];

const SIGNER = { subject: 'CN=Seal', issuer: 'CN=Issuing', serialNumber: '4F' };
const CONTACT = { telephone: '+32 2 555 12 12', email: 'us@example.org', website: 'example.org' };

const ATTESTATION: VerifiedAttestation = {
  attestationId: '01935b1e-7c00-7000-8000-000000000001',
  number: 'QUA-2026-00000042-17',
  type: 'quarantine',
  language: 'fr',
  issuedAt: new Date('2026-03-02T08:30:00Z'),
  facts: {
    holder: { familyName: 'Peeters', givenName: 'An', ssin: '81.05.00-***.**' },
    employer: { name: 'Boomgaarden BV', enterpriseNumber: '0206731645', nssoNumber: '175110801' },
    month: '2020-09',
    numberOfDays: 1,
    days: [{ date: '2020-09-01' as LocalDate, reference: '900000000178' }],
  },
};
const ENDED: VerifiedAttestation = { ...ATTESTATION, endedAt: new Date('2026-11-20T10:00:00Z') };
const SUPERSEDED: VerifiedAttestation = { ...ENDED, supersededBy: 'QUA-2026-00000043-18' };

function reportOf(
  status: AttestationStatus,
  [indication, subIndication]: Seal,
  more: Partial<Report> = {},
): Report {
  return {
    status,
    sha256: 'ab'.repeat(32),
    checkedAt: new Date('2026-11-22T08:00:00Z'),
    isInOurName: false,
    signature: { indication, ...(subIndication !== undefined && { subIndication }), signer: SIGNER },
    ...more,
  };
}

let catalogue: Catalogue;
let texts: Readonly<Record<PageLanguage, Texts>>;
before(async () => {
  catalogue = await loadCatalogue(join(projectRoot, 'templates'));
  texts = createTexts(catalogue);
});

function kindOf(status: AttestationStatus, seal: Seal, isInOurName: boolean): VerdictKind {
  return judge(reportOf(status, seal, { isInOurName }));
}

describe('judge', () => {
  for (const seal of SEALS) {
    const name = seal.join(' ');
    describe(`when the seal is ${name}`, () => {
      it('goes by the register for bytes that were issued here', () => {
        for (const isInOurName of [true, false]) {
          assert.equal(kindOf('superseded', seal, isInOurName), 'superseded');
          assert.equal(kindOf('revoked', seal, isInOurName), 'revoked');
          assert.equal(kindOf('erased', seal, isInOurName), 'erased');
          const expected = seal[0] === 'TOTAL_FAILED' ? 'undecided' : 'valid';
          assert.equal(kindOf('valid', seal, isInOurName), expected);
        }
      });

      it('confirms no bytes that the register does not know', () => {
        const isVouched = VOUCHED.includes(seal);
        assert.equal(kindOf('unknown', seal, true), isVouched ? 'undecided' : 'altered');
        assert.equal(kindOf('unknown', seal, false), isVouched ? 'undecided' : 'foreign');
      });
    });
  }
});

describe('isVouchedFor', () => {
  it('believes a name only where an authority that we rely on gave it', () => {
    for (const seal of SEALS)
      assert.equal(isVouchedFor(reportOf('unknown', seal).signature), VOUCHED.includes(seal), seal.join(' '));
  });
});

describe('verdictOf', () => {
  const PASSED: Seal = ['TOTAL_PASSED'];
  const BROKEN: Seal = ['TOTAL_FAILED', 'HASH_FAILURE'];
  const KINDS: Readonly<Record<VerdictKind, () => Report>> = {
    valid: () => reportOf('valid', PASSED, { attestation: ATTESTATION }),
    superseded: () => reportOf('superseded', PASSED, { attestation: SUPERSEDED }),
    revoked: () => reportOf('revoked', PASSED, { attestation: ENDED }),
    expired: () =>
      reportOf('expired', PASSED, {
        attestation: { ...ATTESTATION, expiresAt: new Date('2026-11-20T10:00:00Z') },
      }),
    notYetValid: () => reportOf('notYetValid', PASSED, { attestation: ATTESTATION }),
    erased: () => reportOf('erased', PASSED),
    checkRecord: () => reportOf('unknown', PASSED, { isInOurName: true, paper: 'checkRecord' }),
    messageEvidence: () => reportOf('unknown', PASSED, { isInOurName: true, paper: 'messageEvidence' }),
    altered: () => reportOf('unknown', BROKEN, { isInOurName: true }),
    foreign: () => reportOf('unknown', BROKEN),
    undecided: () => reportOf('unknown', PASSED),
  };
  const all = () => Object.values(KINDS).map((report) => verdictOf(report(), texts.en, CONTACT));

  it('looks good for one verdict only, and has a look and a sentence of its own for each', () => {
    assert.deepEqual(
      all().map(({ tone }) => tone),
      ['good', 'warn', 'bad', 'warn', 'warn', 'warn', 'warn', 'warn', 'bad', 'bad', 'warn'],
    );
    assert.equal(new Set(all().map(({ title }) => title)).size, 11);
    // Whoever sees no colours tells what may be used from what may not by the symbol alone.
    const [valid, ...others] = all();
    assert.ok(others.every(({ symbol }) => symbol !== valid?.symbol));
  });

  it('says each verdict in every language, and always what to do', () => {
    for (const [kind, report] of Object.entries(KINDS)) {
      const titles = PAGE_LANGUAGES.map((language) => {
        const { title, explanation, next } = verdictOf(report(), texts[language], CONTACT);
        assert.ok(explanation.length > 0 && next.length > 1, `${kind} in ${language}`);
        return title;
      });
      assert.equal(new Set(titles).size, PAGE_LANGUAGES.length, kind);
    }
  });

  it('names the number that took the place of a superseded one, and since when', () => {
    for (const language of PAGE_LANGUAGES) {
      const { explanation, next } = verdictOf(KINDS.superseded(), texts[language], CONTACT);
      assert.ok(explanation.join(' ').includes('QUA-2026-00000043-18'));
      assert.ok(explanation.join(' ').includes(texts[language].date(new Date('2026-11-20T10:00:00Z'))));
      assert.ok(next.join(' ').includes('QUA-2026-00000043-18'));
    }
  });

  it('says since when a revoked one is no longer valid', () => {
    const { explanation } = verdictOf(KINDS.revoked(), texts.en, CONTACT);
    assert.ok(explanation.join(' ').includes('20 November 2026'));
  });

  it('can be said of an attestation whose data were erased', () => {
    for (const status of ['valid', 'superseded', 'revoked'] as const) {
      const { explanation, next } = verdictOf(reportOf(status, PASSED), texts.nl, CONTACT);
      assert.ok(explanation.length > 0 && next.length > 0);
      assert.doesNotMatch([...explanation, ...next].join(' '), /undefined/);
    }
  });

  it('says of a valid one that its seal could not be confirmed', () => {
    const [plain, doubtful] = [PASSED, ['INDETERMINATE', 'REVOKED_NO_POE'] as const].map(
      (seal) =>
        verdictOf(reportOf('valid', seal, { attestation: ATTESTATION }), texts.en, CONTACT).explanation,
    );
    assert.equal((doubtful?.length ?? 0) - (plain?.length ?? 0), 1);
  });

  it('gives three different reasons for not deciding', () => {
    const reasons = [
      reportOf('unknown', PASSED),
      reportOf('unknown', ['INDETERMINATE', 'OUT_OF_BOUNDS_NOT_REVOKED']),
      reportOf('valid', BROKEN),
    ].map((report) => verdictOf(report, texts.en, CONTACT).explanation.join());
    assert.equal(new Set(reasons).size, 3);
  });
});

describe('codeVerdictOf', () => {
  it('says what the register knows, and is good only for a valid one', () => {
    const checkedAt = new Date();
    const verdicts = STATUSES.map((status) => codeVerdictOf({ status, checkedAt }, texts.fr, CONTACT));
    assert.deepEqual(
      verdicts.map(({ tone }) => tone),
      ['good', 'warn', 'bad', 'warn'],
    );
    assert.equal(new Set(verdicts.map(({ title }) => title)).size, 4);
  });

  it('names the number that took the place', () => {
    const report = { status: 'superseded', checkedAt: new Date(), attestation: SUPERSEDED } as const;
    const { explanation, next } = codeVerdictOf(report, texts.de, CONTACT);
    for (const said of [explanation, next]) assert.ok(said.join(' ').includes('QUA-2026-00000043-18'));
  });
});

describe('checksOf', () => {
  const outcomes = (report: Report) => checksOf(report, texts.en).map(({ outcome }) => outcome);

  it('has four checks, and all pass only for a valid file with a passed seal', () => {
    for (const status of STATUSES) {
      for (const seal of SEALS) {
        const found = outcomes(reportOf(status, seal));
        assert.equal(found.length, 4);
        const isAllGood = status === 'valid' && seal[0] === 'TOTAL_PASSED';
        assert.equal(
          found.every((outcome) => outcome === 'passed'),
          isAllGood,
          `${status} ${seal.join(' ')}`,
        );
      }
    }
  });

  it('takes bytes of ours for unchanged whatever their seal says, and no others', () => {
    for (const seal of SEALS) {
      assert.equal(outcomes(reportOf('revoked', seal))[1], 'passed');
      if (seal[0] === 'TOTAL_FAILED') assert.equal(outcomes(reportOf('unknown', seal))[1], 'failed');
    }
  });

  it('names a signer only where an authority that we rely on stands behind the name', () => {
    for (const seal of SEALS) {
      const text = JSON.stringify(checksOf(reportOf('unknown', seal), texts.en));
      assert.equal(text.includes('CN=Seal'), VOUCHED.includes(seal), seal.join(' '));
    }
  });
});

describe('factsOf', () => {
  const rowsIn = (language: PageLanguage, attestation = ATTESTATION) =>
    factsOf(attestation, catalogue, texts[language]).rows;
  const valuesIn = (language: PageLanguage, attestation = ATTESTATION) =>
    rowsIn(language, attestation).map(({ value }) => value);

  it('writes what is printed on the document, with the SSIN masked', () => {
    assert.deepEqual(valuesIn('nl'), [
      'Attest van aangifte van quarantaine',
      'QUA-2026-00000042-17',
      '2 maart 2026',
      'Peeters, An',
      '81.05.00-***.**',
      'Boomgaarden BV',
      '0206.731.645',
      'september 2020',
      '1',
    ]);
    assert.deepEqual(factsOf(ATTESTATION, catalogue, texts.nl).days, [
      {
        day: 'dinsdag 1 september 2020',
        details: [{ label: 'Dimonanummer', value: '900000000178' }],
      },
    ]);
  });

  it('gives the title as it is printed where documents are not written in the language of the page', () => {
    const [title, ...others] = rowsIn('en');
    assert.deepEqual([title?.value, title?.lang], ['Attestation de déclaration de quarantaine', 'fr']);
    assert.ok([...others, ...rowsIn('de')].every(({ lang }) => lang === undefined));
  });

  it('leaves out what the document does not have', () => {
    const bare: VerifiedAttestation = {
      ...ATTESTATION,
      type: 'another',
      facts: { holder: { ...ATTESTATION.facts.holder, givenName: '' }, days: [], numberOfDays: 0 },
    };
    assert.deepEqual(valuesIn('nl', bare), [
      'QUA-2026-00000042-17',
      '2 maart 2026',
      'Peeters',
      '81.05.00-***.**',
      '0',
    ]);
  });

  it('lists periods with whose word they are, of documents that list them', () => {
    const word = { source: 'RVA', reference: 'C32-1', attributes: { status: 'temporaryUnemployment' } };
    const period = { ...word, startDate: '2020-04-01', endDate: '2020-04-30' };
    const open = { ...word, startDate: '2020-05-01' };
    const facts = { numberOfPeriods: 2, periods: [period, open] };
    const attestation: VerifiedAttestation = { ...ATTESTATION, facts };
    const { periods, rows, days } = factsOf(attestation, catalogue, texts.en);
    assert.deepEqual(days, []);
    assert.equal(rows.at(-1)?.value, '2');
    assert.deepEqual(
      periods[0]?.details.map(({ value }) => value),
      ['temporary unemployment', 'RVA', 'C32-1'],
    );
    assert.match(periods[0]?.day ?? '', /^from .*1 April 2020 to .*30 April 2020 included$/);
    assert.match(periods[1]?.day ?? '', /^since .*1 May 2020$/);
  });

  it('names an employer by NSSO number where there is no other', () => {
    const facts = { ...ATTESTATION.facts, employer: { nssoNumber: '175110801' } };
    const values = valuesIn('de', { ...ATTESTATION, facts });
    assert.ok(values.includes('175110801') && !values.includes('Boomgaarden BV'));
  });
});
