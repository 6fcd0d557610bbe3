/** The seal keys of the running service: opened at start, looked at again each day and whenever the operator asks. */
import type { Parts } from './embedded-parts.ts';
import { describeError, isRetriable, ServiceError } from './errors.ts';
import {
  arrangeSealKeys,
  describeSealKey,
  type SealKey,
  type SealKeys,
  type SealStanding,
  standingsOf,
} from './keys/seal-keys.ts';
import { openSigner, readSealIdentity, type SealSource } from './keys/seal-source.ts';
import { checkSigner, isSelfSigned, readCertificates } from './keys/signer.ts';
import type { Log } from './log.ts';
import { parseCertificate } from './pades/certificate.ts';
import { createGuardedFetch, type GuardedFetch } from './remote/guarded-fetch.ts';
import { checkSealCertificate } from './seal/fitness.ts';
import type { SealFolder } from './seal-folder.ts';
import { checkPaths, findSealPaths } from './verify/chain.ts';
import type { SealTrust } from './verify/seal.ts';
import { isFault } from './verify/verdict.ts';

export interface SealOptions {
  readonly seal: Parts['seal'];
  readonly log: Log;
  readonly clock: () => Date;
  /** Whether a sealing service may be on this machine. */
  readonly allowLoopback: boolean;
}

export interface OpenedSeal {
  readonly sealKeys: SealKeys;
  /** Read at each use: it grows with the keys. */
  readonly sealTrust: Omit<SealTrust, 'at'>;
  /** Where a key of now is; undefined for one that is configured no more. */
  readonly sourceOf: (keyId: string) => SealSource | undefined;
  /** Reads keys and trust again. Where that fails, what was read before stays, and the log says why. */
  readonly reload: () => Promise<void>;
  stop(): void;
}

const DAY = 24 * 60 * 60 * 1000;
/** A service whose answer takes longer lets the job try again. */
const REMOTE_TIMEOUT = 10_000;
const MOST_REMOTE_BYTES = 256 * 1024;

/** Opens the seal keys. Throws `keyUnfit` in one sentence when the current or a next key does not fit, or none may seal now. */
export async function openSeal(options: SealOptions): Promise<OpenedSeal> {
  const { log, clock } = options;
  let loaded = await load(options, []);
  let current: SealKey | undefined;
  const sealKeys = arrangeSealKeys(() => loaded.keys);
  const look = () => {
    for (const warning of loaded.warnings) log.warn(warning);
    const standings = standingsOf(loaded.keys, clock(), maySeal);
    const next = loaded.keys.find((key) => standings.get(key) === 'current');
    if (next?.keyId !== current?.keyId)
      log.info({ name: next?.name, keyId: next?.keyId, until: next?.notAfter }, 'seal key in use');
    current = next;
  };
  look();
  const reload = async () => {
    try {
      const before = loaded;
      loaded = await load(options, before.keys);
      for (const close of before.closes) close();
      look();
    } catch (error) {
      log.error(
        { reason: describeError(error) },
        'seal keys stay as they were: they could not be read again',
      );
    }
  };
  const timer = setInterval(() => void reload(), DAY).unref();
  return {
    sealKeys,
    sealTrust: {
      get anchors() {
        return loaded.trust.anchors;
      },
      get intermediates() {
        return loaded.trust.intermediates;
      },
      get holders() {
        return loaded.keys.map(({ certificate }) => certificate);
      },
    },
    sourceOf: (keyId) => loaded.sources.get(keyId),
    reload,
    stop() {
      clearInterval(timer);
      for (const close of loaded.closes) close();
    },
  };
}

interface Loaded {
  readonly keys: readonly SealKey[];
  /** By key id. */
  readonly sources: ReadonlyMap<string, SealSource>;
  readonly trust: Pick<SealTrust, 'anchors' | 'intermediates'>;
  readonly warnings: readonly string[];
  readonly closes: readonly (() => void)[];
}

const maySeal = ({ signer }: SealKey) => signer !== undefined;

/** `former` are keys of before: one that is configured no more still serves checking, until the service stops. */
async function load(
  { seal, clock, allowLoopback }: SealOptions,
  former: readonly SealKey[],
): Promise<Loaded> {
  const at = clock();
  const { sources, requested } = seal.readKeys();
  const described = sources.map((source) => ({
    source,
    key: describeSealKey(source.name, readSealIdentity(source), source.from),
  }));
  const places = new Map(described.map(({ key, source }) => [key, source.place.kind]));
  const keys = described.map(({ key }) => key);
  const standings = standingsOf(keys, at, (key) => places.get(key) !== 'none');
  const gone = former
    .filter(({ keyId }) => !keys.some((key) => key.keyId === keyId))
    .map((key) => ({ ...key, signer: undefined }));
  const trust = readTrust(seal.readTrust(), [...keys, ...gone]);
  const warnings = [...requestWarnings(requested), ...checkKeys(keys, standings, trust, at)];
  const closes: (() => void)[] = [];
  const fetch = openWay(sources, allowLoopback);
  try {
    const opened = await Promise.all(
      described.map(async ({ source, key }) => {
        if (standings.get(key) === 'former') return key;
        const { signer, close } = await openSigner(source, fetch);
        closes.push(close);
        if (source.place.kind !== 'pem' && source.place.kind !== 'file')
          await checkSigner(`seal key ${source.name}`, signer).catch(toWarning(source, warnings));
        return { ...key, signer };
      }),
    );
    const places = new Map(described.map(({ key, source }) => [key.keyId, source]));
    return { keys: [...opened, ...gone], sources: places, trust, warnings, closes };
  } catch (error) {
    for (const close of closes) close();
    throw error;
  }
}

