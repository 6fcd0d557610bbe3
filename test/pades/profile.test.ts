import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extension } from '../../src/embedded/pki/certificate.ts';
import {
  caExtensions,
  ocspExtensions,
  sealExtensions,
  timeStampExtensions,
} from '../../src/embedded/pki/profiles.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { bitString, integer, oid, sequence } from '../../src/pades/der.ts';
import { sealPurposeFault } from '../../src/pades/profile.ts';
import { ADDRESSES, createAuthority, createSigner } from '../support/pki.ts';

const authority = createAuthority('Root');
const faultOf = (extensions: readonly Buffer[]) =>
  sealPurposeFault(parseCertificate(createSigner({ authority, extensions }).certificate));
const withPurpose = (purpose: string) =>
  faultOf([...sealExtensions(ADDRESSES), extension('2.5.29.37', false, sequence(oid(purpose)))]);

describe('sealPurposeFault', () => {
  it('finds nothing wrong with a seal certificate', () => {
    assert.equal(faultOf(sealExtensions(ADDRESSES)), undefined);
  });

  it('allows either of the two usages for signatures', () => {
    for (const usage of [bitString(Buffer.from([0x80]), 7), bitString(Buffer.from([0x40]), 6)]) {
      assert.equal(faultOf([extension('2.5.29.15', true, usage)]), undefined);
    }
  });

  it('allows the purposes that issuers add to seal certificates', () => {
    assert.equal(withPurpose('1.3.6.1.5.5.7.3.36'), undefined);
    assert.equal(withPurpose('1.3.6.1.5.5.7.3.4'), undefined);
  });

  it('refuses authorities, time-stamping, OCSP and other purposes', () => {
    assert.notEqual(faultOf(caExtensions()), undefined);
    assert.notEqual(faultOf(timeStampExtensions(ADDRESSES)), undefined);
    assert.notEqual(faultOf(ocspExtensions()), undefined);
    assert.notEqual(withPurpose('1.3.6.1.5.5.7.3.1'), undefined);
  });

  it('refuses a key that is for encryption or for nothing in particular', () => {
    assert.notEqual(faultOf([extension('2.5.29.15', true, bitString(Buffer.from([0x20]), 5))]), undefined);
    assert.notEqual(faultOf([]), undefined);
  });

  it('refuses an unknown critical extension', () => {
    const unknown = extension('2.999.7', true, integer(1));
    assert.notEqual(faultOf([...sealExtensions(ADDRESSES), unknown]), undefined);
  });
});
