/** Rows of a file of the register, as JSON lines or as CSV: what a cell may say, and what a column may be called. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { LocalDate } from '../../src/domain/period.ts';
import { RecordFileRefusal } from '../../src/flow/record-refusal.ts';
import { readRows } from '../../src/flow/record-rows.ts';
import { type RegisterRecord, readRegisterRecord } from '../../src/flow/register-record.ts';

const today = '2026-01-15' as LocalDate;

async function readCsv(text: string): Promise<RegisterRecord[]> {
  const records: RegisterRecord[] = [];
  const chunks = Readable.from([Buffer.from(text)]) as AsyncIterable<Buffer>;
  for await (const row of readRows('csv', chunks)) records.push(readRegisterRecord(row, today));
  return records;
}

describe('a row of CSV', () => {
  it('says truth, lists and parts of a property by its columns', async () => {
    const [record] = await readCsv(
      'ssin;familyName;givenName;hasEbox;isExclusivelyElectronic;municipality.nisCode;replaces\n' +
        '81050003552;Peeters;An;true;true;24062;92200006963\n',
    );
    assert.ok(record?.kind === 'person');
    const { hasEbox, isExclusivelyElectronic, municipality, replaces } = record.person;
    assert.deepEqual(
      [hasEbox, isExclusivelyElectronic, municipality?.nisCode, replaces],
      [true, true, '24062', ['92200006963']],
    );
  });

  it('is not read where a column has no name of a property', async () => {
    for (const column of ['__proto__.polluted', '__proto__', ''])
      await assert.rejects(readCsv(`ssin;${column}\n81050003552;true\n`), RecordFileRefusal, column);
  });
});
