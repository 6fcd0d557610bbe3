/** The value rules of zones, and the values that texts stand for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isZoneTag, isZoneValue, readZone } from '../../src/dimona/zones.ts';

describe('isZoneValue', () => {
  it('counts characters, not halves of them', () => {
    assert.equal(isZoneValue('WorkerFirstName', '😀'.repeat(24)), true);
    assert.equal(isZoneValue('WorkerFirstName', '😀'.repeat(25)), false);
  });
  it('takes white space around numbers and days, not around codes', () => {
    assert.equal(isZoneValue('StartingDate', ' 2020-09-01\n'), true);
    assert.equal(isZoneValue('INSS', '\t81050003552'), true);
    assert.equal(isZoneValue('WorkerType', 'QUA '), false);
  });
  it('looks at long runs of white space once', () => {
    const blanks = ' '.repeat(2_000_000);
    assert.equal(isZoneValue('StartingDate', `2020-09-01${blanks}x`), false);
    assert.equal(isZoneValue('StartingDate', `${blanks}2020-09-01${blanks}`), true);
  });
  it('takes 0 for an unknown INSS, and no other short number', () => {
    assert.equal(isZoneValue('INSS', '0'), true);
    assert.equal(isZoneValue('INSS', '00'), false);
    assert.equal(isZoneValue('INSS', '+81050003552'), false);
  });
});

describe('readZone', () => {
  it('leaves text as it is', () => assert.equal(readZone('WorkerName', ' Peeters '), ' Peeters '));
  it('drops sign and leading zeros of a number', () => {
    assert.equal(readZone('NOSSRegistrationNbr', ' +0175110801 '), '175110801');
    assert.equal(readZone('SubEntityNbr', '000'), '0');
    assert.equal(readZone('SubEntityNbr', '-007'), '-7');
  });
  it('keeps leading zeros where the zone fixes the digits', () => {
    assert.equal(readZone('CompanyID', ' 0206731645'), '0206731645');
    assert.equal(readZone('StartingHour', '0800 '), '0800');
  });
  it('keeps what is no number', () => assert.equal(readZone('SubEntityNbr', ' x '), 'x'));
});

describe('isZoneTag', () => {
  it('knows element names of zones alone', () => {
    assert.equal(isZoneTag('INSS'), true);
    assert.equal(isZoneTag('NaturalPerson'), false);
    assert.equal(isZoneTag('constructor'), false);
  });
});
