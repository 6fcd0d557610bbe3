/** Finds the certificates between one and a trusted root (RFC 5280 §6), for seals, time-stamps and responders alike. */
import { isSignature } from './algorithm.ts';
import type { Certificate } from './certificate.ts';

/** A certificate and those above it, the anchor last. */
export type Path = readonly Certificate[];

/** Certificates from which paths are built: they end at an anchor, and pass through nothing else than the intermediates. */
export interface PathTrust {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
}

/** No public hierarchy is deeper; it also ends the search when certificates issue each other. */
const MAX_LENGTH = 6;

/** Gives every path from a certificate to an anchor; validity and revocation are for the caller to judge. */
export function findPaths(certificate: Certificate, trust: PathTrust): Path[] {
  return extend([certificate], trust);
}

function extend(path: Path, trust: PathTrust): Path[] {
  const last = path.at(-1);
  if (last === undefined || path.length > MAX_LENGTH) return [];
  const anchored = trust.anchors.filter((anchor) => isIssuedBy(last, anchor, path.length - 1));
  const further = trust.intermediates.filter(
    (one) => !path.includes(one) && isIssuedBy(last, one, path.length - 1),
  );
  return [
    ...anchored.map((anchor) => [...path, anchor]),
    ...further.flatMap((one) => extend([...path, one], trust)),
  ];
}

/** Tells whether `issuer` may have issued a certificate and did; `below` is how many authorities already stand between. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate, below: number): boolean {
  return (
    certificate.issuer.equals(issuer.subject) &&
    issuer.isCa &&
    issuer.keyUsage?.includes('keyCertSign') !== false &&
    (issuer.pathLength === undefined || below <= issuer.pathLength) &&
    issuer.unknownCritical.length === 0 &&
    isSignature(issuer.publicKeyInfo, certificate.signatureAlgorithm, certificate.tbs, certificate.signature)
  );
}
