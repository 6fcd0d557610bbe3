/** Verifies the seal of a document: strict on the one profile we seal with, of everything else it says what it is not. */
import type { SealVerdict } from '../domain/verification.ts';
import { ServiceError } from '../errors.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import type { PathTrust } from '../pades/path.ts';
import { parseRevocationList } from '../pades/revocation-list.ts';
import { checkPaths, findSealPaths, type Trusted } from './chain.ts';
import { type OpenedSeal, openSeal } from './cms.ts';
import { addEvidence } from './security-store.ts';
import { checkStructure, type Structure } from './structure.ts';
import { checkTimeStamp, type JudgedTimeStamp } from './time-stamp.ts';
import { type Fault, failed, isFault, undecided } from './verdict.ts';

/** Certificates to rely on, DER. */
export interface PinnedCertificates {
  readonly anchors: readonly Buffer[];
  readonly intermediates: readonly Buffer[];
}

/** What a verdict rests on; certificates and lists are DER. */
export interface SealTrust {
  /** The roots. */
  readonly anchors: readonly Buffer[];
  /** The issuing authorities whose seals count; certificates inside a document add nothing to them. */
  readonly intermediates: readonly Buffer[];
  /**
   * When given, seals count only in the names of these certificates: an issuing authority has other customers, and their
   * seals are as genuine as ours. Names are compared as their bytes. A certificate of the same name must also assert the
   * policies of one of these: we may have others of our issuer, for other uses.
   */
  readonly holders?: readonly Buffer[] | undefined;
  /** When given, each certificate below the root must be covered by a current list of its issuer. */
  readonly crls?: readonly Buffer[];
  /** Whose time-stamps count; without it none does. */
  readonly timeStamps?: PinnedCertificates;
  /** The moment at which the seal is known to have existed: now, or when the register says it was issued. */
  readonly at: Date;
}

/**
 * Gives the verdict on the seal of any bytes. It is passed only by a file of one revision that the seal covers whole, with a
 * signature of the profile PAdES B-B, B-T or B-LT, made by a pinned issuer's certificate that was valid and not revoked: at
 * the time of its time-stamp, where it has one, else at `trust.at`. A time-stamp must hold at `trust.at`.
 * Throws `configurationInvalid` when a certificate or list of `trust` cannot be read; never because of `pdf`.
 */
export function verifySeal(pdf: Buffer, trust: SealTrust): SealVerdict {
  const pinned = readTrust(trust);
  const structure = checkStructure(pdf);
  if (isFault(structure)) return structure;
  const seal = openSeal(pdf, structure.gap);
  if (isFault(seal)) return seal;
  const signer = describeSigner(seal.signer);
  if (seal.fault !== undefined) return { ...seal.fault, signer };
  const evidence = addEvidence(pinned.evidence, structure.store);
  // Before anything that names the signer as somebody's: what a stranger sealed proves nothing whoever stamped it.
  const paths = findSealPaths(seal.signer, pinned);
  if (isFault(paths)) return { ...paths, signer };
  const stranger = checkHolder(seal.signer, pinned.holders);
  if (stranger !== undefined) return { ...stranger, signer };
  const stamped = judgeTimeStamp(seal, structure, { ...pinned, evidence });
  if (stamped !== undefined && isFault(stamped)) return { ...stamped, signer };
  const trusted = { ...pinned, evidence, at: stamped?.time ?? pinned.at };
  const fault = checkPaths(paths, trusted) ?? checkOthers(seal.others, trusted);
  const timeStamp = stamped && { timeStamp: stamped };
  if (fault !== undefined) return { ...fault, signer, ...timeStamp };
  return {
    indication: 'TOTAL_PASSED',
    explanation: 'the file is unchanged since it was sealed, and the seal is valid',
    signer,
    level: stamped === undefined ? 'B-B' : structure.store === undefined ? 'B-T' : 'B-LT',
    ...timeStamp,
  };
}

function checkHolder(
  { subject, subjectName, policies }: Certificate,
  holders: readonly Certificate[] | undefined,
): Fault | undefined {
  if (holders === undefined) return undefined;
  const ours = holders.filter((one) => one.subject.equals(subject));
  if (ours.length === 0)
    return undecided('SIG_CONSTRAINTS_FAILURE', `the seal is that of somebody else: ${subjectName}`);
  const isUnderPolicy = ours.some((one) => one.policies.every((policy) => policies.includes(policy)));
  return isUnderPolicy
    ? undefined
    : undecided('SIG_CONSTRAINTS_FAILURE', 'the certificate was not issued under the policy of our seals');
}

function judgeTimeStamp(
  { timeStamp, signature }: OpenedSeal,
  { store }: Structure,
  trusted: Pinned,
): JudgedTimeStamp | Fault | undefined {
  if (timeStamp !== undefined) return checkTimeStamp(timeStamp, signature, trusted);
  return store === undefined
    ? undefined
    : failed('FORMAT_FAILURE', 'the file carries validation data but no time-stamp');
}

/** What a document carries beside the signer's certificate is not signed: it must be what is pinned, byte for byte. */
function checkOthers(others: readonly Certificate[], { anchors, intermediates }: Trusted): Fault | undefined {
  const pinned = [...intermediates, ...anchors];
  const isKnown = others.every((other) => pinned.some(({ der }) => der.equals(other.der)));
  const isUnique = others.every((other, at) => !others.slice(0, at).some(({ der }) => der.equals(other.der)));
  return isKnown && isUnique
    ? undefined
    : failed('FORMAT_FAILURE', 'the seal carries certificates that are not those of its issuers');
}

function describeSigner(certificate: Certificate): NonNullable<SealVerdict['signer']> {
  return {
    subject: certificate.subjectName,
    issuer: certificate.issuerName,
    serialNumber: certificate.serialNumber,
  };
}

interface Pinned extends Trusted {
  /** In whose names seals count; undefined: in any. */
  readonly holders: readonly Certificate[] | undefined;
  readonly timeStamps: PathTrust | undefined;
}

function readTrust({ anchors, intermediates, holders, crls, timeStamps, at }: SealTrust): Pinned {
  try {
    return {
      ...readPinned({ anchors, intermediates }),
      holders: holders?.map(parseCertificate),
      timeStamps: timeStamps && readPinned(timeStamps),
      evidence: crls && { lists: crls.map(parseRevocationList), answers: [] },
      at,
    };
  } catch (cause) {
    if (!(cause instanceof MalformedDer)) throw cause;
    throw new ServiceError(
      'configurationInvalid',
      'a certificate or revocation list this service relies on cannot be read',
      { cause },
    );
  }
}

function readPinned({ anchors, intermediates }: PinnedCertificates): PathTrust {
  return { anchors: anchors.map(parseCertificate), intermediates: intermediates.map(parseCertificate) };
}
