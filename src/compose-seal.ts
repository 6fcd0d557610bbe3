/** The seal with what belongs to it: its key, what seals are checked against, time-stamps and revocation data. */
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { countJobsOf } from './database/jobs.ts';
import type { Parts } from './embedded-parts.ts';
import { describeError } from './errors.ts';
import { isSelfSigned, loadPemSigner, readCertificates, type Signer } from './keys/signer.ts';
import type { Log } from './log.ts';
import { parseCertificate } from './pades/certificate.ts';
import { findPaths, type PathTrust } from './pades/path.ts';
import { keepRevocation, type RevocationKeeper } from './remote/revocation.ts';
import { createRevocationFetch } from './remote/revocation-fetch.ts';
import { createTimeStampClient, type TimeStamper } from './remote/time-stamp.ts';
import { checkSealCertificate } from './seal/fitness.ts';
import { type PinnedCertificates, verifySeal } from './verify/seal.ts';
import { createSealing } from './workflows/seal-level.ts';
import type { Services } from './workflows/services.ts';

/** What sealing brings to the services, and what ends with them. */
export interface ComposedSeal {
  readonly services: Pick<Services, 'sealSigner' | 'sealTrust' | 'sealing'>;
  /** Gives time-stamps to whatever else wants one; undefined where none is configured. */
  readonly timeStamper: TimeStamper | undefined;
  stop(): void;
}

/** Opens the key and its trust. Throws `keyUnfit`. */
export function openSeal(parts: Parts, log: Log, now: Date): Pick<Services, 'sealSigner' | 'sealTrust'> {
  const sealSigner = loadPemSigner('seal', parts.seal.keyPem, parts.seal.certificatesPem);
  for (const warning of checkSealCertificate(sealSigner, now)) log.warn(warning);
  const pinned = readPinned('seal trust', parts.seal.trustPem);
  const intermediates = [
    ...sealSigner.chain,
    ...pinned.intermediates.filter((one) => !sealSigner.chain.some((der) => der.equals(one))),
  ];
  const timeStamps = parts.timeStamps && readPinned('time-stamp trust', parts.timeStamps.trustPem);
  return {
    sealSigner,
    sealTrust: { anchors: pinned.anchors, intermediates, ...(timeStamps && { timeStamps }) },
  };
}

/** The trust file may name former issuing authorities beside the roots, so that old seals stay verifiable. */
function readPinned(purpose: string, pem: string): PinnedCertificates {
  const trusted = readCertificates(purpose, pem);
  return {
    anchors: trusted.filter(isSelfSigned).map((certificate) => certificate.raw),
    intermediates: trusted
      .filter((certificate) => !isSelfSigned(certificate))
      .map((certificate) => certificate.raw),
  };
}

/** Adds what the levels need; the authorities are asked for the length of their tokens in the background. */
export function composeSeal(ingredients: {
  readonly config: Config;
  readonly parts: Parts;
  readonly log: Log;
  readonly clock: () => Date;
  readonly seal: Pick<Services, 'sealSigner' | 'sealTrust'>;
  readonly database: Database;
}): ComposedSeal {
  const { config, log, clock, seal, database } = ingredients;
  const levels = { single: config.sealLevel, batch: config.batchSealLevel };
  const timeStamper = openTimeStamper(ingredients);
  const isLongTerm = Object.values(levels).includes('B-LT');
  const revocation = timeStamper && isLongTerm ? openRevocation(ingredients, timeStamper) : undefined;
  const sealing = createSealing({
    levels,
    whenAway: config.whenLevelAway,
    timeStamper,
    revocation,
    verify: (pdf) => verifySeal(pdf, { ...seal.sealTrust, at: clock() }).level,
    countWaiting: () => database.transaction((connection) => countJobsOf(connection, 'issue')),
    log,
    clock,
  });
  if (Object.values(levels).some((level) => level !== 'B-B')) {
    timeStamper
      ?.tokenBytes()
      .then(() => revocation?.refresh())
      .catch((error: unknown) => log.warn({ reason: describeError(error) }, 'no time-stamp at start'));
  }
  return { services: { ...seal, sealing }, timeStamper, stop: () => revocation?.stop() };
}

function openTimeStamper({
  config,
  parts,
  clock,
  seal,
}: Parameters<typeof composeSeal>[0]): TimeStamper | undefined {
  if (parts.timeStamps === undefined || seal.sealTrust.timeStamps === undefined) return undefined;
  return createTimeStampClient({
    urls: parts.timeStamps.urls,
    policy: parts.timeStamps.policy,
    trust: toPathTrust(seal.sealTrust.timeStamps),
    allowLoopback: config.environment !== 'production',
    clock,
  });
}

function openRevocation(
  { config, log, clock, seal }: Parameters<typeof composeSeal>[0],
  timeStamper: TimeStamper,
): RevocationKeeper {
  const sealPaths = findPaths(certificateOf(seal.sealSigner), toPathTrust(seal.sealTrust));
  return keepRevocation({
    paths: () => ({ seal: sealPaths, 'time-stamp': timeStamper.paths() }),
    fetch: createRevocationFetch({ allowLoopback: config.environment !== 'production' }),
    clock,
    log,
  });
}

function certificateOf(signer: Signer) {
  return parseCertificate(signer.certificate);
}

function toPathTrust({ anchors, intermediates }: PinnedCertificates): PathTrust {
  return { anchors: anchors.map(parseCertificate), intermediates: intermediates.map(parseCertificate) };
}
