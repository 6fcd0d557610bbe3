/** Several seal keys at once: which one seals at a moment, which take over later, which serve checking only. */
import { X509Certificate } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { KeyIdentity, Signer } from './signer.ts';

/** A seal key with its term. */
export interface SealKey extends KeyIdentity {
  /** How the operator calls it. */
  readonly name: string;
  /** When it takes over: the beginning of its certificate, or later if the operator says so. */
  readonly startsAt: Date;
  /** The validity of its certificate. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Undefined: the certificate serves checking what it sealed, and seals nothing any more. */
  readonly signer: Signer | undefined;
}

export type SealStanding = 'current' | 'next' | 'former';

/** What workflows use: the key of this moment, and all whose seals are ours. */
export interface SealKeys {
  /**
   * Gives the key that seals at a moment: of those that have taken over and not expired, the one that did so last.
   * `stated` is the time a document states of itself: a key whose certificate began later is passed over while an earlier
   * one still holds, so that no document bears a time before its own certificate. Throws `keyUnfit` when none may seal.
   */
  current(at: Date, stated?: Date): Signer;
  byKeyId(keyId: string): SealKey | undefined;
  readonly all: readonly SealKey[];
}

/** Reads the term of a key from its certificate; `from` is when the operator wants it to take over. */
export function describeSealKey(name: string, identity: KeyIdentity, from?: Date): SealKey {
  const { validFrom, validTo } = new X509Certificate(identity.certificate);
  const [notBefore, notAfter] = [new Date(validFrom), new Date(validTo)];
  const startsAt = from !== undefined && from > notBefore ? from : notBefore;
  return { ...identity, name, startsAt, notBefore, notAfter, signer: undefined };
}

/** Says where each key stands at a moment; `maySeal` leaves out those whose private key is not with us. */
export function standingsOf<Key extends Pick<SealKey, 'startsAt' | 'notBefore' | 'notAfter'>>(
  keys: readonly Key[],
  at: Date,
  maySeal: (key: Key) => boolean,
): ReadonlyMap<Key, SealStanding> {
  const [current] = usableAt(keys.filter(maySeal), at);
  const standing = (key: Key): SealStanding => {
    if (key === current) return 'current';
    return maySeal(key) && key.startsAt > at && key.notAfter > key.startsAt ? 'next' : 'former';
  };
  return new Map(keys.map((key) => [key, standing(key)]));
}

/** The keys that may seal at a moment, the one that took over last before the others. */
function usableAt<Key extends Pick<SealKey, 'startsAt' | 'notAfter'>>(keys: readonly Key[], at: Date): Key[] {
  return keys
    .filter(({ startsAt, notAfter }) => startsAt <= at && at <= notAfter)
    .sort((one, other) => other.startsAt.getTime() - one.startsAt.getTime());
}

/** Arranges opened keys. `read` gives them as they are now: they may change while the service runs. */
export function arrangeSealKeys(read: () => readonly SealKey[]): SealKeys {
  return {
    current(at, stated = at) {
      const usable = usableAt(
        read().filter(({ signer }) => signer !== undefined),
        at,
      );
      const found = usable.find(({ notBefore }) => notBefore <= stated) ?? usable[0];
      if (found?.signer === undefined) {
        const reason = `no seal key may seal at ${at.toISOString()}; obtain the next one`;
        throw new ServiceError('keyUnfit', reason);
      }
      return found.signer;
    },
    byKeyId: (keyId) => read().find((key) => key.keyId === keyId),
    get all() {
      return read();
    },
  };
}
