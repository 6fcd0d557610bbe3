/** Reading and writing quarantine days as CSV. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { writeCell } from '../../src/flow/csv-cell.ts';
import {
  type CsvFault,
  CsvRefusal,
  type CsvRow,
  csvTemplate,
  readCsv,
  toDeclaration,
  writeCsv,
} from '../../src/flow/quarantine-csv.ts';

const HEADER = 'reference;ssin;date;enterpriseNumber;jointCommittee';

async function read(file: string | Buffer, size = 1 << 20): Promise<CsvRow[]> {
  const bytes = Buffer.from(file);
  const rows: CsvRow[] = [];
  for await (const row of readCsv(chunksOf(bytes, size))) rows.push(row);
  return rows;
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function faultOf(file: string | Buffer): Promise<CsvFault> {
  try {
    await read(file);
  } catch (error) {
    assert.ok(error instanceof CsvRefusal, String(error));
    return error.fault;
  }
  throw new Error('the file was read');
}

describe('readCsv', () => {
  const row = {
    reference: 'R1',
    ssin: '88031499863',
    date: '2021-03-01',
    enterpriseNumber: '1900012343',
    jointCommittee: '145',
  };
  const line = Object.values(row).join(';');

  it('reads semicolons and commas, with and without BOM, with any line end, in any pieces', async () => {
    const files = [
      `${HEADER}\n${line}\n`,
      `${HEADER}\r\n${line}\r\n`,
      `${HEADER}\n${line}`,
      `\ufeff${HEADER}\n${line}\n`,
      `${HEADER.replaceAll(';', ',')}\n${line.replaceAll(';', ',')}\n`,
      `${HEADER}\n\n${line}\n\n`,
    ];
    for (const file of files)
      for (const size of [1, 3, 7, 4096]) assert.deepEqual(await read(file, size), [row]);
  });

  it('reads columns in any order, quoted cells with separators, quotes and accents, and leaves empty cells out', async () => {
    const file = `ssin;familyName;date;enterpriseNumber;jointCommittee;givenName\n1;"Noël; ""N"" ‑ Ł";2;3;4;\n`;
    assert.deepEqual(await read(file, 5), [
      { ssin: '1', familyName: 'Noël; "N" ‑ Ł', date: '2', enterpriseNumber: '3', jointCommittee: '4' },
    ]);
  });

  it('refuses a file whose columns are not ours, naming the column', async () => {
    assert.deepEqual(await faultOf(`${HEADER};color\n`), { kind: 'columnUnknown', column: 'color' });
    assert.deepEqual(await faultOf(`${HEADER};ssin\n`), { kind: 'columnDouble', column: 'ssin' });
    assert.deepEqual(await faultOf(`${HEADER.replace('ssin;', '')}\n`), {
      kind: 'columnMissing',
      column: 'ssin',
    });
    assert.equal((await faultOf('a <b>c</b>\n')).kind, 'columnUnknown');
  });

  it('refuses what is not UTF-8, also at a piece border, and what is no CSV from the line on', async () => {
    const latin = Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0x4e, 0x6f, 0xeb, 0x6c])]);
    assert.deepEqual(await faultOf(latin), { kind: 'notUtf8' });
    assert.equal((await faultOf(`${HEADER}\n${line}\nonly;three;cells\n`)).kind, 'malformed');
    assert.equal((await faultOf(`${HEADER}\n"open;${line}\n`)).kind, 'malformed');
    assert.equal((await faultOf(`${HEADER}\n${'x'.repeat(100_000)}\n`)).kind, 'malformed');
  });

  it('takes a cell that nobody can see for a fault of its row, and no other file for it', async () => {
    const rows = await read(`${HEADER}\r\na\u0000${line}\r\n${line}\r\n`);
    assert.equal(rows.length, 2);
    assert.equal((await faultOf(`${HEADER}\u0000\n${line}\n`)).kind, 'columnUnknown');
  });

  it('refuses a file without a row, with a header or without', async () => {
    for (const file of ['', '\ufeff', '\r\n', HEADER, `${HEADER}\r\n\r\n`])
      assert.deepEqual(await faultOf(file), { kind: 'noRow' }, JSON.stringify(file));
  });

  it('reads the template back', async () => {
    const [first, ...others] = await read(csvTemplate());
    assert.equal(first?.date, '2021-03-01');
    assert.deepEqual(others, []);
  });
});

describe('toDeclaration', () => {
  it('makes an IN of a quarantined day, with the using employer when there is one', () => {
    const receivedAt = new Date('2021-03-01T23:30:00Z');
    const declaration = toDeclaration(
      {
        ssin: '88031499863',
        date: '2021-03-01',
        enterpriseNumber: '1900012343',
        jointCommittee: '322',
        usingEmployerCommittee: '145',
        usingEmployerNumber: '1900101227',
      },
      receivedAt,
    );
    assert.equal(declaration.action, 'in');
    assert.equal(declaration.declaredOn, '2021-03-02', 'the day in Brussels');
    assert.deepEqual([declaration.startDate, declaration.endDate], ['2021-03-01', '2021-03-01']);
    assert.deepEqual(declaration.features, {
      workerType: 'QUA',
      jointCommittee: '322',
      usingEmployer: { jointCommittee: '145', enterpriseNumber: '1900101227' },
    });
  });
});

describe('writeCell', () => {
  it('lets no cell become a formula', () => {
    for (const text of ['=1+1', '+1', '-1', '@a', '\tx', '\rx']) assert.match(writeCell(text), /^"?'/);
  });

  it('writes what reading gives back', async () => {
    const cell = fc
      .string()
      .filter(
        (text) =>
          text.trim() === text &&
          text !== '' &&
          !/[\ufeff\ud800-\udfff]/.test(text) &&
          !/^[=+\-@\t\r]/.test(text),
      );
    await fc.assert(
      fc.asyncProperty(cell, async (text) => {
        const file = writeCsv([...HEADER.split(';'), 'familyName'], [['r', '1', '2', '3', '4', text]]);
        assert.equal((await read(file))[0]?.familyName, text);
      }),
      { numRuns: 200 },
    );
  });
});
