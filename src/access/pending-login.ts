/**
 * Logins under way, kept by the browser itself: one sealed cookie each, until the issuer's answer comes.
 *
 * Why not in the session: whoever only opens the login, a thousand times if they like, leaves nothing in the database.
 */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { cookiesOf, forgetCookie, setCookie } from './cookies.ts';
import type { PendingLogin } from './login.ts';

export interface PendingLoginOptions {
  /** Encrypts and decrypts; `open` throws for anything that `seal` did not give for that `context`. */
  readonly seal: (text: string, context: string) => string;
  readonly open: (sealed: string, context: string) => string;
  readonly clock: () => Date;
}

export interface PendingLogins {
  /** Gives the login to the browser to keep. */
  keep(request: Request, response: Response, pending: PendingLogin): void;
  /** Takes back the login of a state; undefined when this browser began none, or too long ago. It is taken once. */
  take(request: Request, response: Response, state: string | null): PendingLogin | undefined;
}

const PREFIX = '__Host-login-';
/** Issuers give up a login within the hour as well. */
const LONGEST_SECONDS = 3600;
/** More than these in one browser were given up. */
const MOST = 5;

/** Makes the keeper of logins under way. */
export function createPendingLogins({ seal, open, clock }: PendingLoginOptions): PendingLogins {
  const read = (value: string, state: string): PendingLogin | undefined => {
    try {
      // Sealed by `keep`, so its shape is ours.
      const { until, pending } = JSON.parse(open(value, contextOf(state))) as Kept;
      return clock().getTime() < until ? pending : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    keep(request, response, pending) {
      const earlier = [...cookiesOf(request).keys()].filter((name) => name.startsWith(PREFIX));
      for (const name of earlier.slice(0, Math.max(0, earlier.length - MOST + 1)))
        forgetCookie(response, name);
      const kept: Kept = { until: clock().getTime() + LONGEST_SECONDS * 1000, pending };
      const value = seal(JSON.stringify(kept), contextOf(pending.state));
      setCookie(response, nameOf(pending.state), value, LONGEST_SECONDS);
    },
    take(request, response, state) {
      if (state === null) return undefined;
      const value = cookiesOf(request).get(nameOf(state));
      if (value === undefined) return undefined;
      forgetCookie(response, nameOf(state));
      return read(value, state);
    },
  };
}

interface Kept {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly pending: PendingLogin;
}

/** The state itself stays inside. */
function nameOf(state: string): string {
  return `${PREFIX}${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
}

/** A sealed login that is put under another name opens no more. */
function contextOf(state: string): string {
  return `pending-login/${state}`;
}
