/** The closed list of anomalies. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANOMALY_CLASSES, classOf, isAnomalyCode } from '../../src/domain/anomaly.ts';

describe('ANOMALY_CLASSES', () => {
  it('stands in the order of its codes, each written zone-kind', () => {
    const codes = Object.keys(ANOMALY_CLASSES);
    assert.deepEqual(codes, codes.toSorted());
    for (const code of codes) assert.match(code, /^\d{5}-\d{3}$/);
  });
});

describe('classOf', () => {
  it('blocks on a forbidden worker type and only warns of lateness', () => {
    assert.equal(classOf('00655-005'), 'B');
    assert.equal(classOf('90373-460'), 'NP');
  });
});

describe('isAnomalyCode', () => {
  it('knows codes of the list and nothing else', () => {
    assert.equal(isAnomalyCode('00911-008'), true);
    assert.equal(isAnomalyCode('00911-999'), false);
    assert.equal(isAnomalyCode('toString'), false);
  });
});
