/** Builds the CMS SignedData (RFC 5652) of a seal, profiles PAdES B-B and B-T (ETSI EN 319 142-1 §6). */
import { createHash } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';
import { type SealSuite, sealSuiteOf } from './algorithm.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { integer, octetString, oid, sequence, setOf, tagged } from './der.ts';
import { readOnly } from './der-reader.ts';
import { type Form, fillForm, formOf } from './form.ts';

/** What is signed, and what goes into the SignedData beside the signature. */
export interface SignedContent {
  /** Object identifier of the content's type. */
  readonly contentType: string;
  /** The content's digest, with the hash of the signer's suite. */
  readonly digest: Buffer;
  /** The content itself when it is carried inside; a seal leaves it in the PDF. */
  readonly content?: Buffer;
  /** Certificates to carry, DER. */
  readonly certificates: readonly Buffer[];
}

/** Object identifiers of content types and attributes (RFC 5652 §4, §11; RFC 5035 §3). */
export const ID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampToken: '1.2.840.113549.1.9.16.2.14',
} as const;

/** Gives a time-stamp token (RFC 3161, DER) over a SHA-256. */
export type TimeStamp = (imprint: Buffer) => Promise<Buffer>;

/**
 * Signs the `digest` of a content that stays outside, made with `suiteOf(signer).hash`: the signature value of a seal, DER.
 * With `timeStamp` it carries a token over the signature as unsigned attribute (RFC 3161 App. A).
 */
export async function signDetached(signer: Signer, digest: Buffer, timeStamp?: TimeStamp): Promise<Buffer> {
  const attributes = fillForm(prepare(signer).attributes, [digest]);
  const signature = await signer.sign(attributes);
  if (timeStamp === undefined) return fillForm(formOfSeal(signer, signature.length), [digest, signature]);
  const imprint = createHash('sha256').update(signature).digest();
  return assemble(signer, sealOf(signer, digest), attributes, signature, await timeStamp(imprint));
}

/** The seals of one signer whose signatures are of one length differ in digest and signature alone. */
function formOfSeal(signer: Signer, signatureBytes: number): Form {
  const { seals, digestBytes } = prepare(signer);
  const known = seals.get(signatureBytes);
  if (known !== undefined) return known;
  const form = formOf([digestBytes, signatureBytes], ([digest = NONE, signature = NONE]) => {
    const content = sealOf(signer, digest);
    return assemble(signer, content, signedAttributes(signer, content), signature);
  });
  seals.set(signatureBytes, form);
  return form;
}

/** Signs a content with attributes content-type, message-digest and signing-certificate-v2; gives a ContentInfo, DER. */
export async function signContent(signer: Signer, content: SignedContent): Promise<Buffer> {
  const attributes = signedAttributes(signer, content);
  return assemble(signer, content, attributes, await signer.sign(attributes));
}

/**
 * The most bytes `signDetached` gives for this signer and a token of at most `tokenBytes`, or none: the exact room that a
 * PDF must leave for its seal.
 */
export function signedDataBytes(signer: Signer, tokenBytes = 0): number {
  const known = rooms.get(signer);
  if (known?.tokenBytes === tokenBytes) return known.room;
  const room = measureRoom(signer, tokenBytes);
  rooms.set(signer, { tokenBytes, room });
  return room;
}

/** The documents of a signer follow each other with the same room. */
const rooms = new WeakMap<Signer, { readonly tokenBytes: number; readonly room: number }>();

function measureRoom(signer: Signer, tokenBytes: number): number {
  const content = sealOf(signer, Buffer.alloc(prepare(signer).digestBytes));
  const longest = Buffer.alloc(signer.signatureBytes);
  const token = tokenBytes === 0 ? undefined : Buffer.alloc(tokenBytes);
  return assemble(signer, content, signedAttributes(signer, content), longest, token).length;
}

function sealOf(signer: Signer, digest: Buffer): SignedContent {
  return { contentType: ID.data, digest, certificates: [signer.certificate, ...signer.chain] };
}

/**
 * Writes the value of the attribute signing-certificate-v2 (RFC 5035 §3): the certificate's SHA-256, whose algorithm is
 * the default and therefore left out, with its issuer and serial number.
 */
export function signingCertificateV2(certificate: Certificate): Buffer {
  const hash = createHash('sha256').update(certificate.der).digest();
  const issuerSerial = sequence(sequence(tagged(4, certificate.issuer)), certificate.serial);
  return sequence(sequence(sequence(octetString(hash), issuerSerial)));
}

