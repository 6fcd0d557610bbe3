/** `ebox keys`, run as an operator runs it; certificate requests are read by openssl. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseSubject } from '../../src/cli/certificate-request.ts';
import { startCommands } from '../support/command.ts';
import { needsTool } from '../support/needs.ts';
import { createSealFolder, inDays } from '../support/seal-folder.ts';
import { createToken, needsToken } from '../support/token.ts';
import { runTool } from '../support/tools.ts';

const keys = createSealFolder();
const commands = startCommands();
after(async () => {
  await commands.stop();
  keys.remove();
});

async function ebox(...words: readonly string[]) {
  const environment = {
    SEAL_KEYS_DIR: keys.folder,
    SEAL_TRUST_FILE: keys.trustFile,
    SEAL_LEVEL: 'B-B',
    NODE_ENV: 'test',
    // Set by `createToken`, for the module that holds the token.
    SOFTHSM2_CONF: process.env.SOFTHSM2_CONF ?? '',
  };
  const { status: exitCode, output: said, errors } = await commands.run(['keys', ...words], { environment });
  const output = said + errors;
  return { exitCode, output, last: () => JSON.parse(output.trim().split('\n').at(-1) ?? '') };
}

/** openssl's reading of a request; it must hold. */
async function readRequest(pem: string): Promise<string> {
  const path = keys.file('request.pem', pem);
  const { exitCode, output } = await runTool(
    'openssl',
    ['req', '-in', path, '-verify', '-noout', '-text', '-nameopt', 'RFC2253'],
    keys.folder,
  );
  assert.equal(exitCode, 0, output);
  assert.match(output, /verify OK/);
  return output;
}

describe('ebox keys', () => {
  it('makes a key that only its owner reads, and never writes over one', async () => {
    const { exitCode, last } = await ebox('make', '--name', 'seal-new', '--json');
    assert.equal(exitCode, 0);
    assert.deepEqual(last().algorithm, 'p-256');
    const path = join(keys.folder, 'seal-new.key');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const before = readFileSync(path, 'utf8');
    const again = await ebox('make', '--name', 'seal-new', '--algorithm', 'p-384');
    assert.equal(again.exitCode, 1);
    assert.match(again.output, /is there already/);
    assert.equal(readFileSync(path, 'utf8'), before);
  });

  for (const words of [['--name', '../elsewhere'], [], ['--name', 'a', '--algorithm', 'rsa-1024']])
    it(`makes nothing with ${words.join(' ') || 'no name'}`, async () => {
      assert.equal((await ebox('make', ...words)).exitCode, 2);
      assert.ok(!existsSync(join(keys.folder, '../elsewhere.key')));
    });

  it('asks for a certificate in the name of the brand', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const { last } = await ebox('csr', '--name', 'seal-new', '--json');
    const text = await readRequest(last().request);
    assert.match(text, /organizationIdentifier=NTRBE-\d{10}|2\.5\.4\.97=/);
    assert.match(text, /ecdsa-with-SHA256/);
  });

  it('asks in another name, with SHA-384 for P-384', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    await ebox('make', '--name', 'seal-384', '--algorithm', 'p-384');
    const subject = 'C=BE,O=Office\\, Brussels,CN=Our seal';
    const { last } = await ebox('csr', '--name', 'seal-384', '--subject', subject, '--json');
    const text = await readRequest(last().request);
    assert.match(text, /CN=Our seal,O=Office\\, Brussels,C=BE/);
    assert.match(text, /ecdsa-with-SHA384/);
  });

  it('has the token sign the request for a key in it', async (t) => {
    if (!needsTool(t, 'openssl') || !(await needsToken(t))) return;
    const token = await createToken({ 'in-token': 'rsa:3072' });
    const key = { module: token.module, token: token.label, label: 'in-token', pinFile: token.pinFile };
    keys.file('seal-token.json', JSON.stringify({ key }));
    const { last } = await ebox('csr', '--name', 'seal-token', '--json');
    assert.match(await readRequest(last().request), /\(3072 bit\)[^]*sha256WithRSAEncryption/);
    token.remove();
  });

  it('lists keys with their standing', async () => {
    keys.addKey('seal-current');
    keys.addKey('seal-next', { notBefore: inDays(5), notAfter: inDays(100.5) });
    keys.addKey('seal-old', { notAfter: inDays(-1) });
    const { exitCode, output, last } = await ebox('list', '--json');
    assert.equal(exitCode, 0, output);
    const rows = last().keys.map(({ name, status }: Record<string, string>) => `${name} ${status}`);
    assert.deepEqual(rows.slice(0, 4), [
      'seal-current current',
      'seal-next next',
      'seal-old former',
      'seal-384 requested',
    ]);
    const [, next] = last().keys;
    assert.deepEqual([next.algorithm, next.daysLeft], ['p-256', 100]);
    assert.match(output, /^seal +seal-current +current +p-256 +[0-9a-f]{16} /m);
  });

  it('takes a certificate that was put beside its key', async () => {
    const publicKey = createPublicKey(readFileSync(join(keys.folder, 'seal-384.key')));
    writeFileSync(join(keys.folder, 'seal-384.crt'), keys.certify(publicKey, { notBefore: inDays(1) }));
    const { last } = await ebox('list', '--json');
    const found = last().keys.find(({ name }: { name: string }) => name === 'seal-384');
    assert.deepEqual([found.status, found.algorithm], ['next', 'p-384']);
  });

  it('names the keys there are when another is asked for', async () => {
    const { exitCode, output } = await ebox('csr', '--name', 'other');
    assert.equal(exitCode, 1);
    assert.match(output, /seal-current/);
  });
});

describe('parseSubject', () => {
  it('reads parts in their order', () =>
    assert.deepEqual(parseSubject('C=BE, organizationIdentifier=NTRBE-1,CN=a=b'), [
      ['2.5.4.6', 'BE'],
      ['2.5.4.97', 'NTRBE-1'],
      ['2.5.4.3', 'a=b'],
    ]));

  for (const text of ['', 'CN', 'CN=', 'XX=a', 'C=BE,,CN=a'])
    it(`refuses "${text}"`, () => assert.throws(() => parseSubject(text), { code: 'configurationInvalid' }));
});
