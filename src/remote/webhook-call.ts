/** Calls the webhooks of senders: configured origins only, addresses of the internet only, no redirects, bounded. */
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { ServiceError } from '../errors.ts';
import { InsideAddress, isPublicAddress, lookupPublic } from './public-address.ts';

export interface WebhookOptions {
  /** Origins that webhooks may be at, `https://events.sender.example.be`. */
  readonly allowedOrigins: readonly string[];
  /** Whether addresses inside may be called, and loopback without TLS: for receivers of the institution's own network. */
  readonly allowInside: boolean;
  /** Milliseconds from connecting to the end of the answer. */
  readonly timeoutMs: number;
}

/** What became of a call. A reason is in words of ours: nothing that the other side sent is in it. */
export type WebhookAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly reason: 'timeout' | 'noConnection' | 'insideAddress' };

export interface WebhookCaller {
  /** Says why an address may not be registered; undefined when it may. */
  faultOf(url: string): 'notUrl' | 'notSecure' | 'notAllowed' | 'withCredentials' | undefined;
  /** Sends one body. Never throws for anything that the other side does. */
  call(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<WebhookAnswer | { readonly kind: 'notAllowed' }>;
}

/** Makes the way out. Throws `configurationInvalid` when an origin is none, or is not `https:` where it must be. */
export function createWebhookCaller(options: WebhookOptions): WebhookCaller {
  const { allowInside } = options;
  const allowed = new Set(options.allowedOrigins.map((text, at) => checkedOrigin(text, at + 1, allowInside)));
  const faultOf: WebhookCaller['faultOf'] = (text) => {
    if (!URL.canParse(text)) return 'notUrl';
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') return 'withCredentials';
    if (allowed.has(url.origin)) return undefined;
    return url.protocol === 'https:' ? 'notAllowed' : 'notSecure';
  };
  return {
    faultOf,
    call: async (url, headers, body) =>
      faultOf(url) === undefined ? send(new URL(url), headers, body, options) : { kind: 'notAllowed' },
  };
}

function checkedOrigin(text: string, position: number, allowInside: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (why: string) =>
    new ServiceError(
      'configurationInvalid',
      `webhook origin ${position} (${url?.host ?? 'unreadable'}) ${why}`,
    );
  if (url === undefined || url.origin === 'null' || url.href !== `${url.origin}/`)
    throw refuse('is not an origin of the form https://host or https://host:port');
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback && allowInside))
    throw refuse('does not use https');
  return url.origin;
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowInside, timeoutMs }: WebhookOptions,
): Promise<WebhookAnswer> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address that is written out is never looked up.
  if (!allowInside && isIP(host) !== 0 && !isPublicAddress(host))
    return Promise.resolve({ kind: 'unreachable', reason: 'insideAddress' });
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const call = request(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      // A connection of its own: one that was left open would not be looked up.
      agent: false,
      signal,
      ...(!allowInside && { lookup: lookupPublic }),
    });
    call.on('response', (answer) => {
      // The status says it all: what else comes is not waited for.
      resolve({ kind: 'answered', status: answer.statusCode ?? 0 });
      answer.destroy();
    });
    call.on('error', (cause) => {
      const isInside = cause instanceof InsideAddress;
      const reason = signal.aborted ? 'timeout' : isInside ? 'insideAddress' : 'noConnection';
      resolve({ kind: 'unreachable', reason });
    });
    call.end(body);
  });
}
