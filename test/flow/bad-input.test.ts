/** What senders of register files get wrong, in each form: the row is refused with its place and the reason, the rest goes on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalDate } from '../../src/domain/period.ts';
import { RecordFileRefusal } from '../../src/flow/record-refusal.ts';
import { placeIssues, type RowForm, readRows } from '../../src/flow/record-rows.ts';
import { readRegisterRecord } from '../../src/flow/register-record.ts';
import { readStatusRecord } from '../../src/flow/status-record.ts';

const today = '2026-01-15' as LocalDate;
const FORMS = ['ndjson', 'csv', 'xml'] as const;
type Cells = Readonly<Record<string, string>>;

const PERSON = { ssin: '81050003552', familyName: 'Peeters', givenName: 'An', birthDate: '1981-05-01' };
const STATUS = {
  ssin: '81050003552',
  status: 'pension',
  reference: 'P-1',
  validFrom: '2025-01-01',
  validUntil: '2025-12-31',
};
const ENTERPRISE = { enterpriseNumber: '0206731645', name: 'Boomgaard BV' };

/** A file of records, all with the properties of the first. */
function fileOf(form: RowForm, records: readonly Cells[], end = '\n'): string {
  const names = Object.keys(records[0] ?? {});
  switch (form) {
    case 'ndjson':
      return records.map((record) => JSON.stringify(record) + end).join('');
    case 'csv':
      return [names, ...records.map((record) => names.map((name) => record[name] ?? ''))]
        .map((cells) => cells.join(';') + end)
        .join('');
    case 'xml': {
      const inner = (record: Cells) =>
        names.map((name) => `<${name}>${record[name] ?? ''}</${name}>`).join('');
      return `<records>${end}${records.map((record) => `<record>${inner(record)}</record>${end}`).join('')}</records>`;
    }
  }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  // Nothing falls on the border of a line, nor on that of a character.
  for (let at = 0; at < bytes.length; at += 61) yield bytes.subarray(at, at + 61);
}

/** Reads a file; gives each row as `ok`, or as its line, the column where there is one, and what is wrong. */
async function read(form: RowForm, bytes: Buffer | AsyncIterable<Buffer>): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const row of readRows(form, Buffer.isBuffer(bytes) ? inPieces(bytes) : bytes)) {
    const isStatus = row.content.kind === 'value' && 'status' in (row.content.value as object);
    const found = isStatus ? readStatusRecord(row.content, today) : readRegisterRecord(row, today);
    const issues = found.kind === 'refused' ? placeIssues(row, found.issues) : [];
    const told = issues.map(({ name, detail, column = '-' }) => `${column} ${name}: ${detail}`);
    rows.push(issues.length === 0 ? 'ok' : `${row.at?.line ?? row.number} ${told.join(', ')}`);
  }
  return rows;
}

/** Where the property is that is wrong: the cell of CSV, the record of XML, nowhere in NDJSON. */
function placeOf(form: RowForm, record: Cells, name: string): string {
  const cell = Object.keys(record).indexOf(name) + 1;
  return { ndjson: '2 -', csv: `3 ${cell === 0 ? '-' : cell}`, xml: '3 1' }[form];
}

const WRONG: readonly (readonly [what: string, record: Cells, change: Cells, issue: string])[] = [
  ['check digits of an SSIN', PERSON, { ssin: '81050003553' }, 'ssin: is no SSIN'],
  ['month 13', PERSON, { ssin: '81130103578' }, 'ssin: is no SSIN'],
  ['counter 000', PERSON, { ssin: '47060200096' }, 'ssin: is no SSIN'],
  [
    'check digits of an enterprise',
    ENTERPRISE,
    { enterpriseNumber: '0206731646' },
    'enterpriseNumber: is no enterprise number',
  ],
  ['a birth to come', PERSON, { birthDate: '2026-01-16' }, 'birthDate: lies in the future'],
  ['a day that is none', PERSON, { birthDate: '1981-02-29' }, 'birthDate: expected a day as yyyy-MM-dd'],
  ['a code that is none', STATUS, { status: 'Gepensioneerd!' }, 'status: expected the code of a status'],
  ['an inverted period', STATUS, { validUntil: '2024-12-31' }, 'validUntil: lies before the first day'],
  [
    'a number where it is no property',
    STATUS,
    { reference: 'P-81050003552' },
    'reference: holds what looks like the number of a person',
  ],
  [
    'a name that turns the line',
    PERSON,
    { familyName: 'a\u202eb' },
    'familyName: holds a character that cannot be printed',
  ],
];

