import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ATTRIBUTE, writeName } from '../../src/embedded/pki/certificate.ts';
import { element, oid, sequence, setOf } from '../../src/pades/der.ts';
import { readOnly } from '../../src/pades/der-reader.ts';
import { describeName } from '../../src/pades/name.ts';

describe('describeName', () => {
  it('gives the attributes in their order', () => {
    const name = writeName([
      [ATTRIBUTE.country, 'BE'],
      [ATTRIBUTE.organisation, 'Office é'],
      [ATTRIBUTE.commonName, 'Seal'],
    ]);
    assert.equal(describeName(readOnly(name)), 'C=BE, O=Office é, CN=Seal');
  });

  it('leaves out the serial number, given name and surname of a person', () => {
    const name = writeName([
      ['2.5.4.5', '85073003328'],
      ['2.5.4.42', 'An'],
      ['2.5.4.4', 'Peeters'],
      [ATTRIBUTE.country, 'BE'],
    ]);
    assert.equal(describeName(readOnly(name)), 'C=BE');
  });

  it('reads two-byte strings', () => {
    const text = element(0x1e, Buffer.from('00530065', 'hex'));
    const name = sequence(setOf(sequence(oid(ATTRIBUTE.commonName), text)));
    assert.equal(describeName(readOnly(name)), 'CN=Se');
  });

  it('replaces control and direction characters', () => {
    const name = writeName([[ATTRIBUTE.commonName, 'a\n\u202eb']]);
    assert.equal(describeName(readOnly(name)), 'CN=a  b');
  });
});
