/** Finds a token, logs in and finds a key in it: what a PKCS#11 key needs before it can sign. */
import type { Handle } from 'pkcs11js';
import { ServiceError } from '../errors.ts';
import { readKeyFile } from './seal-files.ts';
import { faultOf, type TokenModule } from './token-module.ts';

/** Where a key in a PKCS#11 token is; plain data. */
export interface TokenAddress {
  /** Path of the maker's library. */
  readonly module: string;
  /** The label of the token, or the number of its slot. */
  readonly token: string | number;
  /** CKA_LABEL of the private key. */
  readonly label?: string | undefined;
  /** CKA_ID of the private key, in hexadecimal. */
  readonly id?: string | undefined;
  /** A file with the user's PIN. */
  readonly pinFile: string;
  /** How many signatures may run at once. */
  readonly sessions: number;
}

/** A token opened for signing. */
export interface OpenedToken {
  readonly generation: number;
  readonly key: Handle;
  /** Sessions that nobody uses at this moment. */
  readonly sessions: Handle[];
  /** Whether the key asks for the PIN at each signature. */
  readonly asksAlways: boolean;
}

/**
 * Opens the sessions, logs in and finds the private key. Throws `keyUnavailable` when the token is not there or fails,
 * `keyUnfit` when it refuses the PIN or has not exactly one such key.
 */
export function openToken(purpose: string, module: TokenModule, address: TokenAddress): OpenedToken {
  const { calls, names } = module;
  const sessions: Handle[] = [];
  try {
    const slot = findSlot(purpose, module, address);
    // Each further wrong PIN brings a token nearer to locking itself, and a supervisor starts a service again and again.
    if ((calls.C_GetTokenInfo(slot).flags & names.CKF_USER_PIN_FINAL_TRY) !== 0)
      throw new ServiceError('keyUnfit', `${purpose}: ${nameOf(address)} has one try left for its PIN`);
    for (let count = 0; count < address.sessions; count += 1)
      sessions.push(calls.C_OpenSession(slot, names.CKF_SERIAL_SESSION));
    const [first] = sessions;
    if (first === undefined) throw new ServiceError('keyUnfit', `${purpose}: at least one session is needed`);
    logIn(purpose, module, address, first);
    const key = findKey(purpose, module, address, first);
    return { generation: module.generation, key, sessions, asksAlways: asksAlways(module, first, key) };
  } catch (cause) {
    for (const session of sessions) closeSession(module, session);
    if (cause instanceof ServiceError) throw cause;
    throw unavailable(purpose, address, cause);
  }
}

/** Closes a session, also one that is gone already. */
export function closeSession({ calls }: TokenModule, session: Handle): void {
  try {
    calls.C_CloseSession(session);
  } catch (error) {
    if (faultOf(error) === undefined) throw error;
  }
}

/** Says that a token cannot be used now; a job may be tried again. */
export function unavailable(purpose: string, address: TokenAddress, cause: unknown): ServiceError {
  const reason = faultOf(cause) ?? 'it cannot be used';
  return new ServiceError('keyUnavailable', `${purpose}: ${nameOf(address)} does not sign: ${reason}`, {
    cause,
  });
}

function nameOf({ token }: TokenAddress): string {
  return typeof token === 'number' ? `the token in slot ${token}` : `token ${token}`;
}

function findSlot(purpose: string, { calls }: TokenModule, address: TokenAddress): Handle {
  const { token } = address;
  const found = calls.C_GetSlotList(true).filter((slot) => {
    if (typeof token === 'number') return slotNumber(slot) === BigInt(token);
    return labelOf(() => calls.C_GetTokenInfo(slot).label) === token;
  });
  const [slot] = found;
  if (slot === undefined)
    throw new ServiceError('keyUnavailable', `${purpose}: ${nameOf(address)} is not there`);
  if (found.length > 1)
    throw new ServiceError('keyUnfit', `${purpose}: there is more than one ${nameOf(address)}`);
  return slot;
}

/** A slot whose token fails is not the one looked for; labels are filled up with spaces (PKCS#11 v2.40 §3.3). */
function labelOf(read: () => string): string | undefined {
  try {
    return read().trimEnd();
  } catch (error) {
    if (faultOf(error) === undefined) throw error;
    return undefined;
  }
}

/** Handles are unsigned numbers in the machine's order of bytes, little-endian wherever the service runs. */
function slotNumber(slot: Handle): bigint {
  return slot.length === 8 ? slot.readBigUInt64LE() : BigInt(slot.readUInt32LE());
}

/** Gives the PIN to the token: once for all sessions, or with `CKU_CONTEXT_SPECIFIC` for one signature. */
export function logIn(
  purpose: string,
  { calls, names }: TokenModule,
  address: TokenAddress,
  session: Handle,
  user = names.CKU_USER,
): void {
  const pin = readKeyFile(address.pinFile).toString('utf8').trim();
  try {
    calls.C_Login(session, user, pin);
  } catch (cause) {
    const fault = faultOf(cause) ?? '';
    if (fault === 'CKR_USER_ALREADY_LOGGED_IN') return;
    if (!fault.startsWith('CKR_PIN_')) throw cause;
    const reason = `${nameOf(address)} refuses the PIN in ${address.pinFile}: ${fault}`;
    throw new ServiceError('keyUnfit', `${purpose}: ${reason}`, { cause });
  }
}

function findKey(purpose: string, module: TokenModule, address: TokenAddress, session: Handle): Handle {
  const found = findObjects(module, address, session, module.names.CKO_PRIVATE_KEY);
  const [key] = found;
  if (key !== undefined && found.length === 1) return key;
  const { label, id } = address;
  const wanted = [label === undefined ? '' : ` label ${label}`, id === undefined ? '' : ` id ${id}`].join('');
  const count = found.length === 0 ? 'no private key' : 'more than one private key';
  throw new ServiceError('keyUnfit', `${purpose}: ${nameOf(address)} holds ${count} with${wanted}`);
}

/** Finds at most two objects of a class that have the label and id of an address. */
export function findObjects(
  { calls, names }: TokenModule,
  { label, id }: TokenAddress,
  session: Handle,
  kind: number,
): Handle[] {
  calls.C_FindObjectsInit(session, [
    { type: names.CKA_CLASS, value: kind },
    ...(label === undefined ? [] : [{ type: names.CKA_LABEL, value: label }]),
    ...(id === undefined ? [] : [{ type: names.CKA_ID, value: Buffer.from(id, 'hex') }]),
  ]);
  try {
    return calls.C_FindObjects(session, 2);
  } finally {
    calls.C_FindObjectsFinal(session);
  }
}

function asksAlways({ calls, names }: TokenModule, session: Handle, key: Handle): boolean {
  try {
    const [found] = calls.C_GetAttributeValue(session, key, [{ type: names.CKA_ALWAYS_AUTHENTICATE }]);
    return Buffer.isBuffer(found?.value) && found.value[0] === 1;
  } catch (error) {
    // Modules of before version 2.20 do not know the attribute.
    if (faultOf(error) === undefined) throw error;
    return false;
  }
}
