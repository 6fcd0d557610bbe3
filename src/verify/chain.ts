/** Builds the chain from a seal's certificate to a pinned root and checks each certificate in it (RFC 5280 §6). */
import { isSignature } from '../pades/algorithm.ts';
import type { Certificate } from '../pades/certificate.ts';
import { sealPurposeFault } from '../pades/profile.ts';
import { findRevocation } from './revocation.ts';
import { type Fault, undecided } from './verdict.ts';

/** What the verifier relies on, read. */
export interface Trusted {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly crls: readonly Buffer[] | undefined;
  readonly at: Date;
}

/** A certificate and those above it, the anchor last. */
type Chain = readonly Certificate[];

/** No public hierarchy is deeper; it also ends the search when certificates issue each other. */
const MAX_LENGTH = 6;

/** Says why a certificate may not be relied on as that of a seal, or gives undefined when it may. */
export function checkChain(signer: Certificate, trusted: Trusted): Fault | undefined {
  const chains = findChains([signer], trusted);
  const [first] = chains;
  if (first === undefined) {
    return undecided(
      'NO_CERTIFICATE_CHAIN_FOUND',
      'the seal is not that of an issuer this service relies on',
    );
  }
  const purpose = sealPurposeFault(signer);
  if (purpose !== undefined)
    return undecided('SIG_CONSTRAINTS_FAILURE', `the certificate of the seal ${purpose}`);
  const faults = chains.map((chain) => checkCertificates(chain, trusted));
  return faults.includes(undefined) ? undefined : faults[0];
}

function findChains(chain: Chain, trusted: Trusted): Chain[] {
  const last = chain.at(-1);
  if (last === undefined || chain.length > MAX_LENGTH) return [];
  const anchored = trusted.anchors.filter((anchor) => isIssuedBy(last, anchor, chain.length - 1));
  const further = trusted.intermediates.filter(
    (one) => !chain.includes(one) && isIssuedBy(last, one, chain.length - 1),
  );
  return [
    ...anchored.map((anchor) => [...chain, anchor]),
    ...further.flatMap((one) => findChains([...chain, one], trusted)),
  ];
}

/** `below` is how many authorities already stand between the issuer and the seal's certificate. */
function isIssuedBy(certificate: Certificate, issuer: Certificate, below: number): boolean {
  return (
    certificate.issuer.equals(issuer.subject) &&
    issuer.isCa &&
    issuer.keyUsage?.includes('keyCertSign') !== false &&
    (issuer.pathLength === undefined || below <= issuer.pathLength) &&
    issuer.unknownCritical.length === 0 &&
    isSignature(issuer.publicKeyInfo, certificate.signatureAlgorithm, certificate.tbs, certificate.signature)
  );
}

/** Revocation and validity of all but the anchor, which is trusted as it is (RFC 5280 §6.1). */
function checkCertificates(chain: Chain, trusted: Trusted): Fault | undefined {
  const checked = chain.slice(0, -1);
  const states = checked.map((one, at) => {
    const issuer = chain[at + 1];
    return trusted.crls === undefined || issuer === undefined
      ? 'good'
      : findRevocation(one, issuer, trusted.crls, trusted.at);
  });
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
      `whether certificate ${unknown.serialNumber} was revoked is not known: no current revocation list of its issuer`,
    );
  }
  return undefined;
}

function describeValidity({ serialNumber, notBefore, notAfter }: Certificate, at: Date): string {
  return at < notBefore
    ? `certificate ${serialNumber} is valid only from ${notBefore.toISOString()}`
    : `certificate ${serialNumber} expired on ${notAfter.toISOString()}`;
}
