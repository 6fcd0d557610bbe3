/** What settling decides for every state a case can be in, fingerprints of content, and attestation numbers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  ATTESTATION_STATES,
  attestationNumber,
  decide,
  fingerprintOf,
  initialsOf,
  isAttestationNumber,
  type SettleDecision,
  type Version,
} from '../../src/domain/attestation.ts';
import type { Case } from '../../src/domain/case.ts';
import type { EntitledDay, Entitlement } from '../../src/domain/entitlement.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import type { Status } from '../../src/domain/status.ts';

const entitled: Entitlement = { isEntitled: true, days: [], facts: [], explanations: [] };
const notEntitled: Entitlement = { isEntitled: false, reasons: ['noFacts'], explanations: [] };

/** What a case is entitled to: a content by its fingerprint, or nothing. */
type Content = 'a' | 'b' | 'c' | undefined;

function settle(content: Content, versions: readonly Version[]): SettleDecision {
  return decide(content === undefined ? notEntitled : entitled, content ?? 'none', versions);
}

/** Does what a decision says, as the register would. */
function apply(decision: SettleDecision, content: Content, versions: readonly Version[]): Version[] {
  const ended = versions.map((version): Version => {
    if (version === decision.withdraw) return { ...version, state: 'withdrawn' };
    return version === decision.revoke ? { ...version, state: 'revoked' } : version;
  });
  if (decision.prepare === undefined) return ended;
  const version = decision.prepare;
  return [...ended, { attestationId: `v${version}`, version, state: 'prepared', fingerprint: content ?? '' }];
}

/** Issues what is prepared, as the register would. */
function issue(versions: readonly Version[]): Version[] {
  if (!versions.some(({ state }) => state === 'prepared')) return [...versions];
  return versions.map((version): Version => {
    if (version.state === 'prepared') return { ...version, state: 'issued' };
    return version.state === 'issued' ? { ...version, state: 'superseded' } : version;
  });
}

function inState(versions: readonly Version[], wanted: Version['state']): Version[] {
  return versions.filter(({ state }) => state === wanted);
}

const content = fc.constantFrom<Content>('a', 'b', 'c', undefined);
/** Any versions that the register's constraints allow: in any order, at most one prepared and one issued. */
const versions = fc
  .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 6 })
  .chain((numbers) =>
    fc.tuple(
      ...numbers.map((version) =>
        fc.record({
          attestationId: fc.constant(`v${version}`),
          version: fc.constant(version),
          state: fc.constantFrom(...ATTESTATION_STATES),
          fingerprint: fc.constantFrom('a', 'b', 'c'),
        }),
      ),
    ),
  )
  .filter((all) => inState(all, 'prepared').length <= 1 && inState(all, 'issued').length <= 1);

