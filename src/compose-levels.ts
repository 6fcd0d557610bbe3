/** The levels of the seal: time-stamps, revocation data, and what seals are checked against. */
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { countJobsOf } from './database/jobs.ts';
import type { Parts } from './embedded-parts.ts';
import { describeError } from './errors.ts';
import { isSelfSigned, readCertificates } from './keys/signer.ts';
import type { Log } from './log.ts';
import { parseCertificate } from './pades/certificate.ts';
import { findPaths, type Path, type PathTrust } from './pades/path.ts';
import { keepRevocation, type RevocationKeeper } from './remote/revocation.ts';
import { createRevocationFetch } from './remote/revocation-fetch.ts';
import { createTimeStampClient, type TimeStamper } from './remote/time-stamp.ts';
import { type PinnedCertificates, verifySeal } from './verify/seal.ts';
import { createSealing } from './workflows/seal-level.ts';
import type { Services } from './workflows/services.ts';

/** What the levels bring to the services, and what ends with them. */
export interface ComposedLevels {
  readonly services: Pick<Services, 'sealing' | 'sealTrust'>;
  /** Gives time-stamps to whatever else wants one; undefined where none is configured. */
  readonly timeStamper: TimeStamper | undefined;
  stop(): void;
}

interface Ingredients {
  readonly config: Config;
  readonly parts: Parts;
  readonly log: Log;
  readonly clock: () => Date;
  readonly sealKeys: Services['sealKeys'];
  readonly sealTrust: Services['sealTrust'];
  readonly database: Database;
}

/** Adds what the levels need; the authorities are asked for the length of their tokens in the background. */
export function composeLevels(ingredients: Ingredients): ComposedLevels {
  const { config, log, clock, database } = ingredients;
  const levels = { single: config.sealLevel, batch: config.batchSealLevel };
  const sealTrust = withTimeStamps(ingredients);
  const timeStamper = openTimeStamper(ingredients, sealTrust);
  const isLongTerm = Object.values(levels).includes('B-LT');
  const revocation =
    timeStamper && isLongTerm ? openRevocation(ingredients, sealTrust, timeStamper) : undefined;
  const sealing = createSealing({
    levels,
    whenAway: config.whenLevelAway,
    timeStamper,
    revocation,
    verify: (pdf) => verifySeal(pdf, { ...sealTrust, at: clock() }).level,
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
  return { services: { sealing, sealTrust }, timeStamper, stop: () => revocation?.stop() };
}

/** The trust of the seal is read at each use: it grows with the keys. */
function withTimeStamps({ parts, sealTrust }: Ingredients): Services['sealTrust'] {
  if (parts.timeStamps === undefined) return sealTrust;
  const trusted = readCertificates('time-stamp trust', parts.timeStamps.trustPem);
  const timeStamps = {
    anchors: trusted.filter(isSelfSigned).map(({ raw }) => raw),
    intermediates: trusted.filter((certificate) => !isSelfSigned(certificate)).map(({ raw }) => raw),
  };
  return {
    get anchors() {
      return sealTrust.anchors;
    },
    get intermediates() {
      return sealTrust.intermediates;
    },
    get holders() {
      return sealTrust.holders;
    },
    timeStamps,
  };
}

function openTimeStamper(
  { config, parts, clock }: Ingredients,
  { timeStamps }: Services['sealTrust'],
): TimeStamper | undefined {
  if (parts.timeStamps === undefined || timeStamps === undefined) return undefined;
  return createTimeStampClient({
    urls: parts.timeStamps.urls,
    policy: parts.timeStamps.policy,
    trust: toPathTrust(timeStamps),
    allowLoopback: config.environment !== 'production',
    clock,
  });
}

function openRevocation(
  { config, log, clock, sealKeys }: Ingredients,
  sealTrust: Services['sealTrust'],
  timeStamper: TimeStamper,
): RevocationKeeper {
  return keepRevocation({
    paths: () => ({ ...sealPaths(sealKeys, sealTrust, clock()), 'time-stamp': timeStamper.paths() }),
    fetch: createRevocationFetch({ allowLoopback: config.environment !== 'production' }),
    clock,
    log,
  });
}

/** Of each key that may be chosen now: around a change of keys that is not only the newest. */
function sealPaths(
  sealKeys: Services['sealKeys'],
  sealTrust: Services['sealTrust'],
  now: Date,
): Record<string, readonly Path[]> {
  const usable = sealKeys.all.filter(
    ({ signer, startsAt, notAfter }) => signer !== undefined && startsAt <= now && now <= notAfter,
  );
  return Object.fromEntries(
    usable.map(({ keyId, certificate }) => [
      `seal ${keyId}`,
      findPaths(parseCertificate(certificate), toPathTrust(sealTrust)),
    ]),
  );
}

function toPathTrust({ anchors, intermediates }: PinnedCertificates): PathTrust {
  return { anchors: anchors.map(parseCertificate), intermediates: intermediates.map(parseCertificate) };
}
