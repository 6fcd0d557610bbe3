/**
 * Refuses what another site has a browser send here (cross-site request forgery): each form carries a token of its
 * session, and what the browser says of the page that sent it must be us. Either alone would do; both are asked for.
 */
import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';

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

/** Makes the check for pages reached at `publicUrl`. */
export function createCsrf(publicUrl: string): Csrf {
  const { origin } = new URL(publicUrl);
  const { generateToken, isRequestValid } = csrfSync({
    size: 32,
    getTokenFromRequest: ({ body }: Request) => {
      const fields: unknown = body;
      if (typeof fields !== 'object' || fields === null) return undefined;
      const token: unknown = Object.entries(fields).find(([name]) => name === CSRF_FIELD)?.[1];
      return typeof token === 'string' ? token : undefined;
    },
  });
  return {
    tokenFor: (request) => generateToken(request),
    checkOrigin: (request) => (isOwn(request, origin) ? undefined : 'foreignOrigin'),
    checkToken: (request) => (isRequestValid(request) ? undefined : 'wrongToken'),
  };
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
