/** The files of TLS: what fits together is taken, and what does not is named before anything listens with it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ServiceError } from '../../src/errors.ts';
import { readTlsFiles } from '../../src/keys/tls-files.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { createTlsEnd } from '../support/tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'tls-files-'));
after(() => rmSync(folder, { recursive: true }));

const authority = createAuthority('Servers');
const end = createTlsEnd(authority);
const other = createTlsEnd(authority);
const expired = createTlsEnd(authority, 'end', -1);
const ca = toPem(authority.certificate);

interface Texts {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string | undefined;
}

function read({ cert = end.cert, key = end.key, ca: authorities }: Texts) {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('crt'), cert);
  writeFileSync(path('key'), key);
  if (authorities !== undefined) writeFileSync(path('ca'), authorities);
  const clientCaFile = authorities === undefined ? undefined : path('ca');
  return readTlsFiles({ certificateFile: path('crt'), keyFile: path('key'), clientCaFile }, new Date());
}

describe('readTlsFiles', () => {
  it('gives certificate, key and the authorities of callers', () => {
    assert.deepEqual(Object.keys(read({ ca })).sort(), ['ca', 'cert', 'key']);
    assert.deepEqual(Object.keys(read({ cert: end.cert + ca })).sort(), ['cert', 'key']);
  });

  const unfit: Readonly<Record<string, readonly [Texts, RegExp]>> = {
    'the key of another certificate': [{ key: other.key }, /cannot be used together/],
    'a certificate that has expired': [{ cert: expired.cert, key: expired.key }, /expired at 20/],
    'no certificate': [{ cert: 'certificate' }, /cannot be used together/],
    'no key': [{ key: '' }, /cannot be used together/],
    'no authority': [{ ca: '' }, /TLS_CLIENT_CA_FILE .* holds no certificate/],
    'a certificate of no authority': [{ ca: end.cert }, /TLS_CLIENT_CA_FILE .* of no authority/],
  };
  for (const [name, [texts, sentence]] of Object.entries(unfit))
    it(`refuses ${name}, and repeats no key`, () =>
      assert.throws(
        () => read(texts),
        (error) =>
          error instanceof ServiceError &&
          error.code === 'keyUnfit' &&
          sentence.test(error.message) &&
          !error.message.includes('PRIVATE'),
      ));

  it('names a file that is not there', () => {
    const files = {
      certificateFile: join(folder, 'none'),
      keyFile: join(folder, 'key'),
      clientCaFile: undefined,
    };
    assert.throws(() => readTlsFiles(files, new Date()), { code: 'keyUnfit' });
  });
});
