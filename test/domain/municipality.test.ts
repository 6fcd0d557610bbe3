import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { readMunicipalities } from '../../src/catalogue/reference-file.ts';
import { listParts, type Municipality, municipalityOn, type NisCode } from '../../src/domain/municipality.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { projectRoot } from '../support/needs.ts';

const day = (text: string) => text as LocalDate;

function list(...rows: readonly (readonly [code: string, until?: string, into?: string])[]) {
  return new Map(
    rows.map(([code, until, into]): [string, Municipality] => [
      code,
      {
        nisCode: code as NisCode,
        name: { nl: code, fr: code, de: code },
        region: 'VLG',
        language: 'nl',
        validFrom: day('1977-01-01'),
        ...(until !== undefined && { validUntil: day(until) }),
        ...(into !== undefined && { mergedInto: into as NisCode }),
      },
    ]),
  );
}

describe('municipalityOn', () => {
  const twice = list(
    ['10001', '2018-12-31', '10002'],
    ['10002', '2024-12-31', '10003'],
    ['10003'],
    ['10004', '2018-12-31'],
  );
  const table = [
    ['10001', '2018-12-31', '10001'],
    ['10001', '2019-01-01', '10002'],
    ['10001', '2024-12-31', '10002'],
    ['10001', '2025-01-01', '10003'],
    ['10002', '2018-01-01', '10002'],
    ['10003', '1990-01-01', '10003'],
    ['10004', '2025-01-01', '10004'],
    ['99999', '2025-01-01', undefined],
  ] as const;
  for (const [code, date, expected] of table) {
    it(`gives ${expected ?? 'nothing'} for ${code} on ${date}`, () =>
      assert.equal(municipalityOn(twice, code, day(date))?.nisCode, expected));
  }

  it('gives nothing when the code that continues is not known', () =>
    assert.equal(
      municipalityOn(list(['10001', '2018-12-31', '10009']), '10001', day('2020-01-01')),
      undefined,
    ));

  it('ends also when codes continue each other in a circle', () => {
    const circle = list(['10001', '2018-12-31', '10002'], ['10002', '2018-12-31', '10001']);
    assert.equal(municipalityOn(circle, '10001', day('2020-01-01')), undefined);
  });

  describe('of the reference list', () => {
    let municipalities: ReadonlyMap<string, Municipality>;
    before(async () => {
      municipalities = await readMunicipalities(join(projectRoot, 'templates'));
    });

    it('leads from every code to one that is valid today', () => {
      const today = day('2026-01-15');
      for (const code of municipalities.keys()) {
        const found = municipalityOn(municipalities, code, today);
        assert.ok(found !== undefined && (found.validUntil === undefined || found.validUntil >= today), code);
      }
    });

    it('knows that Tongeren was merged on 1 January 2025', () => {
      const before2025 = municipalityOn(municipalities, '73083', day('2024-12-31'));
      const after = municipalityOn(municipalities, '73083', day('2025-01-01'));
      assert.deepEqual([before2025?.name.nl, after?.name.nl], ['Tongeren', 'Tongeren-Borgloon']);
    });
  });
});

describe('listParts', () => {
  const said = (rows: ReturnType<typeof list>) =>
    listParts(rows)
      .map(({ nisCode, part, since }) => `${part} ${since} ${nisCode}`)
      .sort();

  it('follows mergers to the end, and makes who took others in a part of itself', () =>
    assert.deepEqual(
      said(list(['10001', '2018-12-31', '10002'], ['10002', '2024-12-31', '10003'], ['10003'])),
      [
        '10001 2019-01-01 10002',
        '10001 2025-01-01 10003',
        '10002 2019-01-01 10002',
        '10002 2025-01-01 10003',
        '10003 2025-01-01 10003',
      ],
    ));

  it('does not make one that began by the merger a part of itself', async () => {
    const parts = listParts(await readMunicipalities(join(projectRoot, 'templates')));
    const of = (nisCode: string) =>
      parts.flatMap((one) => (one.nisCode === nisCode ? [one.part] : [])).sort();
    assert.deepEqual(of('23106'), ['23023', '23024', '23032']);
    assert.deepEqual(of('11002'), ['11002', '11007']);
  });

  it('comes to an end where codes continue each other', () =>
    assert.ok(
      listParts(list(['10001', '2018-12-31', '10002'], ['10002', '2018-12-31', '10001'])).length < 9,
    ));
});
