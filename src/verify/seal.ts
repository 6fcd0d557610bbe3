/** Verifies the seal of a document: strict on the one profile we seal with, of everything else it says what it is not. */
import type { SealVerdict } from '../domain/verification.ts';
import { ServiceError } from '../errors.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import { checkChain, type Trusted } from './chain.ts';
import { openSeal } from './cms.ts';
import { checkStructure } from './structure.ts';
import { type Fault, failed, isFault } from './verdict.ts';

/** What a verdict rests on; certificates and lists are DER. */
export interface SealTrust {
  /** The roots. */
  readonly anchors: readonly Buffer[];
  /** The issuing authorities whose seals count; certificates inside a document add nothing to them. */
  readonly intermediates: readonly Buffer[];
  /** When given, each certificate below the root must be covered by a current list of its issuer. */
  readonly crls?: readonly Buffer[];
  /** The moment at which the seal is known to have existed: now, or when the register says it was issued. */
  readonly at: Date;
}

/**
 * Gives the verdict on the seal of any bytes. It is passed only by a file of one revision that the seal covers whole, with a
 * signature of the profile PAdES B-B, made by a pinned issuer's certificate that was valid and not revoked at `trust.at`.
 * Throws `configurationInvalid` when a certificate or list of `trust` cannot be read; never because of `pdf`.
 */
export function verifySeal(pdf: Buffer, trust: SealTrust): SealVerdict {
  const trusted = readTrust(trust);
  const gap = checkStructure(pdf);
  if (isFault(gap)) return gap;
  const seal = openSeal(pdf, gap);
  if (isFault(seal)) return seal;
  const fault = seal.fault ?? checkChain(seal.signer, trusted) ?? checkOthers(seal.others, trusted);
  const signer = describeSigner(seal.signer);
  if (fault !== undefined) return { ...fault, signer };
  return {
    indication: 'TOTAL_PASSED',
    explanation: 'the file is unchanged since it was sealed, and the seal is valid',
    signer,
  };
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

function readTrust({ anchors, intermediates, crls, at }: SealTrust): Trusted {
  try {
    return {
      anchors: anchors.map(parseCertificate),
      intermediates: intermediates.map(parseCertificate),
      crls,
      at,
    };
  } catch (cause) {
    if (!(cause instanceof MalformedDer)) throw cause;
    throw new ServiceError('configurationInvalid', 'a certificate this service relies on cannot be read', {
      cause,
    });
  }
}
