/** As much of a browser as a login needs: it keeps cookies, follows redirects at one origin and sends a form. */

/** A walk ended on a page to look at. */
export interface ShownPage {
  readonly kind: 'page';
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

/** A walk ended at the application's address, which is not called. */
export interface Returned {
  readonly kind: 'returned';
  readonly parameters: URLSearchParams;
}

export type Arrival = ShownPage | Returned;

export interface Browser {
  open(url: string): Promise<Arrival>;
  submit(url: string, form: Readonly<Record<string, string>>): Promise<Arrival>;
}

/** No login takes more steps. */
const MAX_REDIRECTS = 10;

/**
 * Makes a browser without any cookie that stays at `issuer` and stops before it would call `redirectUri`.
 * Its functions throw `Error` when a redirect leads elsewhere.
 */
export function createBrowser(issuer: string, redirectUri: string): Browser {
  const jar: Cookie[] = [];
  const { origin } = new URL(issuer);
  const application = addressOf(new URL(redirectUri));

  async function walk(start: string, body: URLSearchParams | undefined): Promise<Arrival> {
    let url = new URL(start);
    let form = body;
    for (let step = 0; step < MAX_REDIRECTS; step += 1) {
      if (url.origin !== origin) throw new Error(`the login leads to ${url.origin}`);
      const headers = { accept: 'text/html', cookie: cookiesFor(jar, url.pathname) };
      const sent = form === undefined ? {} : { method: 'POST', body: form };
      const answer = await fetch(url, { ...sent, headers, redirect: 'manual' });
      for (const line of answer.headers.getSetCookie()) keep(jar, line);
      const location = answer.headers.get('location');
      const html = await answer.text();
      if (location === null) return { kind: 'page', url: url.href, status: answer.status, html };
      url = new URL(location, url);
      form = undefined;
      if (addressOf(url) === application) return { kind: 'returned', parameters: url.searchParams };
    }
    throw new Error(`the login redirects more than ${MAX_REDIRECTS} times`);
  }

  return {
    open: (url) => walk(url, undefined),
    submit: (url, form) => walk(url, new URLSearchParams(form)),
  };
}

function addressOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** Keeps what RFC 6265 §5.3 needs here: name, value and path; an expiry in the past removes the cookie. */
function keep(jar: Cookie[], line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((text) => text.trim());
  const name = pair.slice(0, pair.indexOf('='));
  const value = pair.slice(pair.indexOf('=') + 1);
  const attribute = (wanted: string) =>
    attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
  const path = attribute('path') ?? '/';
  const known = jar.findIndex((cookie) => cookie.name === name && cookie.path === path);
  if (known !== -1) jar.splice(known, 1);
  const expires = attribute('expires');
  if (expires === undefined || new Date(expires) > new Date()) jar.push({ name, value, path });
}

function cookiesFor(jar: readonly Cookie[], path: string): string {
  return jar
    .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
    .map((cookie) => `${cookie.name}=${cookie.value}`)
    .join('; ');
}
