/** The extensions of each kind of certificate in the development PKI. */
import { bitString, boolean, element, integer, oid, sequence, TAG, tagged } from '../../pades/der.ts';
import { extension } from './certificate.ts';

/** Where the PKI answers, as its certificates say. */
export interface Addresses {
  readonly ocsp: string;
  readonly issuerCertificate: string;
  readonly crl: string;
}

/** Policies under the example arc of ITU-T X.660 (2.999): seals of this PKI claim nothing, least of all to be qualified. */
export const SEAL_POLICY = '2.999.1.1';
export const TIME_STAMP_POLICY = '2.999.1.2';

const PURPOSE = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

/** Bits of KeyUsage, first byte (RFC 5280 §4.2.1.3). */
const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;
const KEY_CERT_SIGN = 0x04;
const CRL_SIGN = 0x02;

/** A certification authority; `pathLength` more of them may follow, or any number when undefined. */
export function caExtensions(pathLength?: number, addresses?: Addresses): Buffer[] {
  const limit = pathLength === undefined ? [] : [integer(pathLength)];
  return [
    extension('2.5.29.19', true, sequence(boolean(true), ...limit)),
    keyUsage(KEY_CERT_SIGN | CRL_SIGN),
    ...(addresses === undefined ? [] : [crlDistribution(addresses), informationAccess(addresses, false)]),
  ];
}

/** A certificate of a legal person's seal (ETSI EN 319 412-3). */
export function sealExtensions(addresses: Addresses): Buffer[] {
  return [
    keyUsage(DIGITAL_SIGNATURE | NON_REPUDIATION),
    extension('2.5.29.32', false, sequence(sequence(oid(SEAL_POLICY)))),
    crlDistribution(addresses),
    informationAccess(addresses, true),
  ];
}

/** A time-stamping authority: its one purpose is critical (RFC 3161 §2.3). */
export function timeStampExtensions(addresses: Addresses): Buffer[] {
  return [
    keyUsage(DIGITAL_SIGNATURE | NON_REPUDIATION),
    extension('2.5.29.37', true, sequence(oid(PURPOSE.timeStamping))),
    crlDistribution(addresses),
    informationAccess(addresses, true),
  ];
}

/** A delegated OCSP responder whose own revocation nobody need ask for (RFC 6960 §4.2.2.2). */
export function ocspExtensions(): Buffer[] {
  return [
    keyUsage(DIGITAL_SIGNATURE),
    extension('2.5.29.37', false, sequence(oid(PURPOSE.ocspSigning))),
    extension('1.3.6.1.5.5.7.48.1.5', false, element(TAG.null)),
  ];
}

/** One end of a TLS connection, reached at this machine's own address and name where it is the server (RFC 5280 §4.2.1.6). */
export function tlsExtensions(): Buffer[] {
  const [localhost, loopback] = [
    element(0x82, Buffer.from('localhost')),
    element(0x87, Buffer.from([127, 0, 0, 1])),
  ];
  return [
    keyUsage(DIGITAL_SIGNATURE),
    extension('2.5.29.37', false, sequence(oid(PURPOSE.serverAuth), oid(PURPOSE.clientAuth))),
    extension('2.5.29.17', false, sequence(localhost, loopback)),
  ];
}

function keyUsage(bits: number): Buffer {
  // A named bit list loses its trailing zero bits in DER (X.690 §11.2.2).
  const unused = 31 - Math.clz32(bits & -bits);
  return extension('2.5.29.15', true, bitString(Buffer.from([bits]), unused));
}

function crlDistribution({ crl }: Addresses): Buffer {
  return extension('2.5.29.31', false, sequence(sequence(tagged(0, tagged(0, uri(crl))))));
}

function informationAccess({ ocsp, issuerCertificate }: Addresses, withOcsp: boolean): Buffer {
  const places = [sequence(oid('1.3.6.1.5.5.7.48.2'), uri(issuerCertificate))];
  if (withOcsp) places.unshift(sequence(oid('1.3.6.1.5.5.7.48.1'), uri(ocsp)));
  return extension('1.3.6.1.5.5.7.1.1', false, sequence(...places));
}

/** GeneralName uniformResourceIdentifier [6]. */
function uri(address: string): Buffer {
  return element(0x86, Buffer.from(address, 'latin1'));
}