describe('decide', () => {
  const ISSUED_A: Version = { attestationId: 'v1', version: 1, state: 'issued', fingerprint: 'a' };
  const PREPARED_B: Version = { attestationId: 'v2', version: 2, state: 'prepared', fingerprint: 'b' };
  const table: readonly (readonly [string, Content, readonly Version[], SettleDecision])[] = [
    ['prepares the first version', 'a', [], { prepare: 1 }],
    ['does nothing for a case that never was', undefined, [], {}],
    ['does nothing when the issued version says it', 'a', [ISSUED_A], {}],
    ['prepares the next when the issued version says something else', 'b', [ISSUED_A], { prepare: 2 }],
    ['revokes what was issued when nothing is left', undefined, [ISSUED_A], { revoke: ISSUED_A }],
    ['waits for the prepared version that says it', 'b', [ISSUED_A, PREPARED_B], {}],
    [
      'takes the prepared version back when the issued one says it again',
      'a',
      [ISSUED_A, PREPARED_B],
      { withdraw: PREPARED_B },
    ],
    [
      'replaces the prepared version when both say something else',
      'c',
      [ISSUED_A, PREPARED_B],
      { withdraw: PREPARED_B, prepare: 3 },
    ],
    [
      'takes back and revokes when nothing is left',
      undefined,
      [ISSUED_A, PREPARED_B],
      { withdraw: PREPARED_B, revoke: ISSUED_A },
    ],
    ['prepares anew what was revoked', 'a', [{ ...ISSUED_A, state: 'revoked' }], { prepare: 2 }],
    ['prepares anew what was taken back', 'b', [{ ...PREPARED_B, state: 'withdrawn' }], { prepare: 3 }],
    [
      'prepares anew what was superseded',
      'b',
      [
        { ...PREPARED_B, state: 'superseded' },
        { ...ISSUED_A, version: 7 },
      ],
      { prepare: 8 },
    ],
  ];
  for (const [sentence, now, before, decision] of table) {
    it(sentence, () => assert.deepEqual(settle(now, before), decision));
  }

  it('leads from every state to what the facts say, once what is prepared was issued', () => {
    fc.assert(
      fc.property(content, versions, (now, before) => {
        const settled = apply(settle(now, before), now, before);
        const after = issue(settled);
        assert.deepEqual(
          inState(after, 'issued').map(({ fingerprint }) => fingerprint),
          now === undefined ? [] : [now],
        );
        assert.deepEqual(inState(after, 'prepared'), []);
      }),
    );
  });

  it('leaves at most one prepared and one issued version', () => {
    fc.assert(
      fc.property(content, versions, (now, before) => {
        const settled = apply(settle(now, before), now, before);
        for (const state of ['prepared', 'issued'] as const) assert.ok(inState(settled, state).length <= 1);
      }),
    );
  });

  it('decides nothing more when asked again, before and after issuing', () => {
    fc.assert(
      fc.property(content, versions, (now, before) => {
        const settled = apply(settle(now, before), now, before);
        assert.deepEqual(settle(now, settled), {});
        assert.deepEqual(settle(now, issue(settled)), {});
      }),
    );
  });

  it('numbers a version after all that were, also those that never were issued', () => {
    fc.assert(
      fc.property(content, versions, (now, before) => {
        const { prepare } = settle(now, before);
        if (prepare === undefined) return;
        assert.equal(prepare, Math.max(0, ...before.map(({ version }) => version)) + 1);
      }),
    );
  });

  it('ends with what was said last, in whatever order facts, settling and issuing come', () => {
    const step = fc.oneof(
      content.map((now) => ({ now })),
      fc.constantFrom('settle' as const, 'issue' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let now: Content;
        let all: Version[] = [];
        for (const one of [...steps, 'settle', 'issue'] as const) {
          if (one === 'settle') all = apply(settle(now, all), now, all);
          else if (one === 'issue') all = issue(all);
          else now = one.now;
        }
        assert.deepEqual(
          inState(all, 'issued').map(({ fingerprint }) => fingerprint),
          now === undefined ? [] : [now],
        );
        assert.deepEqual(
          all.map(({ version }) => version),
          all.map((_, index) => index + 1),
        );
      }),
    );
  });
});

describe('fingerprintOf', () => {
  const ofCase: Case = { type: 'quarantine', personId: 'p', keys: { employer: 'e', month: '2020-09' } };
  const day: EntitledDay = { date: '2020-09-01' as LocalDate, reference: '900000000123' };
  const LISTED = { isEntitled: true, facts: [], explanations: [] } as const;
  const of = (row: 'day' | 'period', version = 1, printsRows = true) => ({ row, version, printsRows });
  const print = (changes: Partial<EntitledDay> = {}, version = 1, other = ofCase) =>
    fingerprintOf(other, of('day', version), { ...LISTED, days: [{ ...day, ...changes }] });

  it('is the same for the same content', () => assert.equal(print(), print({})));

  it('is 64 hexadecimal digits', () => assert.match(print(), /^[0-9a-f]{64}$/));

  it('differs with everything that is printed, with the rules and with the case', () => {
    const all = [
      print(),
      print({ date: '2020-09-02' as LocalDate }),
      print({ reference: '900000000124' }),
      print({ jointCommittee: '144' }),
      print({ jointCommittee: '145' }),
      print({ usingEmployer: '144' }),
      print({}, 2),
      print({}, 1, { ...ofCase, personId: 'q' }),
      print({}, 1, { ...ofCase, keys: { employer: 'e' } }),
      fingerprintOf(ofCase, of('day'), {
        ...LISTED,
        days: [day, { ...day, date: '2020-09-02' as LocalDate }],
      }),
      fingerprintOf(ofCase, of('day'), notEntitled),
    ];
    assert.equal(new Set(all).size, all.length);
  });

  it('is what it was for types that attest days', () =>
    assert.equal(print(), '9fddb8e595e1251070611ef807062ed18106500f30fdb4c9563c4210bddc1683'));

  it('differs with the periods of types that attest them, where the document shows any', () => {
    const fact: Status = {
      personId: 'p',
      code: 'temporaryUnemployment',
      source: 'onem',
      period: { startDate: '2020-09-01' as LocalDate },
      reference: 'C-1',
      attributes: { regime: 'full' },
    };
    const attested = (changes: Partial<Status>, type = of('period')) =>
      fingerprintOf(ofCase, type, { ...LISTED, days: [], facts: [{ ...fact, ...changes }] });
    const changes: readonly Partial<Status>[] = [
      {},
      { code: 'other' },
      { source: 'other' },
      { reference: 'C-2' },
      { period: { startDate: '2020-09-02' as LocalDate } },
      { employerId: 'e' },
      { attributes: {} },
    ];
    assert.equal(new Set(changes.map((one) => attested(one))).size, changes.length);
    const hidden = of('period', 1, false);
    assert.equal(new Set(changes.map((one) => attested(one, hidden))).size, 1);
  });
});

