import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  bitString,
  boolean,
  element,
  generalizedTime,
  integer,
  oid,
  sequence,
  TAG,
  time,
} from '../../src/pades/der.ts';
import {
  MalformedDer,
  readBitString,
  readBoolean,
  readChildren,
  readFirst,
  readInteger,
  readNumber,
  readOid,
  readOnly,
  readSequence,
  readTime,
} from '../../src/pades/der-reader.ts';

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const refuses = (hex: string, read: (der: Buffer) => unknown) => {
  assert.throws(() => read(bytes(hex)), MalformedDer, hex);
};

describe('readFirst', () => {
  it('gives tag, content and raw bytes, and leaves what follows', () => {
    const found = readFirst(bytes('0401aa05'));
    assert.deepEqual([found.tag, found.content, found.raw], [TAG.octetString, bytes('aa'), bytes('0401aa')]);
  });

  it('refuses what is cut off', () => {
    for (const hex of ['', '30', '3003', '30030201', '3082', '308201', '30820100']) refuses(hex, readFirst);
  });

  it('refuses lengths that BER allows and DER does not', () => {
    refuses('3080020100', readFirst);
    refuses('308103020100', readFirst);
    refuses('04820001aa', readFirst);
    refuses('3085000000000100', readFirst);
  });

  it('refuses tags of several bytes', () => {
    refuses('1f8100', readFirst);
  });
});

describe('readOnly', () => {
  it('refuses bytes that follow', () => {
    refuses('02010000', readOnly);
  });

  it('refuses another tag than asked for', () => {
    refuses('020100', (der) => readOnly(der, TAG.sequence));
  });
});

describe('readChildren', () => {
  it('refuses a child that is longer than its parent', () => {
    refuses('30030202ff', (der) => readChildren(readOnly(der)));
  });
});

describe('readSequence', () => {
  it('refuses nothing at all', () => {
    assert.throws(() => readSequence(undefined), MalformedDer);
  });

  it('gives back what was written', () => {
    const parts = readSequence(readOnly(sequence(integer(5), oid('2.999.1'))));
    assert.deepEqual([readNumber(parts[0]), readOid(parts[1])], [5, '2.999.1']);
  });
});

describe('readInteger', () => {
  it('refuses negative, empty and padded integers', () => {
    for (const hex of ['0201ff', '0200', '0202007f']) refuses(hex, (der) => readInteger(readOnly(der)));
  });

  it('reads without the sign byte', () => {
    assert.deepEqual(readInteger(readOnly(integer(0xff))), bytes('ff'));
  });
});

describe('readOid', () => {
  it('refuses padded and cut off arcs', () => {
    for (const hex of ['06022a80', '0603802a01', '0600', '060b2affffffffffffffffff7f']) {
      refuses(hex, (der) => readOid(readOnly(der)));
    }
  });

  it('gives back what was written', () => {
    const arc = fc.nat(1_000_000_000);
    fc.assert(
      fc.property(fc.array(arc, { minLength: 1, maxLength: 6 }), (arcs) => {
        const dotted = ['2', ...arcs].join('.');
        assert.equal(readOid(readOnly(oid(dotted))), dotted);
      }),
    );
  });
});

describe('readBoolean', () => {
  it('refuses other truths than FF', () => {
    refuses('010101', (der) => readBoolean(readOnly(der)));
    assert.equal(readBoolean(readOnly(boolean(true))), true);
  });
});

describe('readBitString', () => {
  it('refuses bits that do not fill their bytes', () => {
    refuses('030206c0', (der) => readBitString(readOnly(der)));
    refuses('0300', (der) => readBitString(readOnly(der)));
    assert.deepEqual(readBitString(readOnly(bitString(bytes('c0')))), bytes('c0'));
  });
});

describe('readTime', () => {
  it('gives back what was written, in both forms', () => {
    for (const date of [new Date('2026-03-01T09:00:00Z'), new Date('2051-01-01T00:00:00Z')]) {
      assert.deepEqual(readTime(readOnly(time(date))), date);
      assert.deepEqual(readTime(readOnly(generalizedTime(date))), date);
    }
  });

  it('reads two digits from 50 as the last century', () => {
    const found = element(TAG.utcTime, Buffer.from('500101000000Z'));
    assert.equal(readTime(readOnly(found)).getUTCFullYear(), 1950);
  });

  it('refuses forms that X.509 does not allow', () => {
    for (const text of ['2603010900Z', '260301090000+0100', '269901090000Z', '']) {
      const found = element(TAG.utcTime, Buffer.from(text));
      assert.throws(() => readTime(readOnly(found)), MalformedDer, text);
    }
  });
});

describe('reading arbitrary bytes', () => {
  it('throws nothing but MalformedDer', () => {
    const readers = [readSequence, readInteger, readOid, readBoolean, readBitString, readTime];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...readers), (content, read) => {
        try {
          read(readOnly(Buffer.from(content)));
        } catch (error) {
          assert.ok(error instanceof MalformedDer);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
