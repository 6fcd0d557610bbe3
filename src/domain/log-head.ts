/**
 * A head of the evidence log: how many leaves there are and their root, sealed as compact JWS (RFC 7515) of type
 * `evidence-head` over one line of JSON, format 1:
 *
 *     {"v":1,"log":"<uuid>","number":2,"size":310,"root":"<base64url>","time":"<UTC>","previous":"<base64url>"}
 *
 * `previous` is the SHA-256 of the JWS of the head before it, so that no head can be taken out; the first has none.
 */

export const HEAD_TYPE = 'evidence-head';

export interface LogHead {
  /** Names the log: heads of two logs do not go together. */
  readonly logId: string;
  /** From 1, without gaps. */
  readonly number: number;
  /** Leaves it covers. */
  readonly size: number;
  readonly root: Buffer;
  /** When it was made, by the clock of the service. */
  readonly time: Date;
  readonly previous: Buffer | undefined;
}

/** Writes the statement that is sealed. */
export function writeHead({ logId, number, size, root, time, previous }: LogHead): string {
  return JSON.stringify({
    v: 1,
    log: logId,
    number,
    size,
    root: root.toString('base64url'),
    time: time.toISOString(),
    ...(previous && { previous: previous.toString('base64url') }),
  });
}

/** Reads a statement; undefined when it is none of format 1. */
export function readHead(text: string): LogHead | undefined {
  const { v, log, number, size, root, time, previous } = parseObject(text);
  const rootBytes = readHash(root);
  const previousBytes = readHash(previous);
  const at = typeof time === 'string' ? new Date(time) : undefined;
  const isWhole =
    v === 1 &&
    typeof log === 'string' &&
    isCount(number) &&
    isCount(size) &&
    rootBytes !== undefined &&
    at !== undefined &&
    !Number.isNaN(at.getTime()) &&
    (previousBytes !== undefined) === number > 1;
  return isWhole
    ? { logId: log, number, size, root: rootBytes, time: at, previous: previousBytes }
    : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function readHash(value: unknown): Buffer | undefined {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value) ? Buffer.from(value, 'base64url') : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
