/**
 * The record of a check, for whoever did it to file: what was checked, when, what was found, and what the document showed,
 * nothing more. It is sealed as a PDF that carries the same as JSON. It is no attestation, and says so.
 */
import type { ShownFacts } from './attestation-data.ts';
import type { DocumentLanguage } from './language.ts';
import { brusselsDateTime } from './period.ts';
import { isVouchedFor, judge, judgeCode, type VerdictKind } from './verdict.ts';
import type {
  AttestationStatus,
  CodeReport,
  ExaminedFile,
  SealVerdict,
  VerifiedAttestation,
} from './verification.ts';

/** Names the attached data, so that nobody takes the record for an attestation. */
export const CHECK_RECORD_KIND = 'checkRecord';

/** How it was checked: by the file, by the code printed on it, or by a link that the person made. */
export type CheckedBy = 'file' | 'code' | 'share';

/** A check as it was done; only of a file is there a seal to speak of. */
export type Check =
  | (CodeReport & { readonly by: 'code' | 'share' })
  | (CodeReport & CheckedFile & { readonly by: 'file' });

/** What a record says of a file. */
export type CheckedFile = Omit<ExaminedFile, 'signature'> & {
  readonly signature: Omit<SealVerdict, 'explanation' | 'timeStamp'>;
  readonly timeStamp?: { readonly time: Date; readonly authority: string };
};

/** What is attached to the record; moments with the offset of Brussels. */
export interface CheckRecord {
  readonly kind: typeof CHECK_RECORD_KIND;
  readonly v: 1;
  readonly language: DocumentLanguage;
  /** Of the check, as in the evidence log. */
  readonly reference: string;
  readonly checkedAt: string;
  readonly by: CheckedBy;
  readonly verdict: VerdictKind;
  readonly status: AttestationStatus;
  readonly onDay?: { readonly day: string; readonly status: AttestationStatus };
  readonly file?: {
    readonly sha256: string;
    readonly signature: CheckedFile['signature'];
    readonly timeStamp?: { readonly time: string; readonly authority: string };
    readonly alteration?: string;
  };
  readonly attestation?: ShownFacts & {
    readonly number: string;
    readonly type: string;
    readonly issuedAt: string;
    readonly endedAt?: string;
    readonly expiresAt?: string;
    readonly supersededBy?: string;
  };
}

/** Leaves of an examination what a record says: of anybody else's seal no name, as it may be a person's and is worth nothing. */
export function checkedFileOf({ signature, ...rest }: ExaminedFile): CheckedFile {
  const { indication, subIndication, signer, level, timeStamp } = signature;
  return {
    ...rest,
    signature: {
      indication,
      ...(subIndication !== undefined && { subIndication }),
      ...(signer !== undefined && isVouchedFor(signature) && { signer }),
      ...(level !== undefined && { level }),
    },
    ...(timeStamp &&
      level !== undefined && { timeStamp: { time: timeStamp.time, authority: timeStamp.authority } }),
  };
}

/** Says a check in a word. */
export function verdictOn(check: Check): VerdictKind {
  return check.by === 'file' ? judge(check) : judgeCode(check);
}

/** Writes a check down. */
export function checkRecordOf(check: Check, reference: string, language: DocumentLanguage): CheckRecord {
  const { by, checkedAt, status, onDay, attestation } = check;
  return {
    kind: CHECK_RECORD_KIND,
    v: 1,
    language,
    reference,
    checkedAt: brusselsDateTime(checkedAt),
    by,
    verdict: verdictOn(check),
    status,
    ...(onDay && { onDay }),
    ...(check.by === 'file' && { file: fileOf(check) }),
    ...(attestation && { attestation: attestationOf(attestation) }),
  };
}

function fileOf({ sha256, signature, timeStamp, alteration }: CheckedFile): NonNullable<CheckRecord['file']> {
  return {
    sha256,
    signature,
    ...(timeStamp && { timeStamp: { ...timeStamp, time: brusselsDateTime(timeStamp.time) } }),
    ...(alteration !== undefined && { alteration }),
  };
}

function attestationOf(shown: VerifiedAttestation): NonNullable<CheckRecord['attestation']> {
  const { number, type, issuedAt, endedAt, expiresAt, supersededBy, facts } = shown;
  return {
    number,
    type,
    issuedAt: brusselsDateTime(issuedAt),
    ...(endedAt && { endedAt: brusselsDateTime(endedAt) }),
    ...(expiresAt && { expiresAt: brusselsDateTime(expiresAt) }),
    ...(supersededBy !== undefined && { supersededBy }),
    ...facts,
  };
}
