/** The one way out: HTTP calls that reach configured origins only, without redirects, in bounded time and size. */
import { ServiceError } from '../errors.ts';

export interface GuardOptions {
  /** Origins from the configuration, such as `https://tsa.example.be` or `https://eid.example.be:8443`. */
  readonly allowedOrigins: readonly string[];
  /** Whether loopback addresses may be named, and there plain `http:` too: for parts that run on this machine. */
  readonly allowLoopback: boolean;
  /**
   * Whether `http:` may be named elsewhere too: for time-stamps and revocation data, which are signed themselves and whose
   * addresses, in the certificates, are plain by custom (RFC 5280 §8). By default not.
   */
  readonly allowPlain?: boolean;
  /** Milliseconds for the whole call, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** The most bytes an answer may have, counted after decompression. */
  readonly maxBytes: number;
}

export interface GuardedRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>> | Headers;
  /** Pieces are sent as they come, and read once: whoever tries again makes them anew. */
  readonly body?: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>;
}

/**
 * Calls a configured origin and gives the whole answer, status 2xx or 4xx; its body is already in memory.
 * Throws `remoteUnavailable` when the other side cannot be reached, answers 5xx or takes too long, and
 * `remoteRefused` when the address is not a configured one or the answer is a redirect or too large.
 * Messages name the origin only: paths and queries may hold secrets.
 */
export type GuardedFetch = (url: string | URL, request?: GuardedRequest) => Promise<Response>;

/**
 * Makes the way out for one purpose. Throws `configurationInvalid` when an origin is not a bare origin, is not
 * `https:` where it must be, or names loopback where that is not allowed.
 */
export function createGuardedFetch(options: GuardOptions): GuardedFetch {
  const allowed = new Set(
    options.allowedOrigins.map((text, index) => checkedOrigin(text, index + 1, options)),
  );
  return async (url, request = {}) => {
    const target = checkedTarget(url, allowed);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), options.timeoutMs);
    try {
      const answer = await fetch(target, {
        ...requestOf(request),
        redirect: 'manual',
        signal: controller.signal,
      });
      checkStatus(answer, target.origin);
      return await buffered(answer, target.origin, options.maxBytes);
    } catch (cause) {
      if (cause instanceof ServiceError) throw cause;
      const what = controller.signal.aborted
        ? `did not answer within ${options.timeoutMs} ms`
        : 'is unreachable';
      throw new ServiceError('remoteUnavailable', `${target.origin} ${what}`, { cause });
    } finally {
      clearTimeout(timer);
      // Frees the connection of an answer that was refused before its end; after a complete one it does nothing.
      controller.abort();
    }
  };
}

function checkedOrigin(
  text: string,
  position: number,
  { allowLoopback, allowPlain = false }: GuardOptions,
): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text itself is not repeated: a user name and password may stand in it.
  const name = `outgoing origin ${position} (${url?.host ?? 'unreadable'})`;
  const refuse = (why: string) => new ServiceError('configurationInvalid', `${name} ${why}`);
  if (url === undefined || url.origin === 'null' || url.href !== `${url.origin}/`)
    throw refuse('is not an origin of the form https://host or https://host:port');
  if (isLoopback(url.hostname) && !allowLoopback)
    throw refuse('is on this machine, which is not allowed here');
  const mayBePlain = allowPlain || isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain))
    throw refuse('does not use https');
  return url.origin;
}

/** Tells whether a parsed URL's host name is this machine: 127.0.0.0/8, ::1 (also mapped), 0.0.0.0, :: or localhost. */
function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return (
    /^127\.\d+\.\d+\.\d+$/.test(host) || /^(0\.0\.0\.0|::1?|::ffff:(7f[0-9a-f]{2}|0):[0-9a-f]+)$/.test(host)
  );
}

/** The parser of the platform brings every spelling of an address to one; what is compared is what is called. */
function checkedTarget(url: string | URL, allowed: ReadonlySet<string>): URL {
  if (!URL.canParse(String(url))) throw new ServiceError('remoteRefused', 'an outgoing address is not a URL');
  const target = new URL(url);
  if (target.username !== '' || target.password !== '')
    throw new ServiceError('remoteRefused', `an address at ${target.origin} holds a user name or password`);
  if (!allowed.has(target.origin))
    throw new ServiceError('remoteRefused', `${target.origin} is not a configured outgoing origin`);
  return target;
}

/** A body in pieces goes out while it is read (Fetch standard §5.4, `duplex`). */
function requestOf({ body, ...rest }: GuardedRequest): RequestInit {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
    return { ...rest, ...(body !== undefined && { body }) };
  return { ...rest, body: ReadableStream.from(body), duplex: 'half' };
}

function checkStatus(answer: Response, origin: string): void {
  if (answer.status >= 500)
    throw new ServiceError('remoteUnavailable', `${origin} answered with status ${answer.status}`);
  if (answer.status >= 300 && answer.status < 400)
    throw new ServiceError('remoteRefused', `${origin} redirected, which is not followed`);
}

async function buffered(answer: Response, origin: string, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > maxBytes)
      throw new ServiceError('remoteRefused', `${origin} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers = new Headers(answer.headers);
  // The body was decompressed on the way; these would describe what came over the wire.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const body = answer.body === null ? null : Buffer.concat(chunks);
  return new Response(body, { status: answer.status, statusText: answer.statusText, headers });
}
