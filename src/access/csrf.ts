/**
 * Refuses what another site has a browser send here (cross-site request forgery): each form carries a token of its
 * session, and what the browser says of the page that sent it must be us. Either alone would do; both are asked for.
 *
 * Somebody who only looks has no session, and is given none for the sake of a form: the token belongs to a cookie then
 * (signed double submit), and nothing is stored.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';
import { cookiesOf, setCookie } from './cookies.ts';
import { isEmpty } from './session.ts';

/** What is wrong with a request that changes something. */
export type CsrfDefect = 'foreignOrigin' | 'wrongToken';

export interface Csrf {
  /** Gives the token for the forms of a page. */
  tokenFor(request: Request): string;
  /** Looks at what the browser says of where a request comes from; it is known before any of the body has arrived. */
  checkOrigin(request: Request): CsrfDefect | undefined;
  /** Looks at the token in the fields of a form that was read. */
  checkToken(request: Request): CsrfDefect | undefined;
}

/** The field of a form in which the token stands. */
export const CSRF_FIELD = 'csrfToken';

/** Belongs to the forms of somebody without a session; forgotten when the browser closes. */
const FORM_COOKIE = '__Host-form';

/** Makes the check for pages reached at `publicUrl`. `secret` signs the tokens of those who have no session. */
export function createCsrf(publicUrl: string, secret: string): Csrf {
  const { origin } = new URL(publicUrl);
  const { generateToken, isRequestValid } = csrfSync({ size: 32, getTokenFromRequest: sentToken });
  const signed = (cookie: string) => createHmac('sha256', secret).update(`form/${cookie}`).digest('hex');
  return {
    tokenFor: (request) =>
      hasSession(request) ? generateToken(request) : signed(formCookieOf(request) ?? giveFormCookie(request)),
    checkOrigin: (request) => (isOwn(request, origin) ? undefined : 'foreignOrigin'),
    checkToken: (request) => {
      if (hasSession(request) && isRequestValid(request)) return undefined;
      // What somebody did before they logged in is not done by who they are now.
      const cookie = isLoggedIn(request) ? undefined : formCookieOf(request);
      return cookie !== undefined && isSame(sentToken(request), signed(cookie)) ? undefined : 'wrongToken';
    },
  };
}

function sentToken({ body }: Request): string | undefined {
  const fields: unknown = body;
  if (typeof fields !== 'object' || fields === null) return undefined;
  const token: unknown = Object.entries(fields).find(([name]) => name === CSRF_FIELD)?.[1];
  return typeof token === 'string' ? token : undefined;
}

/** A request has none where it could not be loaded, and once it was ended. */
type MaybeSession = { readonly session?: Request['session'] };

function hasSession({ session }: MaybeSession): boolean {
  return session !== undefined && !isEmpty(session);
}

function isLoggedIn({ session }: MaybeSession): boolean {
  return session?.login !== undefined;
}

function formCookieOf(request: Request): string | undefined {
  const value = cookiesOf(request).get(FORM_COOKIE);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

/** A page may have several forms, and gives one cookie for all of them. */
const given = new WeakMap<Request, string>();

function giveFormCookie(request: Request): string {
  const known = given.get(request);
  if (known !== undefined) return known;
  const value = randomBytes(32).toString('base64url');
  given.set(request, value);
  if (request.res !== undefined) setCookie(request.res, FORM_COOKIE, value);
  return value;
}

function isSame(given: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Every browser of today names the origin of a form it sends; one that hides it (`null`, where a page allows no
 * referrer) still says whether it is the same site (Fetch Metadata, `Sec-Fetch-Site`). What says nothing is no browser.
 */
function isOwn(request: Request, own: string): boolean {
  const [origin, site] = [request.get('origin'), request.get('sec-fetch-site')];
  if (origin !== undefined && origin !== 'null' && origin !== own) return false;
  if (site !== undefined) return site === 'same-origin';
  return origin === own;
}
