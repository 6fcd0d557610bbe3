/** Somebody at the pages over plain HTTP: keeps the cookies, finds the token of a form, and follows where it leads. */
import request, { type Response } from 'supertest';

export interface Visitor {
  /** The answer to a page asked for; redirects are not followed. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Asks whether a page is there. */
  head(path: string): Promise<Response>;
  /** The token of the form on a page. */
  tokenOn(path: string): Promise<string>;
  /** Sends a form of fields, from a page of our own unless headers say otherwise. */
  sendFields(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** The value of a cookie. */
  cookie(name: string): string | undefined;
  /** The names of all cookies. */
  cookies(): readonly string[];
  /** Sends a form with a file, from a page of our own unless headers say otherwise. */
  sendFile(path: string, form: FileForm): Promise<Response>;
}

export interface FileForm {
  readonly token?: string;
  readonly file?: Buffer | readonly Buffer[];
  readonly fileName?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a browser of one's own at a service. */
export function createVisitor(url: string, language = 'en'): Visitor {
  const cookies = new Map<string, string>();
  const remember = (answer: Response): Response => {
    for (const line of answer.get('Set-Cookie') ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Expires=Thu, 01 Jan 1970/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const shared = () => ({
    Accept: 'text/html',
    'Accept-Language': language,
    Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  });
  const get: Visitor['get'] = async (path, headers = {}) =>
    remember(await request(url).get(path).set(shared()).set(headers).redirects(0));
  return {
    get,
    head: async (path) => remember(await request(url).head(path).set(shared()).redirects(0)),
    tokenOn: async (path) => {
      const { text } = await get(path);
      return /name="csrfToken" value="(\w+)"/.exec(text)?.[1] ?? '';
    },
    cookie: (name) => cookies.get(name),
    cookies: () => [...cookies.keys()],
    sendFields: async (path, fields, headers = { Origin: url }) =>
      remember(
        await request(url).post(path).set(shared()).set(headers).type('form').send(fields).redirects(0),
      ),
    sendFile: async (path, { token, file, fileName = 'attestation.pdf', headers = { Origin: url } }) => {
      const form = request(url).post(path).set(shared()).set(headers).redirects(0);
      form.field('other', '1');
      if (token !== undefined) form.field('csrfToken', token);
      const files = Buffer.isBuffer(file) ? [file] : (file ?? []);
      for (const one of files)
        form.attach('file', one, { filename: fileName, contentType: 'application/pdf' });
      return remember(await form);
    },
  };
}

/** What a page says, without its markup. */
export function wordsOf({ text }: Pick<Response, 'text'>): string {
  const unescaped: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text
    .replace(/<(script|style)[^]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(#?\w+);/g, (whole, name: string) => unescaped[name] ?? whole)
    .replace(/\s+/g, ' ');
}