describe('a row with', () => {
  for (const form of FORMS)
    for (const [what, record, change, issue] of WRONG)
      it(`${what} is refused in ${form}, and the next one is read`, async () => {
        const bytes = Buffer.from(fileOf(form, [record, { ...record, ...change }, record]));
        const [name = ''] = issue.split(':');
        assert.deepEqual(await read(form, bytes), ['ok', `${placeOf(form, record, name)} ${issue}`, 'ok']);
      });

  it('a column too few or too many is refused', async () => {
    const text =
      'ssin;familyName;givenName\n81050003552;Peeters\n81050003552;Peeters;An;x\n81050003552;Peeters;An\n';
    assert.deepEqual(await read('csv', Buffer.from(text)), [
      '2 - : has 2 cells, not 3',
      '3 - : has 4 cells, not 3',
      'ok',
    ]);
  });

  it('a property twice is refused, where a row says what its cells are', async () => {
    const json = `${JSON.stringify(PERSON).replace('{', '{"ssin":"1",')}\n`;
    assert.deepEqual(await read('ndjson', Buffer.from(json)), ['1 - ssin: this property is given twice']);
    const xml = fileOf('xml', [PERSON]).replace('<ssin>', '<ssin>1</ssin><ssin>');
    assert.deepEqual(await read('xml', Buffer.from(xml)), ['2 1 ssin: is given twice']);
  });
});

describe('a file', () => {
  const two = [PERSON, { ...PERSON, givenName: 'Zoë' }];

  for (const form of FORMS)
    it(`of ${form} may begin with a byte order mark and mix its line ends`, async () => {
      const text = fileOf(form, two, '\r\n') + (form === 'xml' ? '\n' : fileOf('ndjson', []));
      const mixed = text.replace('\r\n', '\n');
      assert.deepEqual(await read(form, Buffer.from(`\ufeff${mixed}`)), ['ok', 'ok']);
    });

  for (const form of ['ndjson', 'csv'] as const)
    it(`of ${form} in another encoding loses the rows that show it`, async () => {
      const rows = await read(form, Buffer.from(fileOf(form, two), 'latin1'));
      assert.deepEqual(rows, [
        'ok',
        `${form === 'csv' ? 3 : 2} - : is no line of UTF-8, or longer than 64 KiB`,
      ]);
    });

  it('that is cut off loses its last row, or in XML says where it ends', async () => {
    const cut = (form: RowForm) => Buffer.from(fileOf(form, two).slice(0, form === 'xml' ? -35 : -30));
    assert.match((await read('ndjson', cut('ndjson')))[1] ?? '', /^2 - : is not JSON/);
    assert.match((await read('csv', cut('csv')))[1] ?? '', /^3 - : has \d cells, not 4/);
    await assert.rejects(read('xml', cut('xml')), /^Error: line 3, column \d+: unclosed tag: /);
  });

  const REFUSED: readonly (readonly [what: string, form: RowForm, text: string | Buffer, reason: RegExp])[] =
    [
      ['a column twice', 'csv', 'ssin;ssin\n1;2\n', /^line 1, column 2: ssin is there twice/],
      ['no column', 'csv', '\n', /^the file is empty/],
      ['a header in UTF-16', 'csv', Buffer.from('ssin;familyName\n', 'utf16le'), /^line 1/],
      [
        'a document type',
        'xml',
        '<!DOCTYPE records [<!ENTITY a "b">]><records/>',
        /^line 1, column \d+: a document type/,
      ],
      [
        'an entity of its own',
        'xml',
        '<records><record><ssin>&a;</ssin></record></records>',
        /^line 1, column \d+: undefined entity/,
      ],
      ['another encoding', 'xml', '<?xml version="1.0" encoding="ISO-8859-1"?><records/>', /not in UTF-8/],
      ['letters of another encoding', 'xml', Buffer.from(fileOf('xml', two), 'latin1'), /not UTF-8/],
      ['another root', 'xml', '<persons/>', /expected the element records/],
    ];
  for (const [what, form, text, reason] of REFUSED)
    it(`of ${form} with ${what} is refused as a whole`, async () =>
      assert.rejects(read(form, Buffer.from(text)), (error) => {
        assert.ok(error instanceof RecordFileRefusal);
        assert.match(error.message, reason);
        return true;
      }));

  for (const form of FORMS)
    it(`of ${form} with a line that does not end takes no memory`, async () => {
      const piece = Buffer.alloc(64 * 1024, 'x');
      const held = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
      const before = held();
      let most = 0;
      async function* endless(): AsyncGenerator<Buffer> {
        yield Buffer.from(fileOf(form, [PERSON]).replace('</records>', '<record><familyName>'));
        for (let at = 0; at < 1024; at += 1) {
          yield piece;
          most = Math.max(most, held() - before);
        }
        yield Buffer.from(`\n${fileOf('ndjson', [PERSON])}`);
      }
      if (form === 'xml')
        await assert.rejects(read(form, endless()), /line 3, column \d+: longer than 64 KiB/);
      else {
        const rows = await read(form, endless());
        assert.equal(rows[0], 'ok');
        assert.match(rows[1] ?? '', /is no line of UTF-8, or longer than 64 KiB/);
        assert.equal(rows.length, 3);
      }
      assert.ok(most < 48 * 1024 * 1024, `held ${most} bytes of 64 MiB`);
    });
});
