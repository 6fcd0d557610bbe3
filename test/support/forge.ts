/** Makes seals that an attacker, or a faulty sealer, would make: any SignedData in any PDF. */
import { createHash } from 'node:crypto';
import type { Signer } from '../../src/keys/signer.ts';

import { digestAround, fillByteRange, type SealGap } from '../../src/pades/byte-range.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { element, integer, octetString, oid, sequence, setOf, TAG, tagged } from '../../src/pades/der.ts';
import { readOnly } from '../../src/pades/der-reader.ts';
import { ID, signerIdOf, signingCertificateV2, suiteOf } from '../../src/pades/signed-data.ts';
import { createPdf, type PdfShape } from './pdf.ts';

/** What differs from the profile; what is left out is as it should be. DER throughout. */
export interface Forgery {
  readonly version?: number;
  readonly digestAlgorithm?: Buffer;
  readonly digestAlgorithms?: readonly Buffer[];
  readonly signatureAlgorithm?: Buffer;
  readonly certificates?: readonly Buffer[];
  /** Instead of content-type, message-digest and signing-certificate-v2. */
  readonly attributes?: (standard: StandardAttributes) => readonly Buffer[];
  /** Writes the attributes in the order given instead of sorting them. */
  readonly isUnsorted?: boolean;
  /** Elements at the end of the SignerInfo, where unsigned attributes would stand. */
  readonly afterSignature?: readonly Buffer[];
  readonly signerInfos?: (signerInfo: Buffer) => readonly Buffer[];
  /** The type of content that the SignedData names beside its attributes. */
  readonly contentType?: string;
  /** Elements after the signers. */
  readonly afterSigners?: readonly Buffer[];
  /** The content carried inside. */
  readonly inside?: Buffer;
  readonly signature?: (signature: Buffer) => Buffer;
  /** Bytes after the SignedData, still in the gap. */
  readonly padding?: Buffer;
  /** The digest that the attribute states, instead of that of the file. */
  readonly digest?: Buffer;
}

export interface StandardAttributes {
  readonly contentType: Buffer;
  readonly messageDigest: Buffer;
  readonly signingCertificate: Buffer;
}

/** Writes an attribute with its values. */
export function attribute(type: string, ...values: readonly Buffer[]): Buffer {
  return sequence(oid(type), setOf(...values));
}

/** Makes a PDF of the given shape and seals it with this forgery. */
export async function forgePdf(signer: Signer, forgery: Forgery = {}, shape: PdfShape = {}): Promise<Buffer> {
  const size = (await forgeSignedData(signer, createHash(suiteOf(signer).hash).digest(), forgery)).length;
  return forgeSeal(await createPdf(size, shape), signer, forgery);
}

/** Seals a PDF with a ByteRange of the forger's choice: `range` gives `[0 a b c]` from the honest gap. */
export async function forgeRange(
  unsigned: Buffer,
  signer: Signer,
  range: (gap: SealGap, length: number) => readonly [number, number, number, number],
): Promise<Buffer> {
  const pdf = Buffer.from(unsigned);
  const gap = fillByteRange(pdf);
  if (gap === undefined) throw new Error('no placeholder');
  const [, a, b, c] = range(gap, pdf.length);
  const at = pdf.indexOf('/ByteRange');
  pdf.write(`/ByteRange [0 ${a} ${b} ${c}]`.padEnd(pdf.indexOf('\n', at) - at), at, 'latin1');
  const signed = Buffer.concat([pdf.subarray(0, a), pdf.subarray(b, b + c)]);
  const signedData = await forgeSignedData(signer, createHash('sha256').update(signed).digest(), {});
  pdf.write(signedData.toString('hex'), gap.start + 1, 'latin1');
  return pdf;
}

/** Seals an unsigned PDF whose room is that of this forgery, up to the few bytes by which ECDSA signatures differ. */
export async function forgeSeal(unsigned: Buffer, signer: Signer, forgery: Forgery = {}): Promise<Buffer> {
  const pdf = Buffer.from(unsigned);
  const gap = fillByteRange(pdf);
  if (gap === undefined) throw new Error('no placeholder');
  const signedData = await forgeSignedData(signer, digestAround(pdf, gap, suiteOf(signer).hash), forgery);
  if (signedData.length * 2 > gap.end - gap.start - 2) return forgeSeal(unsigned, signer, forgery);
  pdf.write(signedData.toString('hex'), gap.start + 1, 'latin1');
  return pdf;
}

/** Makes a SignedData over a digest. */
export async function forgeSignedData(signer: Signer, digest: Buffer, forgery: Forgery): Promise<Buffer> {
  const certificate = parseCertificate(signer.certificate);
  const standard = {
    contentType: attribute(ID.contentType, oid(ID.data)),
    messageDigest: attribute(ID.messageDigest, octetString(forgery.digest ?? digest)),
    signingCertificate: attribute(ID.signingCertificateV2, signingCertificateV2(certificate)),
  };
  const list = forgery.attributes?.(standard) ?? Object.values(standard);
  const attributes = forgery.isUnsorted === true ? element(TAG.set, ...list) : setOf(...list);
  const signature = await signer.sign(attributes);
  const digestAlgorithm = forgery.digestAlgorithm ?? suiteOf(signer).digestAlgorithm;
  const signerInfo = sequence(
    integer(1),
    signerIdOf(certificate),
    digestAlgorithm,
    tagged(0, readOnly(attributes).content),
    forgery.signatureAlgorithm ?? suiteOf(signer).signatureAlgorithm,
    octetString(forgery.signature?.(signature) ?? signature),
    ...(forgery.afterSignature ?? []),
  );
  const certificates = [...(forgery.certificates ?? [signer.certificate, ...signer.chain])];
  const signedData = sequence(
    integer(forgery.version ?? 1),
    setOf(...(forgery.digestAlgorithms ?? [digestAlgorithm])),
    sequence(
      oid(forgery.contentType ?? ID.data),
      ...(forgery.inside === undefined ? [] : [tagged(0, octetString(forgery.inside))]),
    ),
    tagged(0, ...certificates.sort((one, other) => Buffer.compare(one, other))),
    setOf(...(forgery.signerInfos?.(signerInfo) ?? [signerInfo])),
    ...(forgery.afterSigners ?? []),
  );
  return Buffer.concat([
    sequence(oid(ID.signedData), tagged(0, signedData)),
    forgery.padding ?? Buffer.alloc(0),
  ]);
}

/**
 * Applies an edit to a PDF of one revision, as text with one character per byte, and writes its cross-reference table and
 * startxref anew, so that only the edit itself is wrong with it.
 */
export function editPdf(pdf: Buffer, edit: (text: string) => string): Buffer {
  const text = edit(pdf.toString('latin1'));
  const table = text.lastIndexOf('\nxref\n') + 1;
  const offsets = new Map<number, number>();
  for (const match of text.slice(0, table).matchAll(/(?<=%\S{4}\n|endobj\n)(\d+) 0 obj\n/g)) {
    offsets.set(Number(match[1]), match.index);
  }
  const rows = [...offsets.entries()]
    .sort(([one], [other]) => one - other)
    .map(([, offset]) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const head = `xref\n0 ${rows.length + 1}\n0000000000 65535 f \n${rows.join('')}`;
  const trailer = text
    .slice(text.lastIndexOf('trailer\n'))
    .replace(/\/Size \d+/, `/Size ${rows.length + 1}`)
    .replace(/startxref\n\d+/, `startxref\n${table}`);
  return Buffer.from(text.slice(0, table) + head + trailer, 'latin1');
}
