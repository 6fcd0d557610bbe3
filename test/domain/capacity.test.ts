import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readFigures } from '../../src/cli/capacity-figures.ts';
import { type CapacityFigures, USUAL_WISHES, weighCapacity } from '../../src/domain/capacity.ts';
import { projectRoot } from '../support/needs.ts';

const figures: CapacityFigures = {
  rowMicros: { service: 2100, store: 700, database: 1400 },
  processMiB: 512,
  databaseBytesPerDocument: 5000,
  databaseBytesPerPerson: 1000,
  objectBytes: 50_000,
  verifiedPerCore: 500,
  restoredRowsPerSecond: 10_000,
  restoredObjectsPerSecond: 100,
  rowsPerDocument: 20,
};
const wishes = { ...USUAL_WISHES, persons: 1e6, documents: 1e6, years: 2, peakDocuments: 900_000 };

/** To a millionth: what is computed in another order differs in the last digit. */
const valueOf = (name: string) =>
  Math.round((weighCapacity(figures, wishes).find((line) => line.name === name)?.value ?? 0) * 1e6) / 1e6;

describe('weighCapacity', () => {
  it('counts cores at the peak, seven tenths full, and one machine more', () => {
    assert.equal(valueOf('documents at the peak'), 1000);
    assert.equal(valueOf('workers'), 3);
    assert.equal(valueOf('machines of workers'), 2);
    assert.equal(valueOf('database'), 2);
    assert.equal(valueOf('store of objects'), 1);
  });

  it('adds up what is kept, and what it costs', () => {
    const kept = weighCapacity(figures, wishes).filter(({ name }) => name === 'database');
    assert.equal(kept.at(-1)?.value, (2e6 * 5000 + 1e6 * 1000) / 1e12);
    assert.equal(valueOf('volume of objects'), 0.1);
    assert.equal(valueOf('price of objects'), 2);
    assert.equal(valueOf('partitions of evidence'), 24);
  });

  it('says how long a restore takes', () => {
    assert.equal(valueOf('restore of the database by `ebox restore`'), 1.111111);
    assert.equal(valueOf('restore of the objects by `ebox restore`'), 5.555556);
  });

  it('leaves open what was not measured', () => {
    const lines = weighCapacity({ ...figures, databaseBytesPerPerson: undefined }, wishes);
    const [, kept] = lines.filter(({ name }) => name === 'database');
    assert.deepEqual([kept?.value, /\(not measured\)/.test(kept?.formula ?? '')], [undefined, true]);
  });
});

describe('readFigures', () => {
  it('finds the results that the project keeps', () => {
    const { figures: found, machine } = readFigures(join(projectRoot, 'test', 'bench', 'results'));
    assert.match(machine, /cores, .* a batch of \d+ rows/);
    assert.ok(found.rowMicros.service > 0 && found.verifiedPerCore > 0 && found.objectBytes > 10_000);
  });

  it('says what to run where there are none', () => {
    assert.throws(() => readFigures(join(projectRoot, 'templates')), /npm run bench -- batch/);
    assert.throws(() => readFigures(join(projectRoot, 'nowhere')), /cannot be read/);
  });
});
