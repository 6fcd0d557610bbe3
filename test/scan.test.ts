/** The scan of a whole run finds numbers of persons, however they are written and wherever they were left. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { deflateSync, gzipSync } from 'node:zlib';
import { projectRoot } from './support/needs.ts';
import { demoSsin } from './support/service.ts';
import { fixtureNumbers } from './support/sinks/fixtures.ts';
import { describeScan, type ScanReport, scanSinks } from './support/sinks/scan.ts';
import { findWritten, passesCheck } from './support/sinks/written.ts';

const ssin = demoSsin('lena');
const groups = [
  ssin.slice(0, 2),
  ssin.slice(2, 4),
  ssin.slice(4, 6),
  ssin.slice(6, 9),
  ssin.slice(9),
] as const;
const [year, month, day, serial, check] = groups;
const dotted = `${year}.${month}.${day}-${serial}.${check}`;
const units = ssin.split('').map((digit) => digit.charCodeAt(0));
const hexOf = (unit: number) => unit.toString(16);

const FORMS: Readonly<Record<string, string | Buffer>> = {
  plain: ssin,
  dotted,
  'in three groups': `${ssin.slice(0, 6)}-${serial}-${check}`,
  'with spaces': groups.join(' '),
  'with no-break spaces': groups.join('\u00a0'),
  'with narrow no-break spaces': groups.join('\u202f'),
  'with slashes': groups.join('/'),
  'percent-encoded': units.map((unit) => `%${hexOf(unit)}`).join(''),
  'in an address': dotted.replaceAll('.', '%2E').replaceAll('-', '%2d'),
  'with spaces in an address': groups.join('%20'),
  'as escapes of JSON': units.map((unit) => `\\u00${hexOf(unit)}`).join(''),
  'as escapes of JSON in JSON': JSON.stringify(units.map((unit) => `\\u00${hexOf(unit)}`).join('')),
  'as references of XML': units.map((unit) => `&#${unit};`).join(''),
  'as hexadecimal references of XML': units.map((unit) => `&#x${hexOf(unit)};`).join(''),
  'as UTF-16, little end first': Buffer.from(ssin, 'utf16le'),
  'as UTF-16, big end first': Buffer.from(ssin, 'utf16le').swap16().subarray(1),
  hexadecimal: Buffer.from(ssin).toString('hex'),
  'hexadecimal of UTF-16': Buffer.from(dotted, 'utf16le').toString('hex').toUpperCase(),
  'bytes in JSON': JSON.stringify(Buffer.from(ssin)),
  gzip: gzipSync(`{"ssin":"${ssin}"}`),
  'gzip in hexadecimal': gzipSync(`{"ssin":"${ssin}"}`).toString('hex'),
  'gzip in base64': gzipSync(`{"ssin":"${ssin}"}`).toString('base64'),
  zlib: deflateSync(`{"ssin":"${dotted}"}`),
  'zlib in hexadecimal': deflateSync(`{"ssin":"${ssin}"}`, { level: 1 }).toString('hex'),
  'zlib in base64url': deflateSync(`{"ssin":"${ssin}"}`, { level: 9 }).toString('base64url'),
  'zlib, stored': deflateSync(ssin, { level: 0 }),
  'base64 in percent-encoding': encodeURIComponent(Buffer.from(ssin).toString('base64')),
  'base64 in hexadecimal': Buffer.from(Buffer.from(`x${ssin}`).toString('base64')).toString('hex'),
  'over two lines of a mail': `${ssin.slice(0, 5)}=\r\n${ssin.slice(5)}`,
  'base64 over two lines': Buffer.from(`${' '.repeat(49)}${ssin}`)
    .toString('base64')
    .replace(/.{76}/, '$&\r\n'),
};

describe('findWritten', () => {
  for (const [form, written] of Object.entries(FORMS)) {
    it(`finds a number ${form}`, () => {
      for (const [before, after] of [
        ['', ''],
        ['{"a":"', '"}\n'],
        ['\\x', ')'],
      ] as const) {
        const bytes = Buffer.concat([before, written, after].map((part) => Buffer.from(part as string)));
        assert.ok(
          findWritten(bytes).some(({ number }) => number === ssin),
          before,
        );
      }
    });
  }

  it('finds base64 and base64url wherever its group of three begins', () => {
    for (const written of [ssin, dotted])
      for (const before of ['', 'a', 'ab', 'abc'])
        for (const encoding of ['base64', 'base64url'] as const) {
          const text = Buffer.from(`${before}${written}~`).toString(encoding);
          assert.ok(findWritten(Buffer.from(`token=${text}`)).some(({ number }) => number === ssin));
        }
  });

  it('finds those it knows in longer rows of digits, in ids, and without their zeros', () => {
    const born = '01410199955';
    const known = new Set([ssin, born]);
    for (const text of [`1${ssin}`, `${ssin}0`, `0a${ssin}b-${'c'.repeat(20)}`, `{"ssin":${Number(born)}}`])
      assert.equal(findWritten(Buffer.from(text), known).length, 1, text);
  });

  it('finds nothing in what only looks alike', () => {
    const wrong = `${ssin.slice(0, 9)}00`;
    for (const text of [
      wrong,
      `1${ssin}`,
      '2026-11-22 07:08:19.123',
      `0.${ssin}`,
      `c${ssin}-${'a'.repeat(20)}`,
      `"\\\\x44${ssin}bf06e1c3"`,
      `"\\\\x2d${ssin}bf06e1c3"`,
    ])
      assert.deepEqual(findWritten(Buffer.from(text)), [], text);
  });
});

describe('passesCheck', () => {
  it('takes births of both centuries, BIS numbers and unknown days', () => {
    const withCheck = (base: string, century: 0 | 2_000_000_000) =>
      `${base}${String(97 - ((century + Number(base)) % 97)).padStart(2, '0')}`;
    for (const base of ['880314998', '882314998', '884314998', '880000998'])
      for (const century of [0, 2_000_000_000] as const) assert.ok(passesCheck(withCheck(base, century)));
    for (const base of ['881314998', '886014998', '880332998']) assert.ok(!passesCheck(withCheck(base, 0)));
  });
});

describe('scanSinks', () => {
  function plant(): ScanReport {
    const folder = mkdtempSync(join(tmpdir(), 'sinks-'));
    try {
      const path = (name: string) => join(projectRoot, 'test', 'support', 'sinks', name);
      const words = ['--import', 'tsx', '--import', pathToFileURL(path('watch.ts')).href, path('planted.ts')];
      const env = { ...process.env, SINKS_FOLDER: folder };
      const { status, stderr } = spawnSync(process.execPath, words, {
        cwd: projectRoot,
        env,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      return scanSinks(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('finds a leak in a log line, in a job that is done, in an object key, and by process, server or thread, and tells no number', () => {
    const report = plant();
    const places = report.leaks.map(({ sink, place, form }) => `${sink}, ${place}: ${form}`);
    for (const place of [
      'log, service: base64',
      'database, deleted from job: plain',
      'request to the store, PUT object store: hexadecimal',
      'file name, data folder: hexadecimal',
      'address called, PUT 127.0.0.1: hexadecimal',
      'process output, node: hexadecimal',
      'database log, embedded: plain',
      'address called, GET localhost: percent',
    ])
      assert.ok(places.includes(place), `${place} among ${places.join('; ')}`);
    const planted = new Set(report.leaks.map(({ sink }) => sink));
    assert.deepEqual(
      [...planted].filter(
        (sink) =>
          !/^(?:log|database|file name|object|request to the store|address (?:called|asked for)|process output|database log)$/.test(
            sink,
          ),
      ),
      [],
    );
    for (const { file, fixture } of report.leaks) {
      assert.equal(file, 'support/sinks/planted.ts');
      assert.equal(fixture, fixtureNumbers().get(ssin));
    }
    const described = describeScan(report);
    for (const part of [year + month + day, serial, dotted]) assert.ok(!described.includes(part));
    assert.deepEqual(findWritten(Buffer.from(described), new Set([ssin])), []);
  });
});
