/** COSE_Sign1 with ES256 (RFC 9052 §4.2, RFC 9053 §2.1): one signature around one content. Without any API of Node. */
import { decode, encode, Tagged } from 'cborg';

/** Header parameters (RFC 9052 §3.1) and the tag of the structure (§2). */
const ALGORITHM = 1;
const KEY_ID = 4;
const SIGN1_TAG = 18;
/** ECDSA with SHA-256 (RFC 9053 §2.1). */
const ES256 = -7;
/** Two integers of 32 bytes each. */
const SIGNATURE_BYTES = 64;

/** A COSE_Sign1 structure as it was read: nothing in it is to be believed before its signature was checked. */
export interface Sign1 {
  /** Serialised, as it was signed. */
  readonly protectedHeader: Uint8Array;
  readonly keyId: Uint8Array;
  readonly payload: Uint8Array;
  /** r and s, 64 bytes. */
  readonly signature: Uint8Array;
}

/** Writes the header that says ES256 and which key. */
export function writeProtectedHeader(keyId: Uint8Array): Uint8Array {
  return encode(
    new Map<number, unknown>([
      [ALGORITHM, ES256],
      [KEY_ID, keyId],
    ]),
  );
}

/** Gives the bytes that the signature is made over: the Sig_structure (RFC 9052 §4.4), without external data. */
export function toBeSigned({
  protectedHeader,
  payload,
}: Pick<Sign1, 'protectedHeader' | 'payload'>): Uint8Array {
  return encode(['Signature1', protectedHeader, new Uint8Array(), payload]);
}

/** Writes the structure with its tag. */
export function writeSign1({ protectedHeader, payload, signature }: Omit<Sign1, 'keyId'>): Uint8Array {
  return encode(new Tagged(SIGN1_TAG, [protectedHeader, new Map(), payload, signature]));
}

/**
 * Reads a structure with or without its tag; undefined for anything else, and for another algorithm. The key may be
 * named in either header; an algorithm that is not signed for counts as none (RFC 9052 §3.1 wants it protected).
 */
export function readSign1(bytes: Uint8Array): Sign1 | undefined {
  const parts = readCbor(bytes);
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [protectedHeader, unprotected, payload, signature] = parts as readonly unknown[];
  if (!isBytes(protectedHeader) || !isBytes(payload) || !isBytes(signature)) return undefined;
  const header = readCbor(protectedHeader);
  if (!(header instanceof Map) || !(unprotected instanceof Map)) return undefined;
  const keyId: unknown = header.get(KEY_ID) ?? unprotected.get(KEY_ID);
  const isOurs = header.get(ALGORITHM) === ES256 && signature.length === SIGNATURE_BYTES && isBytes(keyId);
  return isOurs ? { protectedHeader, keyId, payload, signature } : undefined;
}

/** Reads one CBOR item strictly: shortest form, no key twice, nothing behind it. Undefined when it is none. */
export function readCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, {
      strict: true,
      useMaps: true,
      allowIndefinite: false,
      rejectDuplicateMapKeys: true,
      tags: { [SIGN1_TAG]: (content) => content() },
    });
  } catch {
    return undefined;
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
