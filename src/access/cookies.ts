/** Cookies of ours beside the session's: sent only over https or to this machine, only to this very host (RFC 6265bis §4.1.3). */
import type { Request, Response } from 'express';

const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

/** Gives the names and values of the cookies that a browser brought, the oldest first (RFC 6265 §5.4). */
export function cookiesOf(request: Request): Map<string, string> {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** Gives the browser a cookie, for so many seconds or until it closes. The value is written as it is. */
export function setCookie(response: Response, name: string, value: string, seconds?: number): void {
  const age = seconds === undefined ? {} : { maxAge: seconds * 1000 };
  response.cookie(name, value, { ...ATTRIBUTES, ...age, encode: String });
}

/** Has the browser forget a cookie. */
export function forgetCookie(response: Response, name: string): void {
  response.clearCookie(name, ATTRIBUTES);
}
