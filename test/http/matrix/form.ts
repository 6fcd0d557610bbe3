/** Forms as a browser writes them. */

/** What a form brings beside its token. */
export interface Form {
  readonly fields?: Readonly<Record<string, string>>;
  readonly file?: { readonly name: string; readonly bytes: Buffer };
}

/** Writes a form with the token of its session, where there is one. */
export function writeForm(
  kind: 'fields' | 'file',
  { fields = {}, file }: Form,
  token: string | undefined,
): { readonly type: string; readonly body: string | Buffer } {
  const all = { ...(token !== undefined && { csrfToken: token }), ...fields };
  if (kind === 'fields')
    return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(all).toString() };
  const boundary = 'cut-here';
  const parts = Object.entries(all).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file?.name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(parts.join('') + head),
    file?.bytes ?? Buffer.alloc(0),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}
