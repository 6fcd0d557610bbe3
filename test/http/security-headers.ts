/** What every answer tells a browser, whatever it is an answer to. */
import type { IncomingHttpHeaders } from 'node:http';

/** Paths of what is the same for all, and may be kept. */
const MAY_BE_KEPT =
  /^\/(?:verifications\/v1\/(?:keys|statusLists(?:\/[^/]*)?)|ebox\/citizen\/v2\/referenceData\/.*|assets\/[\da-f]{16}\/[\w.-]+)$/;
const YEAR_SECONDS = 31_536_000;

/** Says what is missing or too weak in the headers of an answer. `path` has no query. */
export function headerFaults(path: string, status: number, headers: IncomingHttpHeaders): readonly string[] {
  const value = (name: string) => String(headers[name] ?? '');
  const policy = new Map(
    value('content-security-policy')
      .split(';')
      .map((directive) => directive.trim().split(' '))
      .map(([name = '', ...sources]) => [name, sources.join(' ')]),
  );
  const maxAge = Number(/max-age=(\d+)/.exec(value('strict-transport-security'))?.[1]);
  // A document of ours may be shown inside a page of ours, and nowhere else.
  const isDocument = path.startsWith('/inbox/') && value('content-type') === 'application/pdf';
  const frames = isDocument ? /^'(?:self|none)'$/ : /^'none'$/;
  // Forms lead back to the application from the login; an image in the page itself loads nothing.
  const harmless = new Set(['form-action', 'img-src data:']);
  const sources = [...policy].flatMap(([name, given]) =>
    harmless.has(name) || harmless.has(`${name} ${given}`) ? [] : [given],
  );
  const mayBeKept = MAY_BE_KEPT.test(path) && status < 400;
  const sound = {
    'default-src': policy.get('default-src') === "'none'",
    'frame-ancestors': frames.test(policy.get('frame-ancestors') ?? ''),
    'x-frame-options': (isDocument ? /^(?:SAMEORIGIN|DENY)$/ : /^DENY$/).test(value('x-frame-options')),
    'base-uri': policy.get('base-uri') === "'none'",
    'content-security-policy': !/unsafe|\*|data:|https?:/.test(sources.join(' ')),
    'form-action': policy.has('form-action'),
    'x-content-type-options': value('x-content-type-options') === 'nosniff',
    'referrer-policy': /^(no-referrer|same-origin)$/.test(value('referrer-policy')),
    'strict-transport-security':
      maxAge >= YEAR_SECONDS && /includeSubDomains/.test(value('strict-transport-security')),
    'cache-control': mayBeKept
      ? /^public, (?:no-transform, proxy-revalidate, )?max-age=\d+/.test(value('cache-control'))
      : value('cache-control') === 'no-store',
    // Keys and status lists are for everybody, scripts of other sites too.
    'access-control-allow-origin':
      headers['access-control-allow-origin'] === undefined ||
      (mayBeKept && path.startsWith('/verifications/')),
    'x-powered-by': headers['x-powered-by'] === undefined,
    server: headers.server === undefined,
    // A text says in which characters it is written.
    'content-type':
      !value('content-type').startsWith('text/') || /charset=utf-8/i.test(value('content-type')),
  };
  return Object.entries(sound).flatMap(([name, isSound]) => (isSound ? [] : [name]));
}
