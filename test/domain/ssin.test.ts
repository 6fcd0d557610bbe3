/** SSINs: the vectors of the Belgif validator, and the structure that a right checksum does not excuse. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { LocalDate } from '../../src/domain/period.ts';
import { birthOf, formatSsin, maskSsin, parseSsin, type Ssin } from '../../src/domain/ssin.ts';

const today = '2026-01-15' as LocalDate;

const BORN_BEFORE_2000 = [
  '23292805780',
  '81050003552',
  '92200006963',
  '10200100128',
  '24203200171',
  '92321506985',
  '92400006909',
  '10400100171',
  '92521506931',
  '70252501507',
  '92471506993',
  '80240199943',
  '81000003517',
  '10000100182',
  '00003241778',
  '81120103571',
  '81050103522',
];
const BORN_SINCE_2000 = ['19282416134', '19082416188'];
const WRONG_CHECKSUM = [
  '81043103522',
  '81023003522',
  '81050103521',
  '71022722580',
  '01010122233',
  '12345678900',
];
/** The checksum is right; month 13, 29 February 1981, counter 000, counter 999. */
const WRONG_STRUCTURE = ['81130103578', '81022903534', '47060200096', '99020299964'];

/** Appends the check digits of a birth since 2000 to nine digits. */
function since2000(nine: string): string {
  return `${nine}${String(97 - ((2_000_000_000 + Number(nine)) % 97)).padStart(2, '0')}`;
}

/** Appends the check digits of a birth before 2000 to nine digits. */
function before2000(nine: string): string {
  return `${nine}${String(97 - (Number(nine) % 97)).padStart(2, '0')}`;
}

function centuryOf(text: string): number {
  return Math.floor(birthOf(text as Ssin).year / 100);
}

describe('parseSsin', () => {
  for (const text of [...BORN_BEFORE_2000, ...BORN_SINCE_2000, '53480200724']) {
    it(`takes ${text}`, () => assert.equal(parseSsin(text, today), text));
  }
  for (const text of WRONG_CHECKSUM) {
    it(`refuses ${text}, whose check digits are wrong`, () =>
      assert.equal(parseSsin(text, today), undefined));
  }
  for (const text of WRONG_STRUCTURE) {
    it(`refuses ${text} although its check digits are right`, () => {
      assert.equal(before2000(text.slice(0, 9)), text);
      assert.equal(parseSsin(text, today), undefined);
    });
  }
  it('refuses other lengths, signs and letters', () => {
    for (const text of ['', '8105000355', '810500035520', '81.05.00-035.52', ' 81050003552', '8105000355٢'])
      assert.equal(parseSsin(text, today), undefined, text);
  });
  it('takes counter 999 of a BIS number', () => {
    assert.notEqual(parseSsin(before2000('802401999'), today), undefined);
  });
  it('takes 29 February 2000 and refuses it for 1900', () => {
    assert.notEqual(parseSsin(since2000('000229001'), today), undefined);
    assert.equal(parseSsin(before2000('000229001'), today), undefined);
  });
  it('refuses months between the ranges of register and BIS numbers', () => {
    for (const month of ['13', '19', '33', '39', '53', '99'])
      for (const unknownOrFirst of ['00', '01'])
        assert.equal(parseSsin(before2000(`80${month}${unknownOrFirst}001`), today), undefined, month);
  });

  describe('when the birth date lies in the future', () => {
    const born = since2000('191231001');
    it('refuses it until that day', () => {
      assert.equal(parseSsin(born, '2019-12-30' as LocalDate), undefined);
      assert.equal(parseSsin(born, '2019-12-31' as LocalDate), born);
    });
    it('judges an unknown day by the year alone', () => {
      const yearOnly = since2000('300000001');
      assert.equal(parseSsin(yearOnly, '2029-12-31' as LocalDate), undefined);
      assert.equal(parseSsin(yearOnly, '2030-01-01' as LocalDate), yearOnly);
    });
  });

  it('notices every wrong digit and every swap of neighbours, unless the other century excuses it', () => {
    const isNoticed = (valid: string, typo: string) =>
      typo === valid || parseSsin(typo, today) === undefined || centuryOf(typo) !== centuryOf(valid);
    const valid = fc.constantFrom(...BORN_BEFORE_2000, ...BORN_SINCE_2000);
    fc.assert(
      fc.property(valid, fc.nat(10), fc.integer({ min: 1, max: 9 }), (ssin, index, step) => {
        const digit = (Number(ssin[index]) + step) % 10;
        return isNoticed(ssin, `${ssin.slice(0, index)}${digit}${ssin.slice(index + 1)}`);
      }),
    );
    fc.assert(
      fc.property(valid, fc.nat(9), (ssin, index) =>
        isNoticed(ssin, `${ssin.slice(0, index)}${ssin[index + 1]}${ssin[index]}${ssin.slice(index + 2)}`),
      ),
    );
  });
});

describe('birthOf', () => {
  const birth = (text: string) => birthOf(parseSsin(text, today) as Ssin);

  it('gives the date of a full number, of the register or BIS', () => {
    assert.deepEqual(birth('81050103522'), { year: 1981, date: '1981-05-01' });
    assert.deepEqual(birth('92471506993'), { year: 1992, date: '1992-07-15' });
    assert.deepEqual(birth('19082416188'), { year: 2019, date: '2019-08-24' });
  });
  it('gives the year alone when day or month is unknown', () => {
    assert.deepEqual(birth('81050003552'), { year: 1981 });
    assert.deepEqual(birth('10000100182'), { year: 1910 });
  });
});

describe('formatSsin and maskSsin', () => {
  const ssin = parseSsin('81050103522', today) as Ssin;

  it('write the number as people know it', () => assert.equal(formatSsin(ssin), '81.05.01-035.22'));
  it('hide counter and check digits', () => assert.equal(maskSsin(ssin), '81.05.01-***.**'));
});
