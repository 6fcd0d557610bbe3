/** Pages to look at the mails of the embedded mail server; a mail's own HTML is shown in a frame that may do nothing. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { brusselsDateTime } from '../../domain/period.ts';
import { type Html, html, type Page, sendPage } from '../html.ts';
import { listenOnLoopback, urlHost } from '../loopback.ts';
import { listMails, type Mail, type MailAddress, readMail } from './mails.ts';

export interface MailPages {
  readonly url: string;
  stop(): Promise<void>;
}

/** The list shows the newest mails only: a campaign leaves thousands. */
const LISTED = 100;

const STYLE = `
*, *::before, *::after { box-sizing: border-box }
:root { --ink: #1b2733; --soft: #51606e; --line: #c9d2da; --ground: #f3f6f8; --card: #fff; --accent: #0b5563; --hover: #e9f3f4;
  --focus: #ffbf00; color-scheme: light }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif }
body { margin: 0; background: var(--ground); color: var(--ink); padding: 2rem 1rem 3rem }
main { max-width: 52rem; margin: 0 auto }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere }
h2 { font-size: 1.125rem; margin: 1.75rem 0 .5rem }
p { margin: 0 0 1rem }
.soft { color: var(--soft) }
a { color: var(--accent) }
a:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 5px var(--ink) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden }
ul { list-style: none; margin: 1.25rem 0 0; padding: 0 }
li + li { border-top: 1px solid var(--line) }
li a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .875rem 1.25rem; color: inherit; text-decoration: none }
li a:hover { background: var(--hover) }
li strong { grid-column: 1 / -1; overflow-wrap: anywhere }
li span { color: var(--soft); font-size: .9375rem; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
pre { margin: 0; padding: 1.25rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .9375rem/1.5 ui-monospace, monospace }
iframe { display: block; width: 100%; height: 40rem; border: 0; background: #fff }
`;

/** Serves the mails of a folder on loopback. Throws `embeddedPartFailed` when it cannot listen. */
export async function startMailPages(folder: string, host: string, port: number): Promise<MailPages> {
  const server = createServer((request, response) => {
    answer(folder, request, response).catch(() => response.writeHead(500).end());
  });
  const chosen = await listenOnLoopback('mail pages', server, host, port);
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${urlHost(host)}:${chosen}/`, stop };
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, area, name, part] = (request.url ?? '/').split('?')[0]?.split('/') ?? [];
  const names = await listMails(folder);
  if (area === '') {
    const newest = names.slice(-LISTED).toReversed();
    const mails = await Promise.all(newest.map((file) => readMail(folder, file)));
    sendPage(response, 200, listPage(mails, names.length), STYLE);
    return;
  }
  // Only a name that was listed is read: whatever else an address says never reaches the file system.
  const file = area === 'mails' ? names.find((one) => one === name) : undefined;
  if (file === undefined) {
    sendPage(response, 404, missingPage(), STYLE);
    return;
  }
  const mail = await readMail(folder, file);
  if (part === 'html') sendMailHtml(response, mail);
  else sendPage(response, 200, mailPage(mail), STYLE);
}

/** The sandbox takes from the mail what a good mail reader takes: scripts, forms, images and other addresses. */
function sendMailHtml(response: ServerResponse, mail: Mail): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .end(mail.html);
}

function listPage(mails: readonly Mail[], total: number): Page {
  const items = mails.map(
    (mail) => html`<li><a href="/mails/${mail.file}"><strong>${mail.subject}</strong>
<span>${mail.envelope.to.join(', ')}</span><span>${shownDate(mail)}</span></a></li>`,
  );
  const list: Html =
    mails.length === 0
      ? html`<p>No mail yet.</p>`
      : html`<ul class="card">
${items}
</ul>`;
  const shown = total > mails.length ? `, the newest ${mails.length} shown` : '';
  return {
    lang: 'en',
    title: 'Mails',
    body: html`<main><h1>Mails</h1><p class="soft">${total} kept here, none delivered${shown}.</p>${list}</main>`,
  };
}

function mailPage(mail: Mail): Page {
  const body = html`<main>
<p><a href="/">All mails</a></p>
<h1>${mail.subject}</h1>
<dl>
<dt>From</dt><dd>${mail.from === undefined ? '' : written(mail.from)}</dd>
<dt>To</dt><dd>${mail.to.map((one) => written(one)).join(', ')}</dd>
<dt>Delivered to</dt><dd>${mail.envelope.to.join(', ')}</dd>
<dt>Date</dt><dd>${shownDate(mail)}</dd>
<dt>Message-ID</dt><dd>${mail.messageId ?? ''}</dd>
</dl>
${mail.html === '' ? html`` : html`<h2>As HTML</h2><div class="card"><iframe src="/mails/${mail.file}/html" title="The mail as HTML"></iframe></div>`}
<h2>As text</h2><div class="card"><pre>${mail.text}</pre></div>
</main>`;
  return { lang: 'en', title: mail.subject, body, frames: ["'self'"] };
}

function missingPage(): Page {
  const body = html`<main><h1>No such mail</h1><p><a href="/">All mails</a></p></main>`;
  return { lang: 'en', title: 'No such mail', body };
}

/** As Brussels clocks show it; what is no date is shown as it is. */
function shownDate({ date = '' }: Mail): string {
  const instant = new Date(date);
  return Number.isNaN(instant.getTime()) ? date : brusselsDateTime(instant).slice(0, 16).replace('T', ' ');
}

function written(address: MailAddress): string {
  return address.name === undefined ? address.address : `${address.name} <${address.address}>`;
}
