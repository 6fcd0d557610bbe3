/** The service worker that keeps the page which checks codes, at an address that lasts. */
import { createHash } from 'node:crypto';
import express, { type Router } from 'express';
import { PAGE_LANGUAGES } from '../domain/language.ts';

/** Where the page is; the worker answers for it and for the page that leads to it. */
export const CHECK_PAGE = '/verify/offline';
export const WORKER_PATH = '/verify/worker.js';
const SCOPE = '/verify';

export interface WorkerParts {
  /** Its script. */
  readonly script: string;
  /** The addresses of all files that the page needs. */
  readonly files: () => readonly string[];
  /** What pages are made of: another one is another version. */
  readonly pages: readonly string[];
}

/** Serves it. Made when it is asked for first. */
export function workerRouter({ script, files, pages }: WorkerParts): Router {
  let text: string | undefined;
  const write = () => {
    const own = files();
    const hash = createHash('sha256');
    for (const part of [script, ...own, ...pages]) hash.update(part).update('\n');
    const constants = {
      VERSION: hash.digest('hex').slice(0, 16),
      FILES: own,
      PAGE: CHECK_PAGE,
      PAGES: PAGE_LANGUAGES.map((language) => `${CHECK_PAGE}?lang=${language}`),
    };
    const lines = Object.entries(constants).map(
      ([name, value]) => `const ${name} = ${JSON.stringify(value)};`,
    );
    return `${lines.join('\n')}\n${script}`;
  };
  const router = express.Router();
  router.get(WORKER_PATH, (_request, response) => {
    text ??= write();
    response.set({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-store',
      'Service-Worker-Allowed': SCOPE,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy':
        "default-src 'none'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    });
    response.end(text);
  });
  return router;
}
