/** Writes HTML for the pages of embedded parts: whatever is put into a template is escaped unless it is HTML itself. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

/** Template tag: html`<p>${text}</p>`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const written = parts.map((part) => write(part));
  return { html: strings.map((text, index) => text + (written[index] ?? '')).join('') };
}

export interface Page {
  readonly lang: string;
  readonly title: string;
  readonly body: Html;
  /** Origins besides the page's own to which its forms may lead, also by redirect. */
  readonly formTargets?: readonly string[];
  /** Origins or `'self'` that frames in the page may show. */
  readonly frames?: readonly string[];
}

/** Sends a page with its style sheet and a policy that allows nothing else: no script, no address elsewhere. */
export function sendPage(response: ServerResponse, status: number, page: Page, style: string): void {
  response.writeHead(status, pageHeaders(page, style)).end(pageText(page, style));
}

/** Writes the whole document. */
export function pageText(page: Page, style: string): string {
  return html`<!DOCTYPE html>
<html lang="${page.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style>${{ html: style }}</style>
</head>
<body>
${page.body}
</body>
</html>
`.html;
}

/** The headers every page of an embedded part is sent with. */
export function pageHeaders(page: Page, style: string): Readonly<Record<string, string>> {
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${digest}'`,
    'img-src data:',
    `form-action ${["'self'", ...(page.formTargets ?? [])].join(' ')}`,
    `frame-src ${(page.frames ?? ["'none'"]).join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    ...SAFE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'content-language': page.lang,
  };
}

/** What an answer tells a browser that is no page: it may be neither kept nor framed, and nothing in it may load or run. */
export const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function write(part: Part): string {
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map((one) => one.html).join('\n');
}
