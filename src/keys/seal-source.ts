/** Where a key that seals is, as plain data that can be handed to another thread, and how a signer is made from it. */
import { ServiceError } from '../errors.ts';
import type { GuardedFetch } from '../remote/guarded-fetch.ts';
import { openTokenKey } from './pkcs11.ts';
import { type RemoteAddress, signRemotely } from './remote-seal.ts';
import { readKeyFile, readSealFiles } from './seal-files.ts';
import {
  type KeyIdentity,
  loadPemSigner,
  readIdentity,
  type Signer,
  type SignerThread,
  signerOf,
} from './signer.ts';
import type { TokenAddress } from './token-session.ts';

/** Where the private key is. `none`: it is gone, or not with us; the certificate serves checking. */
export type KeyPlace =
  | { readonly kind: 'pem'; readonly keyPem: string; readonly certificatesPem: string }
  | {
      readonly kind: 'file';
      readonly keyFile: string;
      readonly passphrase?: string | undefined;
      /** Undefined: the certificates of a PKCS#12 file. */
      readonly certificatesFile?: string | undefined;
    }
  | ({ readonly kind: 'token'; readonly certificatesFile: string } & TokenAddress)
  | ({ readonly kind: 'remote'; readonly certificatesFile: string } & RemoteAddress)
  | { readonly kind: 'none'; readonly certificatesFile: string };

export interface SealSource {
  /** How the operator calls the key; stands in messages. */
  readonly name: string;
  /** When it is to take over; by default when its certificate begins to be valid. */
  readonly from?: Date | undefined;
  readonly place: KeyPlace;
}

/** A signer, and what gives back what it holds. */
export interface OpenedSigner {
  readonly signer: Signer;
  readonly close: () => void;
}

/** Tells whether a thread of its own can load this key from the source alone; others sign through the thread that holds them. */
export function isPortable({ place }: SealSource): boolean {
  return place.kind === 'pem' || place.kind === 'file';
}

/** Reads what everybody may know of a key. Throws `keyUnfit` when a file is missing, does not open or does not fit. */
export function readSealIdentity({ name, place }: SealSource): KeyIdentity {
  const purpose = `seal key ${name}`;
  if (place.kind === 'pem') return readIdentity(purpose, place.certificatesPem);
  // The key itself may be gone where it only served documents of before.
  if (place.kind === 'file' && place.certificatesFile === undefined)
    return readIdentity(purpose, readSealFiles(purpose, place).certificatesPem);
  return readIdentity(purpose, readKeyFile(place.certificatesFile ?? '').toString('latin1'));
}

/** Loads a portable source, to sign on a thread. Throws `keyUnfit` when key and certificate do not fit. */
export function loadPortable({ name, place }: SealSource, thread: SignerThread = 'shared'): Signer {
  const purpose = `seal key ${name}`;
  if (place.kind === 'pem') return loadPemSigner(purpose, place.keyPem, place.certificatesPem, thread);
  if (place.kind !== 'file') throw new ServiceError('keyUnfit', `${purpose}: it cannot be loaded from files`);
  const { keyPem, certificatesPem } = readSealFiles(purpose, place);
  return loadPemSigner(purpose, keyPem, certificatesPem, thread);
}

/**
 * Opens the key of a source. Throws `keyUnfit` when it cannot be used, `keyUnavailable` when a token is not there. Whether
 * a key that cannot be looked at belongs to its certificate is for `checkSigner` to see.
 */
export async function openSigner(source: SealSource, fetch: GuardedFetch): Promise<OpenedSigner> {
  const { name, place } = source;
  const purpose = `seal key ${name}`;
  const identity = readSealIdentity(source);
  const { algorithm } = identity;
  switch (place.kind) {
    case 'pem':
    case 'file':
      return { signer: loadPortable(source), close: () => undefined };
    case 'none':
      throw new ServiceError('keyUnfit', `${purpose}: it has a certificate but no private key`);
    case 'remote':
      return {
        signer: signerOf(identity, (data) => signRemotely(place, fetch, algorithm, data)),
        close: () => undefined,
      };
    case 'token': {
      const key = await openTokenKey(purpose, place);
      const signer = signerOf(identity, (data) => key.sign(algorithm, data));
      return { signer, close: () => key.close() };
    }
  }
}
