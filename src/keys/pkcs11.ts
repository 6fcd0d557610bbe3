/** A key in a PKCS#11 token, such as an HSM: only digests go in and signatures come out. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Handle } from 'pkcs11js';
import { ServiceError } from '../errors.ts';
import { toDerSignature } from './ecdsa.ts';
import { hashOf, type KeyAlgorithm } from './signer.ts';
import { openModule, type TokenModule } from './token-module.ts';
import {
  closeSession,
  findObjects,
  logIn,
  type OpenedToken,
  openToken,
  type TokenAddress,
  unavailable,
} from './token-session.ts';

/** Opens a key in a token. Throws `keyUnfit` or `keyUnavailable` in one sentence: module, token, PIN or key. */
export async function openTokenKey(purpose: string, address: TokenAddress): Promise<TokenKey> {
  const key = new TokenKey(purpose, await openModule(purpose, address.module), address);
  key.open();
  return key;
}

/** Holds the sessions of one key and opens them again when the token lost them. */
export class TokenKey {
  readonly #purpose: string;
  readonly #module: TokenModule;
  readonly #address: TokenAddress;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #opened: OpenedToken | undefined;
  /** A token that refused its PIN is not asked again: a few more tries would lock it. */
  #refusal: ServiceError | undefined;

  constructor(purpose: string, module: TokenModule, address: TokenAddress) {
    this.#purpose = purpose;
    this.#module = module;
    this.#address = address;
  }

  /** Opens the sessions, unless they are. */
  open(): OpenedToken {
    if (this.#refusal !== undefined) throw this.#refusal;
    if (this.#opened?.generation === this.#module.generation) return this.#opened;
    try {
      this.#opened = this.#openAnew();
      return this.#opened;
    } catch (error) {
      this.#remember(error);
      throw error;
    }
  }

  /**
   * Signs data with the hash of the algorithm: RSASSA-PKCS1-v1_5, or ECDSA in DER. A session that was lost is opened
   * again once; throws `keyUnavailable` when the token fails even so, `keyUnfit` when it refuses the PIN.
   */
  async sign(algorithm: KeyAlgorithm, data: Buffer): Promise<Buffer> {
    const hash = hashOf(algorithm);
    const digest = createHash(hash).update(data).digest();
    const isRsa = algorithm.startsWith('rsa');
    const { CKM_RSA_PKCS, CKM_ECDSA } = this.#module.names;
    const input = isRsa ? Buffer.concat([DIGEST_INFO[hash], digest]) : digest;
    const mechanism = isRsa ? CKM_RSA_PKCS : CKM_ECDSA;
    const signature = await this.#inTurn(async () => {
      try {
        return await this.#signOnce(mechanism, input);
      } catch (error) {
        if (error instanceof ServiceError) throw error;
        return await this.#signOnce(mechanism, input).catch((cause: unknown) => {
          throw cause instanceof ServiceError ? cause : unavailable(this.#purpose, this.#address, cause);
        });
      }
    });
    return isRsa ? signature : toDerSignature(signature);
  }

  /** The public key beside the private one. Throws `keyUnfit` when the token holds none of a kind that may seal. */
  readPublicKey(): KeyObject {
    const { calls, names } = this.#module;
    const [session] = this.open().sessions;
    const [object] =
      session === undefined ? [] : findObjects(this.#module, this.#address, session, names.CKO_PUBLIC_KEY);
    if (session === undefined || object === undefined)
      throw new ServiceError(
        'keyUnfit',
        `${this.#purpose}: the token holds no public key beside the private`,
      );
    const read = (...types: readonly number[]) =>
      calls
        .C_GetAttributeValue(
          session,
          object,
          types.map((type) => ({ type })),
        )
        .map(({ value }) => value);
    const [kind] = read(names.CKA_KEY_TYPE);
    return kind?.readUInt8() === names.CKK_RSA
      ? rsaKey(read(names.CKA_MODULUS, names.CKA_PUBLIC_EXPONENT))
      : ecKey(read(names.CKA_EC_PARAMS, names.CKA_EC_POINT));
  }

  /** Gives the sessions back to the token. Call it when nothing is signed any more. */
  close(): void {
    this.#forget(this.#opened);
  }

  #openAnew(): OpenedToken {
    const open = () => openToken(this.#purpose, this.#module, this.#address);
    try {
      return open();
    } catch (error) {
      const mayHelp = error instanceof ServiceError && error.isRetriable;
      if (!mayHelp || !this.#module.restart()) throw error;
      return open();
    }
  }

  async #signOnce(mechanism: number, input: Buffer): Promise<Buffer> {
    const opened = this.open();
    // As many sign at once as there are sessions, so one is free.
    const session = opened.sessions.pop();
    if (session === undefined) throw new Error('no session is free');
    try {
      const signature = await this.#module.run(() => this.#signIn(opened, session, mechanism, input));
      if (this.#opened === opened) opened.sessions.push(session);
      else closeSession(this.#module, session);
      return signature;
    } catch (error) {
      this.#remember(error);
      this.#forget(opened);
      if (opened.generation === this.#module.generation) closeSession(this.#module, session);
      throw error;
    }
  }

  #signIn(opened: OpenedToken, session: Handle, mechanism: number, input: Buffer): Promise<Buffer> {
    const { calls, names } = this.#module;
    calls.C_SignInit(session, { mechanism }, opened.key);
    if (opened.asksAlways)
      logIn(this.#purpose, this.#module, this.#address, session, names.CKU_CONTEXT_SPECIFIC);
    return calls.C_SignAsync(session, input, Buffer.alloc(MOST_SIGNATURE_BYTES));
  }

  #remember(error: unknown): void {
    if (error instanceof ServiceError && !error.isRetriable) this.#refusal = error;
  }

  #forget(opened: OpenedToken | undefined): void {
    if (opened === undefined || this.#opened !== opened) return;
    this.#opened = undefined;
    if (opened.generation !== this.#module.generation) return;
    for (const session of opened.sessions.splice(0)) closeSession(this.#module, session);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#address.sessions)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      return await work();
    } finally {
      // The place goes on to who waits, or becomes free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }
}

/** RSA-8192 and every curve take less. */
const MOST_SIGNATURE_BYTES = 1024;

/** What stands before the digest in RSASSA-PKCS1-v1_5 (RFC 8017 §9.2, note 1). */
const DIGEST_INFO = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
} as const;

function rsaKey([modulus, exponent]: readonly Buffer[]): KeyObject {
  const text = (number: Buffer | undefined) => (number ?? Buffer.alloc(0)).toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n: text(modulus), e: text(exponent) }, format: 'jwk' });
}

/** The curve's object identifier in DER → its name in a JWK. */
const CURVES: Readonly<Record<string, string>> = {
  '06082a8648ce3d030107': 'P-256',
  '06052b81040022': 'P-384',
};

/** The point is an OCTET STRING around 04 and the two coordinates (PKCS#11 v2.40 §2.3.3). */
function ecKey([parameters, point]: readonly Buffer[]): KeyObject {
  const crv = CURVES[parameters?.toString('hex') ?? ''];
  const half = crv === 'P-384' ? 48 : 32;
  const coordinates = point?.subarray(-2 * half);
  if (crv === undefined || coordinates?.length !== 2 * half)
    throw new ServiceError('keyUnfit', 'the token holds a key on another curve than P-256 and P-384');
  const [x, y] = [coordinates.subarray(0, half), coordinates.subarray(half)].map((one) =>
    one.toString('base64url'),
  );
  return createPublicKey({ key: { kty: 'EC', crv, x: x ?? '', y: y ?? '' }, format: 'jwk' });
}
