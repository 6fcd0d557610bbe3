/** Finds the certificates between one and a trusted root (RFC 5280 §6), for seals, time-stamps and responders alike. */
import type { Certificate } from './certificate.ts';
import { isSignedBy } from './signed.ts';

/** A certificate and those above it, the anchor last. */
export type Path = readonly Certificate[];

/** Certificates from which paths are built: they end at an anchor, and pass through nothing else than the intermediates. */
export interface PathTrust {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
}

/** No public hierarchy is deeper; it also ends the search when certificates issue each other. */
const MAX_LENGTH = 6;
/**
 * So many authorities of the right name are tried, and no more: whoever brings their own certificates could otherwise name
 * each after the next and have all paths between them looked for (RFC 4158 §2.4.2).
 */
const MOST_TRIED = 100;

interface Search {
  readonly trust: PathTrust;
  left: number;
}

/** Gives the paths from a certificate to an anchor; validity and revocation are for the caller to judge. */
export function findPaths(certificate: Certificate, trust: PathTrust): Path[] {
  return extend([certificate], { trust, left: MOST_TRIED });
}

function extend(path: Path, search: Search): Path[] {
  const last = path.at(-1);
  if (last === undefined || path.length > MAX_LENGTH) return [];
  const isNext = (one: Certificate) => {
    if (!last.issuer.equals(one.subject) || search.left === 0) return false;
    search.left -= 1;
    return isIssuedBy(last, one, path.length - 1);
  };
  const anchored = search.trust.anchors.filter(isNext);
  const further = search.trust.intermediates.filter((one) => !path.includes(one) && isNext(one));
  return [
    ...anchored.map((anchor) => [...path, anchor]),
    ...further.flatMap((one) => extend([...path, one], search)),
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
    isSignedBy(certificate, issuer.publicKeyInfo)
  );
}