/** A sealing service that is away for a moment does not keep the service from starting: jobs try again. */
function toWarning({ name, place }: SealSource, warnings: string[]): (error: unknown) => void {
  return (error) => {
    if (place.kind !== 'remote' || !isRetriable(error)) throw error;
    warnings.push(`seal key ${name} could not be tried: ${describeError(error)}`);
  };
}

function openWay(sources: readonly SealSource[], allowLoopback: boolean): GuardedFetch {
  const allowedOrigins = sources.flatMap(({ place }) =>
    place.kind === 'remote' ? [new URL(place.url).origin] : [],
  );
  return createGuardedFetch({
    allowedOrigins,
    allowLoopback,
    timeoutMs: REMOTE_TIMEOUT,
    maxBytes: MOST_REMOTE_BYTES,
  });
}

function requestWarnings(requested: SealFolder['requested']): string[] {
  return requested.map(({ name }) => `seal key ${name} waits for its certificate`);
}

/** Looks at each key that seals, now or later, at the moment at which it is to begin. Gives warnings, throws `keyUnfit`. */
function checkKeys(
  keys: readonly SealKey[],
  standings: ReadonlyMap<SealKey, SealStanding>,
  trust: Loaded['trust'],
  at: Date,
): string[] {
  const those = (standing: SealStanding) => keys.filter((key) => standings.get(key) === standing);
  const [current] = those('current');
  for (const { name, startsAt, notAfter } of keys) {
    if (startsAt <= notAfter) continue;
    const dates = `it is to take over at ${startsAt.toISOString()}, but expires at ${notAfter.toISOString()}`;
    throw new ServiceError('keyUnfit', `seal key ${name} cannot be used: ${dates}`);
  }
  const next = those('next');
  if (current === undefined) throw noneSeals(keys, next, at);
  const isFollowed = next.some(({ notAfter }) => notAfter > current.notAfter);
  return [current, ...next].flatMap((key) => {
    const begin = key === current ? at : key.startsAt;
    const warnings = checkSealCertificate(key, begin, { isFollowed: key === current && isFollowed });
    const pinned = {
      anchors: trust.anchors.map(parseCertificate),
      intermediates: trust.intermediates.map(parseCertificate),
    };
    const paths = findSealPaths(parseCertificate(key.certificate), pinned);
    const fault = isFault(paths) ? paths : checkPaths(paths, { ...pinned, evidence: undefined, at: begin });
    if (fault !== undefined) {
      const reason = `its seals would not be verified against SEAL_TRUST_FILE: ${fault.explanation}`;
      throw new ServiceError('keyUnfit', `seal key ${key.name} cannot be used: ${reason}`);
    }
    return warnings;
  });
}

/** Says of the key that comes nearest why it may not seal. */
function noneSeals(keys: readonly SealKey[], next: readonly SealKey[], at: Date): ServiceError {
  const latest = keys.toSorted((one, other) => other.notAfter.getTime() - one.notAfter.getTime())[0];
  const [begins] = next.toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
  if (begins !== undefined) {
    const reason = `it takes over at ${begins.startsAt.toISOString()}, and no key seals until then`;
    return new ServiceError('keyUnfit', `seal key ${begins.name} cannot be used yet: ${reason}`);
  }
  if (latest === undefined) return new ServiceError('keyUnfit', 'no seal key is configured');
  checkSealCertificate(latest, at);
  return new ServiceError('keyUnfit', `seal key ${latest.name} has a certificate but no private key`);
}

/** The trust file may name former issuing authorities beside the roots, so that old seals stay verifiable. */
function readTrust(trustPem: string, keys: readonly SealKey[]): Loaded['trust'] {
  const trusted = readCertificates('seal trust', trustPem);
  const anchors = trusted.filter(isSelfSigned).map((certificate) => certificate.raw);
  const former = trusted.filter((certificate) => !isSelfSigned(certificate)).map(({ raw }) => raw);
  const all = [...keys.flatMap(({ chain }) => chain), ...former];
  const intermediates = all.filter((one, at) => all.findIndex((other) => other.equals(one)) === at);
  return { anchors, intermediates };
}
