/** What goes to a verifier process and what comes back, as JSON beside the bytes of the file. */
import type { SealVerdict } from '../domain/verification.ts';
import type { Examination } from '../verify/examine.ts';
import type { PinnedCertificates, SealTrust } from '../verify/seal.ts';
import type { UnpackedFile, UnpackFault } from './unpack.ts';

/** What a file is examined with. */
export interface ExaminationTrust {
  readonly seal: SealTrust;
  /** The certificates of our seals, DER. */
  readonly certificates: readonly Buffer[];
}

/** Asks for the files of an archive, in place of what a file is examined with. */
export const UNPACK = 'unpack';

interface PackedCertificates {
  readonly anchors: readonly string[];
  readonly intermediates: readonly string[];
}

/** Binary as base64, moments as ISO 8601. */
export interface PackedTrust extends PackedCertificates {
  readonly crls?: readonly string[];
  readonly timeStamps?: PackedCertificates;
  readonly at: string;
  readonly certificates: readonly string[];
}

type PackedVerdict = Omit<SealVerdict, 'timeStamp'> & {
  readonly timeStamp?: Omit<NonNullable<SealVerdict['timeStamp']>, 'time'> & { readonly time: string };
};

/** An examination as it comes back. */
export type PackedExamination = Omit<Examination, 'signature'> & { readonly signature: PackedVerdict };

/** Packs what a file is examined with. */
export function packTrust({ seal, certificates }: ExaminationTrust): PackedTrust {
  const { crls, timeStamps, at } = seal;
  return {
    ...packCertificates(seal),
    ...(crls && { crls: crls.map(pack) }),
    ...(timeStamps && { timeStamps: packCertificates(timeStamps) }),
    at: at.toISOString(),
    certificates: certificates.map(pack),
  };
}

/** Gives what was packed. */
export function unpackTrust(packed: PackedTrust): ExaminationTrust {
  const { crls, timeStamps, at, certificates } = packed;
  const seal = {
    ...unpackCertificates(packed),
    ...(crls && { crls: crls.map(unpack) }),
    ...(timeStamps && { timeStamps: unpackCertificates(timeStamps) }),
    at: new Date(at),
  };
  return { seal, certificates: certificates.map(unpack) };
}

/** Gives an examination that came back; undefined for what is none, as a process that was taken over may send anything. */
export function unpackExamination(head: unknown): Examination | undefined {
  if (typeof head !== 'object' || head === null || !('signature' in head)) return undefined;
  // Written by `verify.process`; the register alone makes a file valid, so a lie gains nothing.
  const { signature, ...rest } = head as PackedExamination;
  const { timeStamp, ...verdict } = signature;
  return {
    ...rest,
    signature: {
      ...verdict,
      ...(timeStamp && { timeStamp: { ...timeStamp, time: new Date(timeStamp.time) } }),
    },
  };
}

/** Gives the files of an archive that came back, or why it is refused; undefined for what is neither. */
export function unpackFiles(head: unknown, all: Buffer): readonly UnpackedFile[] | UnpackFault | undefined {
  if (typeof head !== 'object' || head === null) return undefined;
  // Written by `verify.process`: the length of each file counts from the end of the one before.
  const { files, refused } = head as { files?: { name: string; length: number }[]; refused?: UnpackFault };
  if (files === undefined) return refused;
  let at = 0;
  return files.map(({ name, length }) => {
    at += length;
    return { name, bytes: all.subarray(at - length, at) };
  });
}

function packCertificates({ anchors, intermediates }: PinnedCertificates): PackedCertificates {
  return { anchors: anchors.map(pack), intermediates: intermediates.map(pack) };
}

function unpackCertificates({ anchors, intermediates }: PackedCertificates): PinnedCertificates {
  return { anchors: anchors.map(unpack), intermediates: intermediates.map(unpack) };
}

function pack(der: Buffer): string {
  return der.toString('base64');
}

function unpack(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
