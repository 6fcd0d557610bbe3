/** Builds the chain from a seal's certificate to a pinned root and checks each certificate in it (RFC 5280 §6). */
import type { Certificate } from '../pades/certificate.ts';
import { findPaths, type Path, type PathTrust } from '../pades/path.ts';
import { sealPurposeFault } from '../pades/profile.ts';
import { type Evidence, findRevocation } from '../pades/revocation.ts';
import { type Fault, undecided } from './verdict.ts';

/** What the verifier relies on, read. */
export interface Trusted extends PathTrust {
  /** Undefined: whether anything was revoked is not asked. */
  readonly evidence: Evidence | undefined;
  /** When the certificates must have been valid. */
  readonly at: Date;
  /** Until when a revocation counts, where that is later than `at`: a stolen key would date back what it signs. */
  readonly revokedBy?: Date;
}

/** Gives the paths from a seal's certificate to a pinned root, or why it may not be relied on whenever it was used. */
export function findSealPaths(signer: Certificate, trusted: PathTrust): readonly Path[] | Fault {
  const paths = findPaths(signer, trusted);
  if (paths.length === 0) {
    return undecided(
      'NO_CERTIFICATE_CHAIN_FOUND',
      'the seal is not that of an issuer this service relies on',
    );
  }
  const purpose = sealPurposeFault(signer);
  return purpose === undefined
    ? paths
    : undecided('SIG_CONSTRAINTS_FAILURE', `the certificate of the seal ${purpose}`);
}

/** Says why none of some paths may be relied on, or gives undefined when one may. */
export function checkPaths(paths: readonly Path[], trusted: Trusted): Fault | undefined {
  const faults = paths.map((path) => checkCertificates(path, trusted));
  return faults.includes(undefined) ? undefined : faults[0];
}

/** Revocation and validity of all but the anchor, which is trusted as it is (RFC 5280 §6.1). */
function checkCertificates(path: Path, trusted: Trusted): Fault | undefined {
  const checked = path.slice(0, -1);
  const states = checked.map((one, at) => stateOf(one, path[at + 1], trusted));
  const revoked = checked[states.indexOf('revoked')];
  if (revoked !== undefined) {
    return undecided('REVOKED_NO_POE', `certificate ${revoked.serialNumber} was revoked`);
  }
  const outside = checked.find((one) => trusted.at < one.notBefore || trusted.at > one.notAfter);
  if (outside !== undefined)
    return undecided('OUT_OF_BOUNDS_NOT_REVOKED', describeValidity(outside, trusted.at));
  const unknown = checked[states.indexOf('unknown')];
  if (unknown !== undefined) {
    return undecided(
      undefined,
      `whether certificate ${unknown.serialNumber} was revoked is not known: no current word of its issuer`,
    );
  }
  return undefined;
}

function stateOf(certificate: Certificate, issuer: Certificate | undefined, trusted: Trusted) {
  const { evidence, at, revokedBy = at } = trusted;
  if (evidence === undefined || issuer === undefined) return 'good';
  const latest = findRevocation(certificate, issuer, evidence, revokedBy);
  return latest === 'revoked' ? latest : findRevocation(certificate, issuer, evidence, at);
}

function describeValidity({ serialNumber, notBefore, notAfter }: Certificate, at: Date): string {
  return at < notBefore
    ? `certificate ${serialNumber} is valid only from ${notBefore.toISOString()}`
    : `certificate ${serialNumber} expired on ${notAfter.toISOString()}`;
}
