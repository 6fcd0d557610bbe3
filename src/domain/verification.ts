/** The verification report: what the seal says, what the register says, and the facts printed on the document. */
import type { ShownFacts } from './attestation-data.ts';
import type { DocumentLanguage } from './language.ts';
import type { LocalDate } from './period.ts';

/** ETSI EN 319 102-1 §5.1.3: the verdict on the seal alone. */
export type Indication = 'TOTAL_PASSED' | 'TOTAL_FAILED' | 'INDETERMINATE';

/** ETSI EN 319 102-1 §5.1.3, the sub-indications this service uses. */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'OUT_OF_BOUNDS_NOT_REVOKED'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'REVOKED_NO_POE'
  | 'TIMESTAMP_ORDER_FAILURE';

/**
 * How much a seal proves by itself (ETSI EN 319 142-1 §6): that it is whole (B-B), also when it was made (B-T), also that
 * its certificates were in force then, without asking anybody (B-LT).
 */
export type SealLevel = 'B-B' | 'B-T' | 'B-LT';

/** What the time-stamp of a seal states, once it was found right. */
export interface SealTimeStamp {
  readonly time: Date;
  /** Whom the certificate of the authority names. */
  readonly authority: string;
  /** Of the token, hexadecimal. */
  readonly serialNumber: string;
  /** Object identifier of the authority's policy. */
  readonly policy: string;
}

export interface SealVerdict {
  readonly indication: Indication;
  readonly subIndication?: SubIndication;
  /** One sentence in English for the operator or developer: what was found. */
  readonly explanation: string;
  readonly signer?: { readonly subject: string; readonly issuer: string; readonly serialNumber: string };
  /** Given for a seal that passed. */
  readonly level?: SealLevel;
  readonly timeStamp?: SealTimeStamp;
}

/**
 * What was done to a document after it was sealed: bytes put before or after it; a later revision that adds an annotation, a
 * signature, another page or something else; its end cut off; its content or its seal changed in place, or taken from another.
 */
export const ALTERATIONS = [
  'bytesBefore',
  'bytesAfter',
  'annotationAdded',
  'signatureAdded',
  'pageReplaced',
  'revisionAdded',
  'cutOff',
  'contentChanged',
  'sealChanged',
] as const;
export type Alteration = (typeof ALTERATIONS)[number];

/** What we seal beside attestations: the record of a check, and the evidence of a message. */
export const PAPERS = ['checkRecord', 'messageEvidence'] as const;
export type Paper = (typeof PAPERS)[number];

/**
 * What the register says of the document; `unknown` when these bytes were never issued by us, `erased` when they were and
 * nothing else is known any more.
 */
export const ATTESTATION_STATUSES = [
  'valid',
  'superseded',
  'revoked',
  'expired',
  'notYetValid',
  'erased',
  'unknown',
] as const;
export type AttestationStatus = (typeof ATTESTATION_STATUSES)[number];

/** What the bytes of a file tell by themselves: it stays so, whatever becomes of the attestation. */
export interface ExaminedFile {
  /** SHA-256 of the file looked at, hexadecimal. */
  readonly sha256: string;
  readonly signature: SealVerdict;
  /** Whether it carries a seal in our name, even one that does not hold: then it is no file of somebody else. */
  readonly isInOurName: boolean;
  /** What was done to a document of ours, where that can be told. */
  readonly alteration?: Alteration;
  /** Of a file that is no attestation: what our seal, which passed, vouches for instead. */
  readonly paper?: Paper;
  /** Of a file that our seal holds for and the register does not know: whether it knows the number on it, of another file. */
  readonly isNumberKnown?: boolean;
  /** SHA-256 of the document as it was issued, hexadecimal, where the file is that with something around it. */
  readonly original?: string;
}

/** What the register says of the code printed on a document; of the paper itself it says nothing. */
export interface CodeReport {
  readonly status: AttestationStatus;
  /** For documents of ours: what is printed on them. */
  readonly attestation?: VerifiedAttestation;
  /** The status on the day that was asked about. */
  readonly onDay?: { readonly day: LocalDate; readonly status: AttestationStatus };
  readonly checkedAt: Date;
}

export type VerificationReport = ExaminedFile & CodeReport;

export interface VerifiedAttestation {
  readonly attestationId: string;
  readonly number: string;
  readonly type: string;
  /** In which it is written. */
  readonly language: DocumentLanguage;
  readonly issuedAt: Date;
  /** Since when it is too old, for types whose attestations hold for a time only. */
  readonly expiresAt?: Date;
  /** What is printed on it; nothing of a type that is no more. */
  readonly facts: ShownFacts;
  /** When it stopped being valid, for `superseded` and `revoked`. */
  readonly endedAt?: Date;
  /** The number of the version that replaced it. */
  readonly supersededBy?: string;
}
