/** What each check of a file found, one line a check, for whoever wants to know more than the verdict. */
import { isVouchedFor } from '../domain/verdict.ts';
import type { AttestationStatus, SealLevel, SubIndication } from '../domain/verification.ts';
import type { Texts } from './texts.ts';
import type { Report } from './verdict.ts';

/** How a check went; `open` could not be decided, or was not reached. */
export type Outcome = 'passed' | 'failed' | 'open';

export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  /** The outcome in a word. */
  readonly mark: string;
  readonly finding: string;
  /** A name or a number that goes with it. */
  readonly detail?: string;
}

/** Lists the checks of a report in the order in which they build on each other. */
export function checksOf(report: Report, { t, dateTime }: Texts): readonly Check[] {
  const { signature, timeStamp } = report;
  const marks: Readonly<Record<Outcome, string>> = {
    passed: t('check.passed'),
    failed: t('check.failed'),
    open: t('check.open'),
  };
  const line = (name: string, { outcome, text }: Finding, detail?: string): Check => ({
    name,
    outcome,
    mark: marks[outcome],
    finding: t(text),
    ...(detail !== undefined && { detail }),
  });
  const signer = isVouchedFor(signature) ? signature.signer : undefined;
  return [
    line(t('check.register'), REGISTER[report.status]),
    line(t('check.integrity'), integrityOf(report)),
    line(t('check.signer'), signer === undefined ? NO_SIGNER : SIGNER, signer?.subject),
    line(t('check.certificate'), certificateOf(signature), signer?.issuer),
    ...(signature.level === undefined
      ? []
      : [line(t('check.level'), LEVELS[signature.level], signature.level)]),
    ...(timeStamp === undefined
      ? []
      : [line(t('check.timeStamp'), STAMPED, `${dateTime(timeStamp.time)} – ${timeStamp.authority}`)]),
  ];
}

interface Finding {
  readonly outcome: Outcome;
  /** A key of the texts. */
  readonly text: string;
}

const REGISTER: Readonly<Record<AttestationStatus, Finding>> = {
  valid: { outcome: 'passed', text: 'check.registerValid' },
  superseded: { outcome: 'failed', text: 'check.registerSuperseded' },
  revoked: { outcome: 'failed', text: 'check.registerRevoked' },
  expired: { outcome: 'failed', text: 'check.registerExpired' },
  notYetValid: { outcome: 'failed', text: 'check.registerNotYetValid' },
  erased: { outcome: 'open', text: 'check.registerErased' },
  unknown: { outcome: 'failed', text: 'check.registerUnknown' },
};

/** ETSI EN 319 142-1 §6. */
const LEVELS: Readonly<Record<SealLevel, Finding>> = {
  'B-B': { outcome: 'passed', text: 'check.levelBasic' },
  'B-T': { outcome: 'passed', text: 'check.levelStamped' },
  'B-LT': { outcome: 'passed', text: 'check.levelLasting' },
};
const STAMPED: Finding = { outcome: 'passed', text: 'check.stamped' };

const SIGNER: Finding = { outcome: 'passed', text: 'check.signerKnown' };
const NO_SIGNER: Finding = { outcome: 'open', text: 'check.signerUnknown' };

function integrityOf({ status, signature }: Report): Finding {
  if (status !== 'unknown') return { outcome: 'passed', text: 'check.integrityIssued' };
  switch (reasonOf(signature)) {
    case 'FORMAT_FAILURE':
      return { outcome: 'failed', text: 'check.integrityForm' };
    case 'HASH_FAILURE':
      return { outcome: 'failed', text: 'check.integrityChanged' };
    case 'SIG_CRYPTO_FAILURE':
      return { outcome: 'failed', text: 'check.integritySignature' };
    case 'NO_SIGNING_CERTIFICATE_FOUND':
    case 'CRYPTO_CONSTRAINTS_FAILURE':
      return { outcome: 'open', text: 'check.integrityOpen' };
    case 'NO_CERTIFICATE_CHAIN_FOUND':
    case 'SIG_CONSTRAINTS_FAILURE':
    case 'OUT_OF_BOUNDS_NOT_REVOKED':
    case 'REVOKED_NO_POE':
    case 'TIMESTAMP_ORDER_FAILURE':
    case 'none':
      return { outcome: 'passed', text: 'check.integritySealed' };
  }
}

function certificateOf(signature: Report['signature']): Finding {
  switch (reasonOf(signature)) {
    case 'none':
      return signature.indication === 'TOTAL_PASSED'
        ? { outcome: 'passed', text: 'check.certificateValid' }
        : { outcome: 'open', text: 'check.certificateRevocationOpen' };
    case 'OUT_OF_BOUNDS_NOT_REVOKED':
      return { outcome: 'failed', text: 'check.certificateExpired' };
    case 'REVOKED_NO_POE':
      return { outcome: 'failed', text: 'check.certificateRevoked' };
    case 'NO_CERTIFICATE_CHAIN_FOUND':
      return { outcome: 'failed', text: 'check.certificateForeign' };
    case 'SIG_CONSTRAINTS_FAILURE':
      return { outcome: 'failed', text: 'check.certificatePurpose' };
    case 'NO_SIGNING_CERTIFICATE_FOUND':
    case 'CRYPTO_CONSTRAINTS_FAILURE':
    case 'FORMAT_FAILURE':
    case 'HASH_FAILURE':
    case 'SIG_CRYPTO_FAILURE':
    case 'TIMESTAMP_ORDER_FAILURE':
      return { outcome: 'open', text: 'check.certificateOpen' };
  }
}

/** A seal that failed for no reason that is told is taken for none at all. */
function reasonOf({ indication, subIndication }: Report['signature']): SubIndication | 'none' {
  return subIndication ?? (indication === 'TOTAL_FAILED' ? 'FORMAT_FAILURE' : 'none');
}
