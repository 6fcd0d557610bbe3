/** The forms of a flow: each row as its receiver's program reads it, with no cell that means something else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import type { FormatKind } from '../../src/domain/flow.ts';
import { createFlowWriter, type FlowCell } from '../../src/flow/flow-writer.ts';

const COLUMNS = [
  { heading: 'SSIN', width: 11 },
  { heading: 'family name', width: 6 },
  { heading: 'days', width: 3 },
];
const ROWS: readonly (readonly FlowCell[])[] = [
  ['81050003552', 'Çelik;"A"', 21],
  ['82030012345', '=HYPERLINK("x")', undefined],
  ['82030012346', '<a>&\u0001', 3],
];

function write(kind: FormatKind, separator = ';'): string {
  const { begin, end, row } = createFlowWriter({ kind, separator, columns: COLUMNS }, 'a "flow"');
  return begin + ROWS.map((cells, at) => row(cells, at === 0)).join('') + end;
}

describe('createFlowWriter', () => {
  for (const separator of [';', ',', '\t', '|'])
    it(`writes CSV with ${JSON.stringify(separator)}, in which no cell becomes a formula`, () => {
      const read: string[][] = parse(write('csv', separator), {
        delimiter: separator,
        record_delimiter: '\r\n',
      });
      assert.deepEqual(read, [
        ['SSIN', 'family name', 'days'],
        ['81050003552', 'Çelik;"A"', '21'],
        ['82030012345', `'=HYPERLINK("x")`, ''],
        ['82030012346', '<a>&\u0001', '3'],
      ]);
    });

  it('keeps each begin of a formula from being one', () => {
    const { row } = createFlowWriter({ kind: 'csv', separator: ';', columns: [{ heading: 'a' }] }, 'flow');
    for (const begin of ['=', '+', '-', '@', '\t', '\r']) assert.match(row([`${begin}1`], true), /^"?'/);
  });

  it('writes lines of fixed width, cut or filled up by characters', () => {
    const lines = write('fixed').split('\r\n').slice(0, -1);
    assert.deepEqual(
      lines.map((line) => Array.from(line).length),
      [20, 20, 20],
    );
    assert.equal(lines[0], '81050003552Çelik;21 ');
    assert.equal(lines[1], '82030012345=HYPER   ');
  });

  it('writes XML that is well-formed whatever a cell holds', () => {
    const texts: string[] = [];
    const parser = new SaxesParser();
    parser.on('error', (error) => assert.fail(error.message));
    parser.on('text', (text) => texts.push(text.trim()));
    parser.write(write('xml')).close();
    const values = texts.filter((text) => text !== '');
    assert.deepEqual(values, [
      '81050003552',
      'Çelik;"A"',
      '21',
      '82030012345',
      '=HYPERLINK("x")',
      '82030012346',
      '<a>&\ufffd',
      '3',
    ]);
    assert.match(write('xml'), /<family_name>/);
  });

  it('writes JSON and JSON lines, without what is not known', () => {
    const records = [
      { SSIN: '81050003552', 'family name': 'Çelik;"A"', days: 21 },
      { SSIN: '82030012345', 'family name': '=HYPERLINK("x")' },
      { SSIN: '82030012346', 'family name': '<a>&\u0001', days: 3 },
    ];
    assert.deepEqual(JSON.parse(write('json')), records);
    assert.deepEqual(
      write('ndjson')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      records,
    );
  });
});
