/** Reads the CMS SignedData (RFC 5652) of a seal, and nothing that the profile of our seals does not have. */
import { element, TAG } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readChildren,
  readNumber,
  readOid,
  readOnly,
  readSequence,
} from './der-reader.ts';
import { ID } from './signed-data.ts';

/** A SignedData as read: one signer, signed attributes, unsigned nothing but a time-stamp. */
export interface SignedData {
  readonly contentType: string;
  readonly certificates: readonly Buffer[];
  /** AlgorithmIdentifiers, DER. */
  readonly digestAlgorithm: Buffer;
  readonly signatureAlgorithm: Buffer;
  /** IssuerAndSerialNumber of the signer's certificate, DER. */
  readonly signerId: Buffer;
  /** What the signature covers: the attributes as SET, DER (RFC 5652 §5.4). */
  readonly signedAttributes: Buffer;
  /** Attribute type → its one value, DER. */
  readonly attributes: ReadonlyMap<string, Buffer>;
  readonly signature: Buffer;
  /** The time-stamp token over the signature, DER: the one unsigned attribute there may be (ETSI EN 319 122-1 §5.3). */
  readonly timeStamp: Buffer | undefined;
}

/**
 * Reads the SignedData of a seal. Throws `MalformedDer` for whatever the profile does not have: other versions, content
 * inside, several signers, revocation lists, unsigned attributes but one time-stamp, attributes unsorted, repeated or with
 * several values.
 */
export function parseSignedData(der: Buffer): SignedData {
  const [type, wrapped, ...after] = readSequence(readOnly(der));
  if (readOid(type) !== ID.signedData || after.length > 0) throw new MalformedDer('not a SignedData');
  const fields = readSequence(readOnly(ofTag(wrapped, 0xa0).content));
  const [version, digestAlgorithms, encapsulated, certificates, signerInfos, ...others] = fields;
  if (readNumber(version) !== 1 || others.length > 0) throw new MalformedDer('not the profile of a seal');
  const [contentType, ...inside] = readSequence(encapsulated);
  if (inside.length > 0) throw new MalformedDer('the signature carries a content of its own');
  const [signerInfo, ...otherSigners] = readChildren(ofTag(signerInfos, TAG.set));
  if (otherSigners.length > 0) throw new MalformedDer('there are several signers');
  const signer = parseSignerInfo(signerInfo);
  if (!ofTag(digestAlgorithms, TAG.set).content.equals(signer.digestAlgorithm)) {
    throw new MalformedDer('the digest algorithms differ');
  }
  return {
    contentType: readOid(contentType),
    certificates: readSorted(ofTag(certificates, 0xa0)).map((one) => ofTag(one, TAG.sequence).raw),
    ...signer,
  };
}

type SignerInfo = Omit<SignedData, 'contentType' | 'certificates'>;

function parseSignerInfo(signerInfo: Element | undefined): SignerInfo {
  const fields = readSequence(signerInfo);
  const [version, signerId, digestAlgorithm, attributes, signatureAlgorithm, signature, unsigned, ...others] =
    fields;
  if (readNumber(version) !== 1)
    throw new MalformedDer('the signer is not named by issuer and serial number');
  if (others.length > 0) throw new MalformedDer('something follows the unsigned attributes');
  const set = ofTag(attributes, 0xa0);
  return {
    signerId: ofTag(signerId, TAG.sequence).raw,
    digestAlgorithm: ofTag(digestAlgorithm, TAG.sequence).raw,
    signedAttributes: element(TAG.set, set.content),
    attributes: parseAttributes(readSorted(set)),
    signatureAlgorithm: ofTag(signatureAlgorithm, TAG.sequence).raw,
    signature: ofTag(signature, TAG.octetString).content,
    timeStamp: unsigned && readTimeStamp(ofTag(unsigned, 0xa1)),
  };
}

function readTimeStamp(unsigned: Element): Buffer {
  const attributes = parseAttributes(readSorted(unsigned));
  const token = attributes.get(ID.timeStampToken);
  if (token === undefined || attributes.size > 1) {
    throw new MalformedDer('there are other unsigned attributes than one time-stamp');
  }
  return token;
}

/** Reads attributes of one value each by their type. Throws `MalformedDer`. */
export function parseAttributes(attributes: readonly Element[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const attribute of attributes) {
    const [type, values, ...others] = readSequence(attribute);
    const [value, ...otherValues] = readChildren(ofTag(values, TAG.set));
    if (value === undefined || otherValues.length > 0 || others.length > 0) {
      throw new MalformedDer('an attribute has not one value');
    }
    if (found.has(readOid(type))) throw new MalformedDer('an attribute stands twice');
    found.set(readOid(type), value.raw);
  }
  return found;
}

/** The elements of a SET OF, which DER wants in the order of their bytes (X.690 §11.6). */
function readSorted(set: Element): Element[] {
  const children = readChildren(set);
  const isSorted = children.every((child, at) => {
    const before = children[at - 1];
    return before === undefined || Buffer.compare(before.raw, child.raw) <= 0;
  });
  if (!isSorted) throw new MalformedDer('a set is not sorted');
  return children;
}
