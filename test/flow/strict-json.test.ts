/** Tests of strict JSON: what every reader must refuse, and what two readers could understand differently. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStrictJson } from '../../src/flow/strict-json.ts';

function parse(text: string | Buffer) {
  return parseStrictJson(typeof text === 'string' ? Buffer.from(text) : text);
}

function refusalOf(text: string | Buffer): string | undefined {
  const parsed = parse(text);
  assert.equal(parsed.kind, 'refused', `${JSON.stringify(text)} was accepted`);
  return parsed.kind === 'refused' ? parsed.name : undefined;
}

/** Arrays and objects in each other, by turns. */
function nested(depth: number): string {
  const opening = Array.from({ length: depth }, (_, level) => (level % 2 === 0 ? '{"a":' : '['));
  const closing = Array.from({ length: depth }, (_, level) => (level % 2 === 0 ? '}' : ']')).toReversed();
  return `${opening.join('')}1${closing.join('')}`;
}

describe('parseStrictJson', () => {
  it('gives the value of what is JSON', () => {
    for (const value of [
      null,
      true,
      0,
      -1.5e-3,
      '',
      'é"\\/\n\u2028𝄞',
      [],
      {},
      [[{ a: [1, '}{,:'] }], 2],
      { '': { '"': 1 } },
    ])
      assert.deepEqual(parse(JSON.stringify(value)), { kind: 'value', value });
  });

  it('refuses what is not', () => {
    const texts = [
      '',
      ' ',
      'nul',
      'NaN',
      'Infinity',
      '-',
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      '0x1',
      '"',
      "'a'",
      '"	"',
      '"\\x"',
      '"\\u12"',
      '[',
      '[1,]',
      '[,1]',
      '[1 2]',
      '{',
      '{"a"}',
      '{"a":}',
      '{a:1}',
      '{"a":1,}',
      '{,}',
      '{"a":1 "b":2}',
      '1 2',
      '{}{}',
      '[]]',
      '// x\n1',
      '/* x */1',
      '\xA01',
      '\v1',
      '[1]\0',
    ];
    for (const text of texts) assert.equal(refusalOf(text), undefined);
  });

  it('refuses what is not UTF-8, and a mark before it', () => {
    const invalid = [
      '22c322',
      '22eda08022',
      '22f490808022',
      '22c0af22',
      '22ff22',
      'efbbbf7b7d',
      'fffe7b007d00',
    ];
    for (const hex of invalid) refusalOf(Buffer.from(hex, 'hex'));
  });

  it('refuses a name that is given twice, however it is written, and says where', () => {
    assert.equal(refusalOf('{"a":1,"a":1}'), 'a');
    assert.equal(refusalOf('{"a":1,"\\u0061":2}'), 'a');
    assert.equal(refusalOf('{"worker":{"ssin":"1","x":[{}],"ssin":"2"}}'), 'worker.ssin');
    assert.equal(refusalOf('[0,{"a":{"b":[[],{"c":1,"c":2}]}}]'), '[1].a.b[1].c');
    assert.equal(refusalOf('{"":1,"":2}'), '');
  });

  it('lets the same name stand in several objects, and a value repeat a name', () => {
    for (const text of [
      '[{"a":1},{"a":1}]',
      '{"a":{"a":{"a":"a"}},"b":"a"}',
      '{"a":"\\"a\\":1,","b":["a","a"]}',
    ])
      assert.equal(parse(text).kind, 'value');
  });

  it('refuses the name that stands for the prototype, and changes none', () => {
    assert.equal(refusalOf('{"__proto__":{"isAdmin":true}}'), '__proto__');
    assert.equal(refusalOf('{"a":[{"__prot\\u006f__":1}]}'), 'a[0].__proto__');
    assert.equal(Object.hasOwn(Object.prototype, 'isAdmin'), false);
    assert.equal(parse('"__proto__"').kind, 'value');
  });

  it('takes 32 levels and no more', () => {
    assert.equal(parse(nested(32)).kind, 'value');
    refusalOf(nested(33));
    refusalOf('['.repeat(100_000) + ']'.repeat(100_000));
  });
});
