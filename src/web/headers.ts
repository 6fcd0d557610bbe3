/** What every page tells the browser: nothing is loaded, run, framed or sent anywhere but here. */
import type { Response } from 'express';
import helmet from 'helmet';

/** How a page differs from the strictest: it shows a document of ours, or its address is a secret. */
export interface PagePolicy {
  /** A document of ours is shown inside the page. */
  readonly showsDocument?: boolean;
  /** The address holds a code: no other page may learn it from a link. */
  readonly isSecretAddress?: boolean;
  /** Origins besides our own to which forms lead, also by redirect: the login's, to end its session. */
  readonly formTargets: readonly string[];
  /** Search engines may list the page. */
  readonly isListed?: boolean;
  /** Somebody may hold a code before the camera. */
  readonly usesCamera?: boolean;
}

/** Sets the headers of a page. */
export function setPageHeaders(response: Response, policy: PagePolicy): void {
  const documents = policy.showsDocument === true ? ["'self'"] : ["'none'"];
  set(response, {
    'default-src': ["'none'"],
    'style-src': ["'self'"],
    'script-src': ["'self'"],
    'img-src': ["'self'"],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'object-src': documents,
    'frame-src': documents,
    'form-action': ["'self'", ...policy.formTargets],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  });
  if (policy.usesCamera === true) response.set('Permissions-Policy', permissions('self'));
  // Forms name their origin unless the page forbids every referrer; then the browser still says that it is the same site.
  response.set('Referrer-Policy', policy.isSecretAddress === true ? 'no-referrer' : 'same-origin');
  if (policy.isListed !== true) response.set('X-Robots-Tag', 'noindex');
}

/** Sets the headers of a file; a document may be shown inside pages of ours. */
export function setFileHeaders(response: Response, isShownInside: boolean): void {
  set(response, {
    'default-src': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': [isShownInside ? "'self'" : "'none'"],
    'base-uri': ["'none'"],
  });
  if (isShownInside) response.set('X-Frame-Options', 'SAMEORIGIN');
  response.set({ 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' });
}

/** What stays the same: told once, by helmet's other headers. */
const others = helmet({
  contentSecurityPolicy: false,
  xFrameOptions: { action: 'deny' },
  referrerPolicy: false,
});

function set(response: Response, directives: Readonly<Record<string, readonly string[]>>): void {
  others(response.req, response, () => undefined);
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(' ')}`);
  response.set({
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-store',
    'Permissions-Policy': permissions(''),
  });
}

/** Nothing here listens or asks where somebody is, and only pages that verify paper look through a camera. */
function permissions(camera: '' | 'self'): string {
  return `camera=(${camera}), geolocation=(), microphone=(), payment=(), usb=()`;
}
