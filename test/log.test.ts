/** The log: no SSIN in any written form, every entry one line of JSON, and what is no SSIN kept. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createLog, maskSsins } from '../src/log.ts';

const SSIN = '81050003552';
/** The ways in which people, forms and programs write an SSIN. */
const WRITTEN = [
  SSIN,
  '81.05.00-035.52',
  '81.05.00 035.52',
  '810500-035.52',
  '810500-035-52',
  '810500 035 52',
  '810500-03552',
  '81 05 00 035 52',
  '81-05-00-035-52',
  '81/05/00-035.52',
  '81/05/00 035/52',
  '81\u00a005\u00a000\u00a0035\u00a052',
  '81\u202f05\u202f00\u202f035\u202f52',
];
const AROUND = [
  '',
  ' ',
  'x',
  '"',
  '(',
  '<b>',
  ':',
  '=',
  '/',
  '-',
  '\n',
  '\t',
  '\r\n',
  '\0',
  '\u0001',
  '\u001b',
  '\\',
];

/** Writes one entry and gives what came out. */
function logged(fields: object, message?: string): string {
  const lines: string[] = [];
  createLog('debug', { write: (line: string) => lines.push(line) }).info(fields, message);
  assert.equal(lines.length, 1);
  return lines[0] ?? '';
}

function parsed(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}

/** What would still tell an SSIN: its digits in a row once everything else is taken away. */
function digitsOf(text: string): string {
  return text
    .replace(/"time":"[^"]*"/, '')
    .replace(/\\u[0-9a-f]{4}/g, '')
    .replace(/[^0-9]/g, '');
}

describe('maskSsins', () => {
  for (const text of WRITTEN) {
    it(`masks ${JSON.stringify(text)}`, () => assert.equal(maskSsins(`a ${text} b`), 'a *********** b'));
  }

  it('masks each of several', () =>
    assert.equal(maskSsins(`${SSIN},${SSIN} ${SSIN}`), '***********,*********** ***********'));

  for (const text of [
    '0198f1c2-7a3b-7c11-8d22-123456789012',
    '81050003-5520-7810-8500-035528105000',
    '01234567-89AB-7DEF-8123-456789012345',
    'QUA-2026-00000001-80',
    'QUA-2026-81050003-55',
    'QUA-2026-123456789-12',
    '912345678901',
    '1900045601',
    '2026-11-21T22:51:00.123Z',
    '1795300000000',
    '192.168.100.120',
  ]) {
    it(`keeps ${text}`, () => assert.equal(maskSsins(`a ${text} b`), `a ${text} b`));
  }
});

describe('createLog', () => {
  it('writes level, time and fields as one line of JSON', () => {
    const line = logged({ caseId: 'quarantine/1' }, 'settled');
    const { level, caseId, msg, time } = parsed(line);
    assert.deepEqual({ level, caseId, msg }, { level: 'info', caseId: 'quarantine/1', msg: 'settled' });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('masks an SSIN in message, field, key, list and error', () => {
    const error = new Error(`not found: ${SSIN}`, { cause: new Error(SSIN) });
    const line = logged(
      { field: SSIN, [SSIN]: 1, list: [{ deep: `x${SSIN}` }], err: error },
      `who is ${SSIN}`,
    );
    assert.doesNotMatch(line, /8105000/);
    parsed(line);
  });

  it('masks an SSIN that is a number, and stays JSON', () => {
    const line = logged({ ssin: Number(SSIN), list: [Number(SSIN)], big: 810500035520, small: 8105 });
    assert.doesNotMatch(line, /81050003552\b/);
    const { ssin, list, big, small } = parsed(line);
    assert.deepEqual([ssin, list], ['***********', ['***********']]);
    assert.deepEqual([big, small], [810500035520, 8105]);
  });

  it('masks an SSIN whatever stands around it', () => {
    for (const written of WRITTEN) {
      for (const before of AROUND) {
        for (const after of AROUND) {
          const line = logged({ text: `${before}${written}${after}` });
          assert.doesNotMatch(digitsOf(line), /810500/, JSON.stringify([before, written, after]));
          assert.ok(String(parsed(line).text).startsWith(before));
        }
      }
    }
  });

  it('writes one line whatever an entry holds', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\n', '\r', '\u001b[31m', '\u009b', '\u0085', '\u2028', '"', '\\', 'a', '8'),
    });
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const line = logged({ text }, other);
        assert.match(line, /^[^\p{Cc}\u2028\u2029]*\n$/u);
        assert.deepEqual([parsed(line).text, parsed(line).msg], [text, other]);
      }),
    );
  });

  it('writes nothing below its level', () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line: string) => lines.push(line) });
    log.info('quiet');
    log.warn('loud');
    assert.equal(lines.length, 1);
  });
});