/** Writes the IssuerAndSerialNumber by which a SignerInfo names its certificate (RFC 5652 §10.2.4). */
export function signerIdOf(certificate: Certificate): Buffer {
  return sequence(certificate.issuer, certificate.serial);
}

/** The suite in which a signer signs, by its key. */
export function suiteOf({ algorithm }: Pick<Signer, 'algorithm'>): SealSuite {
  const [family, bits] = algorithm.split('-');
  return sealSuiteOf(family === 'rsa' ? 'rsa' : 'ec', Number(bits));
}

interface Prepared {
  readonly signerId: Buffer;
  readonly signingCertificate: Buffer;
  readonly suite: SealSuite;
  readonly digestAlgorithms: Buffer;
  readonly digestBytes: number;
  /** The signed attributes of a seal, without the digest. */
  readonly attributes: Form;
  /** The seals themselves, by the length of their signature. */
  readonly seals: Map<number, Form>;
}

/** What depends on the signer alone, made once: the rest of a seal costs less than reading the certificate again. */
const prepared = new WeakMap<Signer, Prepared>();

function prepare(signer: Signer): Prepared {
  const known = prepared.get(signer);
  if (known !== undefined) return known;
  const certificate = parseCertificate(signer.certificate);
  const suite = suiteOf(signer);
  const digestBytes = suite.hash === 'sha384' ? 48 : 32;
  const signingCertificate = attribute(OID.signingCertificateV2, signingCertificateV2(certificate));
  const made: Prepared = {
    signerId: signerIdOf(certificate),
    signingCertificate,
    suite,
    digestAlgorithms: setOf(suite.digestAlgorithm),
    digestBytes,
    attributes: formOf([digestBytes], ([digest = NONE]) =>
      writeAttributes(ID.data, digest, signingCertificate),
    ),
    seals: new Map(),
  };
  prepared.set(signer, made);
  return made;
}

function signedAttributes(signer: Signer, { contentType, digest }: SignedContent): Buffer {
  return writeAttributes(contentType, digest, prepare(signer).signingCertificate);
}

/** No signing-time: PAdES states the time in the signature dictionary (ETSI EN 319 142-1 §6.3). */
function writeAttributes(contentType: string, digest: Buffer, signingCertificate: Buffer): Buffer {
  return setOf(
    attribute(OID.contentType, oidOf(contentType)),
    attribute(OID.messageDigest, octetString(digest)),
    signingCertificate,
  );
}

function assemble(
  signer: Signer,
  content: SignedContent,
  attributes: Buffer,
  signature: Buffer,
  timeStamp?: Buffer,
): Buffer {
  const { signerId, suite, digestAlgorithms } = prepare(signer);
  const signerInfo = sequence(
    ONE,
    signerId,
    suite.digestAlgorithm,
    // Signed as SET OF, embedded under the tag [0] (RFC 5652 §5.4).
    tagged(0, readOnly(attributes).content),
    suite.signatureAlgorithm,
    octetString(signature),
    ...(timeStamp === undefined ? [] : [tagged(1, attribute(OID.timeStampToken, timeStamp))]),
  );
  const inside = content.content === undefined ? [] : [tagged(0, octetString(content.content))];
  const certificates = [...content.certificates].sort((one, other) => Buffer.compare(one, other));
  const signedData = sequence(
    // Version 3 for contents other than plain data (RFC 5652 §5.1).
    content.contentType === ID.data ? ONE : integer(3),
    digestAlgorithms,
    sequence(oidOf(content.contentType), ...inside),
    ...(certificates.length === 0 ? [] : [tagged(0, ...certificates)]),
    setOf(signerInfo),
  );
  return sequence(OID.signedData, tagged(0, signedData));
}

const NONE = Buffer.alloc(0);
/** What every seal has, written once. */
const ONE = integer(1);
const OID = {
  data: oid(ID.data),
  signedData: oid(ID.signedData),
  contentType: oid(ID.contentType),
  messageDigest: oid(ID.messageDigest),
  signingCertificateV2: oid(ID.signingCertificateV2),
  timeStampToken: oid(ID.timeStampToken),
} as const;

function oidOf(contentType: string): Buffer {
  return contentType === ID.data ? OID.data : oid(contentType);
}

function attribute(type: Buffer, value: Buffer): Buffer {
  return sequence(type, setOf(value));
}
