/** Reaches the level that seals are configured to have, or waits: nothing is issued below it unawares. */
import { createHash } from 'node:crypto';
import type { SealLevel } from '../domain/verification.ts';
import { describeError, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { TimeStamp } from '../pades/signed-data.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import type { RevocationKeeper } from '../remote/revocation.ts';
import type { TimeStamper } from '../remote/time-stamp.ts';

/** What a document is rendered and sealed with at one level. */
export interface SealMeans {
  readonly level: SealLevel;
  /** Room for the time-stamp token; 0 for none. */
  readonly tokenBytes: number;
  readonly timeStamp?: TimeStamp;
  readonly validationData?: ValidationData;
}

/** A document as it is issued, with the key that sealed it and the level that it was found to have. */
export interface SealedPdf {
  readonly pdf: Buffer;
  readonly keyId: string;
  readonly level: SealLevel;
}

export interface SealingOptions {
  readonly levels: Sealing['levels'];
  /** What happens while a level cannot be reached: attestations wait, or are issued at B-B. */
  readonly whenAway: 'wait' | 'issueBB';
  /** Undefined only where no level asks for one. */
  readonly timeStamper: TimeStamper | undefined;
  readonly revocation: RevocationKeeper | undefined;
  /** The level that our own verifier finds in a sealed document; undefined when its seal does not pass. */
  readonly verify: (pdf: Buffer) => SealLevel | undefined;
  /** How many attestations wait to be issued. */
  readonly countWaiting: () => Promise<number>;
  readonly log: Log;
  readonly clock: () => Date;
}

export interface Sealing {
  /** Of single attestations and of those of batches. */
  readonly levels: { readonly single: SealLevel; readonly batch: SealLevel };
  /**
   * Makes a document at a level: `make` renders and seals it with the means given, once more where they have changed
   * meanwhile. Throws `sealLevelUnreachable` while no time-stamp or no revocation data can be had and attestations wait;
   * the log says so once in five minutes for all of them, and when it is over.
   */
  readonly reach: <Sealed extends SealedPdf>(
    level: SealLevel,
    make: (means: SealMeans) => Promise<Sealed>,
  ) => Promise<Sealed>;
  /** Since when a level could not be reached; undefined while it can. */
  readonly awaySince: () => Date | undefined;
  /** Asks now each outside part that the levels need; none where they need none. Never throws. */
  readonly probe: () => Promise<readonly SealProbe[]>;
}

/** What asking an outside part came to. */
export interface SealProbe {
  readonly part: 'timeStamp' | 'revocation';
  /** Missing: it answered. */
  readonly fault?: string;
}

const B_B: SealMeans = { level: 'B-B', tokenBytes: 0 };

/** Makes what reaches the levels, and keeps in mind since when they cannot be. */
export function createSealing(options: SealingOptions): Sealing {
  const { levels, whenAway } = options;
  const announcer = createAnnouncer(options);
  return {
    levels,
    reach: async (level, make) => {
      if (level === 'B-B') return make(B_B);
      try {
        const sealed = await makeAt(options, level, make);
        announcer.reached();
        return sealed;
      } catch (error) {
        if (!isAway(error)) throw error;
        await announcer.away(level, error);
        // Where a certificate was revoked no level is right any more.
        if (whenAway === 'issueBB' && error.code === 'remoteUnavailable') return make(B_B);
        throw new ServiceError('sealLevelUnreachable', `level ${level}: ${error.message}`, { cause: error });
      }
    },
    awaySince: announcer.since,
    probe: () => probe(options),
  };
}

async function probe({ timeStamper, revocation }: SealingOptions): Promise<readonly SealProbe[]> {
  const parts: SealProbe[] = [];
  const ask = async (part: SealProbe['part'], work: (() => Promise<unknown>) | undefined) => {
    if (work === undefined) return;
    const fault = await work().then(() => undefined, describeError);
    parts.push({ part, ...(fault !== undefined && { fault }) });
  };
  await ask('timeStamp', timeStamper && (() => timeStamper.stamp(sha256(Buffer.from('probe')))));
  await ask('revocation', revocation && (() => revocation.current()));
  return parts;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function isAway(error: unknown): error is ServiceError {
  return (
    error instanceof ServiceError &&
    (error.code === 'remoteUnavailable' || error.code === 'sealLevelUnreachable')
  );
}

/** An authority may come with a new certificate between rendering and stamping; then its tokens are longer, or others. */
const ATTEMPTS = 2;

async function makeAt<Sealed extends SealedPdf>(
  { timeStamper, revocation, verify }: SealingOptions,
  level: SealLevel,
  make: (means: SealMeans) => Promise<Sealed>,
): Promise<Sealed> {
  if (timeStamper === undefined)
    throw new ServiceError('configurationInvalid', `level ${level} needs TSA_URLS`);
  const stamp: TimeStamp = (imprint) => timeStamper.stamp(imprint);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const tokenBytes = await timeStamper.tokenBytes();
    const validationData = level === 'B-LT' ? await revocation?.current() : undefined;
    const means = { level, tokenBytes, timeStamp: stamp, ...(validationData && { validationData }) };
    const sealed = await make(means).catch(async (error: unknown) => {
      if ((await timeStamper.tokenBytes()) > tokenBytes && attempt < ATTEMPTS) return undefined;
      throw error;
    });
    if (sealed !== undefined && (level !== 'B-LT' || verify(sealed.pdf) === level)) return sealed;
  }
  throw new ServiceError(
    'remoteUnavailable',
    'the revocation data held are not those of the authority that stamps',
  );
}

/** An operator needs to know it, not of every attestation. */
const REPEAT_MS = 5 * 60 * 1000;

function createAnnouncer({ whenAway, countWaiting, log, clock }: SealingOptions) {
  let since: Date | undefined;
  let saidAt: Date | undefined;
  return {
    since: () => since,
    away: async (level: SealLevel, error: unknown) => {
      const now = clock();
      since ??= now;
      if (saidAt !== undefined && now.getTime() - saidAt.getTime() < REPEAT_MS) return;
      saidAt = now;
      const fields = { sealLevel: level, since, waiting: await countWaiting(), reason: describeError(error) };
      if (whenAway === 'wait') log.error(fields, 'attestations wait: their seal level cannot be reached');
      else log.error(fields, 'attestations are sealed at B-B: their seal level cannot be reached');
    },
    reached: () => {
      if (since === undefined) return;
      log.info({ since }, 'the seal level is reached again');
      since = undefined;
      saidAt = undefined;
    },
  };
}