describe('attestationNumber', () => {
  it('writes prefix, year, eight digits and a check number', () =>
    assert.equal(attestationNumber('QUA', 2026, 1n), 'QUA-2026-00000001-80'));

  it('writes a remainder of 0 as 97', () => {
    const sequence = BigInt(97 - (202600000000 % 97));
    assert.match(attestationNumber('QUA', 2026, sequence), /-97$/);
  });

  it('goes on after eight digits', () =>
    assert.match(attestationNumber('QUA', 2026, 123_456_789n), /^QUA-2026-123456789-\d\d$/));
});

describe('isAttestationNumber', () => {
  const number = fc
    .tuple(
      fc.string({ unit: fc.constantFrom('A', 'Q', 'Z'), minLength: 2, maxLength: 6 }),
      fc.integer({ min: 2000, max: 9999 }),
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
    )
    .map(([prefix, year, sequence]) => attestationNumber(prefix, year, sequence));

  it('takes every number that was written', () =>
    fc.assert(fc.property(number, (text) => assert.ok(isAttestationNumber(text)))));

  it('refuses a number with one digit changed, or two neighbours swapped', () =>
    fc.assert(
      fc.property(number, fc.nat(), fc.integer({ min: 1, max: 9 }), (text, at, by) => {
        const places = [...text.matchAll(/\d/g)].map(({ index }) => index);
        const place = places[at % places.length] ?? 0;
        const digit = (Number(text[place]) + by) % 10;
        assert.ok(!isAttestationNumber(`${text.slice(0, place)}${digit}${text.slice(place + 1)}`));
        const [one = '', other = ''] = text.slice(place, place + 2);
        if (one === other || !/\d/.test(other)) return;
        assert.ok(!isAttestationNumber(`${text.slice(0, place)}${other}${one}${text.slice(place + 2)}`));
      }),
    ));

  for (const text of [
    '',
    'QUA-2026-00000001-81',
    'QUA-2026-00000001-00',
    'QUA-2026-0000001-80',
    'QUA-2026-000000001-80',
    'qua-2026-00000001-80',
    'Q-2026-00000001-80',
    'QUARANT-2026-00000001-80',
    ' QUA-2026-00000001-80',
    'QUA-2026-00000001-80\n',
    'QUA-2026-00000001-80-1',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(isAttestationNumber(text), false));
  }
});

describe('initialsOf', () => {
  const names = [
    ['An', 'Peeters', 'A.P.'],
    ['élodie', 'van den Berghe', 'É.V.'],
    ['', 'Peeters', 'P.'],
    [' ', '', ''],
    ['A\u030Asa', 'Lind', 'Å.L.'],
  ] as const;
  for (const [givenName, familyName, initials] of names)
    it(`gives ${initials} for ${givenName} ${familyName}`, () =>
      assert.equal(initialsOf({ givenName, familyName }), initials));
});
