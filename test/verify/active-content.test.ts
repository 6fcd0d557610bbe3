import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { findActiveContent } from '../../src/verify/active-content.ts';

const SCRIPT = '1 0 <</S/JavaScript/JS(x)>>';

function pdf(...content: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...content.map((one) => Buffer.from(one as string))]);
}

function stream(
  content: string | Buffer,
  dictionary = '/Type/ObjStm/N 1/First 4/Filter/FlateDecode',
): Buffer {
  return pdf(`1 0 obj<<${dictionary}>>stream\r\n`, content, '\r\nendstream endobj\n');
}

const hex = (bytes: Buffer) => `${bytes.toString('hex')}>`;

/** Base 85 (ISO 32000-1 §7.4.3). */
function base85(bytes: Buffer): string {
  const groups = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) => {
    const group = bytes.subarray(at * 4, at * 4 + 4);
    let value = Buffer.concat([group, Buffer.alloc(4 - group.length)]).readUInt32BE();
    let digits = '';
    for (let count = 0; count < 5; count += 1) {
      digits = String.fromCharCode(33 + (value % 85)) + digits;
      value = Math.floor(value / 85);
    }
    return digits.slice(0, group.length + 1);
  });
  return `${groups.join('')}~>`;
}

describe('findActiveContent', () => {
  const active: Readonly<Record<string, Buffer>> = {
    'in the open': pdf('1 0 obj<</S/JavaScript/JS(x)>>endobj'),
    'behind escapes': pdf('1 0 obj<</S/#4a#61#76#61#53#63#72#69#70#74>>endobj'),
    'before a zero byte': pdf('1 0 obj<</S/JavaScript\0/JS(x)>>endobj'),
    'in a stream of objects': stream(deflateSync(SCRIPT)),
    'in a stream that says nothing of objects': stream(
      deflateSync(SCRIPT),
      '/Subtype/Image/Filter/FlateDecode',
    ),
    'in hexadecimal': stream(hex(Buffer.from(SCRIPT)), '/Filter/ASCIIHexDecode'),
    'deflated, then in hexadecimal': stream(hex(deflateSync(SCRIPT))),
    'deflated, then in base 85': stream(base85(deflateSync(SCRIPT))),
    'in a stream with a wrong checksum': stream(
      Buffer.concat([deflateSync(SCRIPT).subarray(0, -4), Buffer.alloc(4)]),
    ),
  };
  for (const [where, file] of Object.entries(active)) {
    it(`finds a script ${where}`, () =>
      assert.equal(findActiveContent(file), 'has active content: JavaScript'));
  }

  const refused: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    'a program to be started': [pdf('<</S/Launch/F(a.exe)>>'), /Launch/],
    'a form with scripts of its own': [pdf('<</AcroForm<</XFA 2 0 R>>>>'), /XFA/],
    'an encrypted file': [pdf('trailer<</Encrypt 3 0 R>>'), /encrypted/],
    'a filter that is not decoded here': [pdf('<</Filter/LZWDecode>>'), /cannot be looked into/],
    'objects under a predictor': [
      stream(deflateSync('x'), '/Type/ObjStm/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12>>'),
      /Predictor/,
    ],
    'what is broken': [
      stream(Buffer.concat([deflateSync(SCRIPT).subarray(0, 6), Buffer.alloc(40, 0xff)])),
      /cannot be looked into/,
    ],
    'what unfolds without end': [
      pdf(...Array.from({ length: 5 }, () => stream(deflateSync(Buffer.alloc(30_000_000))))),
      /more content/,
    ],
    'what is no PDF': [Buffer.from('MZ'), /not a PDF/],
  };
  for (const [what, [file, words]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.match(findActiveContent(file) ?? '', words));
  }

  it('lets links, forms, attachments and first pages pass', () => {
    const harmless =
      '<</OpenAction[1 0 R/XYZ 0 0 0]/A<</S/URI/URI(https://example.org/launch)>>/EmbeddedFiles 2 0 R>>';
    assert.equal(findActiveContent(pdf(harmless)), undefined);
    assert.equal(findActiveContent(stream(deflateSync('BT /F1 12 Tf (text) Tj ET'))), undefined);
    assert.equal(findActiveContent(stream(base85(deflateSync('BT /F1 12 Tf ET')))), undefined);
  });
});
