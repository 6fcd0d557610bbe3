/** Numbers of enterprises, establishment units and NSSO employers, with their check digits. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  type EnterpriseNumber,
  formatEnterpriseNumber,
  isEstablishmentUnitNumber,
  parseEnterpriseNumber,
  parseNssoNumber,
  parseProvisionalNssoNumber,
} from '../../src/domain/enterprise-number.ts';

const VALID = [
  '0206731645',
  '0202239951',
  '0884303369',
  '0220916609',
  '0212165526',
  '0406798006',
  '0474028805',
];

describe('parseEnterpriseNumber', () => {
  for (const text of VALID) it(`takes ${text}`, () => assert.equal(parseEnterpriseNumber(text), text));

  it('puts a lost leading zero back', () => assert.equal(parseEnterpriseNumber('206731645'), '0206731645'));
  it('refuses wrong check digits', () => {
    for (const text of ['0212345678', '0123456789', '0206731646', '0000000000'])
      assert.equal(parseEnterpriseNumber(text), undefined, text);
  });
  it('refuses numbers of establishments, dots and other lengths', () => {
    for (const text of ['2297964444', '0206.731.645', 'BE0206731645', '06731645', '00206731645', '', '0'])
      assert.equal(parseEnterpriseNumber(text), undefined, text);
  });
  it('takes check digits 97, which stand for a remainder of 0', () => {
    assert.equal(parseEnterpriseNumber('0000009797'), '0000009797');
    assert.equal(parseEnterpriseNumber('0000009700'), undefined);
  });
  it('notices every single wrong digit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...VALID),
        fc.nat(9),
        fc.integer({ min: 1, max: 9 }),
        (text, index, step) => {
          const typo = `${text.slice(0, index)}${(Number(text[index]) + step) % 10}${text.slice(index + 1)}`;
          return parseEnterpriseNumber(typo) === undefined;
        },
      ),
    );
  });
});

describe('formatEnterpriseNumber', () => {
  it('groups four, three and three digits', () =>
    assert.equal(formatEnterpriseNumber('0206731645' as EnterpriseNumber), '0206.731.645'));
});

describe('isEstablishmentUnitNumber', () => {
  it('takes 2297964444', () => assert.equal(isEstablishmentUnitNumber('2297964444'), true));
  it('refuses wrong check digits, and numbers of enterprises', () => {
    assert.equal(isEstablishmentUnitNumber('2297964445'), false);
    assert.equal(isEstablishmentUnitNumber('0206731645'), false);
    assert.equal(isEstablishmentUnitNumber('9297964444'), false);
  });
});

describe('parseNssoNumber', () => {
  it('takes 175110801 and 70500472', () => {
    assert.equal(parseNssoNumber('175110801'), '175110801');
    assert.equal(parseNssoNumber('70500472'), '70500472');
  });
  it('drops leading zeros', () => assert.equal(parseNssoNumber('070500472'), '70500472'));
  it('refuses 156065072, whose check digits are wrong', () =>
    assert.equal(parseNssoNumber('156065072'), undefined));
  it('refuses numbers outside [100006;199999934]', () => {
    const [below, least, most] = ['100005', '100006', '199999934'];
    assert.equal(parseNssoNumber(below), undefined);
    assert.equal(parseNssoNumber(least), least);
    assert.equal(parseNssoNumber(most), most);
    assert.equal(parseNssoNumber('0'), undefined);
    assert.equal(parseNssoNumber('5000000120'), undefined);
  });
  it('takes check digits 97, which stand for a remainder of 0', () => {
    assert.equal(parseNssoNumber('100297'), '100297');
    assert.equal(parseNssoNumber('100200'), undefined);
  });
  it('refuses signs and blanks', () => {
    for (const text of ['+175110801', ' 175110801', '175110801.0', '1.75110801e8', ''])
      assert.equal(parseNssoNumber(text), undefined, text);
  });
});

describe('parseProvisionalNssoNumber', () => {
  it('takes the limits of [5000000120;5999999989]', () => {
    assert.equal(parseProvisionalNssoNumber('5000000120'), '5000000120');
    assert.equal(parseProvisionalNssoNumber('5999999989'), '5999999989');
  });
  it('refuses a definitive number and wrong check digits', () => {
    assert.equal(parseProvisionalNssoNumber('175110801'), undefined);
    assert.equal(parseProvisionalNssoNumber('5000000121'), undefined);
  });
});
