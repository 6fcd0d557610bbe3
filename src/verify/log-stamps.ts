/** Checks the time-stamps of an exported evidence log (RFC 3161): each over its head, by an authority that is pinned. */
import { createHash } from 'node:crypto';
import type { LogFinding, StampCounts } from '../domain/log-report.ts';
import type { Certificate } from '../pades/certificate.ts';
import type { PathTrust } from '../pades/path.ts';
import { checkTimeStampToken } from '../pades/token-check.ts';
import { checkPaths } from './chain.ts';
import type { LogSource, SealedHead } from './log-heads.ts';

/** What tokens are checked against, and when. */
export interface StampTrust extends PathTrust {
  readonly now: Date;
}

/** The clocks of the authority and of the service may differ by this much. */
const MAX_SKEW_MS = 5 * 60 * 1000;

/**
 * Goes through the tokens. Without trust they are only counted. A token whose authority's certificate has ended since is
 * counted apart: alone it proves nothing any more, but each later head names the head before it, and so stands for its age.
 */
export async function checkStamps(
  source: LogSource,
  heads: readonly SealedHead[],
  trust: StampTrust | undefined,
  findings: LogFinding[],
): Promise<StampCounts> {
  const counts = { found: 0, valid: 0, ended: 0 };
  const byNumber = new Map(heads.map((head) => [head.number, head]));
  for await (const key of source.list('heads/')) {
    if (!key.endsWith('.tst')) continue;
    const head = byNumber.get(Number(/^heads\/(\d{12})\.tst$/.exec(key)?.[1] ?? 0));
    if (head === undefined) {
      findings.push({ fault: 'foreignObject', detail: `${key} stamps no head of this log` });
      continue;
    }
    counts.found += 1;
    if (trust === undefined) continue;
    const verdict = judge(await source.read(key), head, trust);
    if (typeof verdict === 'object')
      findings.push({ fault: 'timeStampAltered', position: head.number, detail: verdict.detail });
    else counts[verdict] += 1;
  }
  return counts;
}

function judge(
  der: Buffer,
  head: SealedHead,
  trust: StampTrust,
): 'valid' | 'ended' | { readonly detail: string } {
  const fault = (why: string) => ({ detail: `the time-stamp of head ${head.number} ${why}` });
  const found = checkTimeStampToken(der, createHash('sha256').update(head.jws).digest(), trust);
  if ('fault' in found) return fault(found.why);
  const { time } = found.token;
  if (time.getTime() < head.time.getTime() - MAX_SKEW_MS) return fault('is older than the head');
  if (time.getTime() > trust.now.getTime() + MAX_SKEW_MS)
    return fault(`is of the future: ${time.toISOString()}`);
  const at = (moment: Date) => checkPaths(found.paths, { ...trust, evidence: undefined, at: moment });
  const then = at(time);
  if (then !== undefined) return fault(`is of a time at which ${then.explanation}`);
  return at(trust.now < time ? time : trust.now) === undefined ? 'valid' : 'ended';
}

/** Makes trust of certificates: those that issued themselves are roots, the others lead there. */
export function stampTrustOf(certificates: readonly Certificate[], now: Date): StampTrust {
  const isRoot = (one: Certificate) => one.issuer.equals(one.subject);
  return {
    anchors: certificates.filter(isRoot),
    intermediates: certificates.filter((one) => !isRoot(one)),
    now,
  };
}
