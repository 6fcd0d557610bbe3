/** The seal keys of a service at its start: what it takes, what stops it in one sentence, what it warns of. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type OpenedSeal, openSeal } from '../src/compose-seal.ts';
import { givenSeal } from '../src/embedded-parts.ts';
import { createLog } from '../src/log.ts';
import { createSealFolder, inDays, type TestSealFolder } from './support/seal-folder.ts';

describe('openSeal', () => {
  let folder: TestSealFolder;
  let lines: string[];
  let opened: OpenedSeal | undefined;
  beforeEach(() => {
    folder = createSealFolder();
    lines = [];
  });
  afterEach(() => {
    opened?.stop();
    opened = undefined;
    folder.remove();
  });

  async function open(more: { trustFile?: string; now?: () => Date } = {}): Promise<OpenedSeal> {
    opened = await openSeal({
      seal: givenSeal({
        kind: 'given',
        keyFile: undefined,
        certificatesFile: undefined,
        passphrase: undefined,
        keysDir: folder.folder,
        trustFile: more.trustFile ?? folder.trustFile,
      }),
      log: createLog('info', { write: (line: string) => lines.push(line) }),
      clock: more.now ?? (() => new Date()),
      allowLoopback: true,
    });
    return opened;
  }
  const refuses = (message: RegExp, more?: Parameters<typeof open>[0]) =>
    assert.rejects(open(more), (error: Error & { code?: string }) => {
      assert.deepEqual([error.name, error.code], ['ServiceError', 'keyUnfit']);
      assert.match(error.message, message);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  const warnings = () =>
    lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn' || level === 40);

  it('takes one key, and has nothing to warn of', async () => {
    folder.addKey('one');
    const { sealKeys } = await open();
    assert.equal(sealKeys.all[0]?.name, 'one');
    assert.deepEqual(warnings(), []);
  });

  it('lets the next key take over when its certificate begins, by itself', async () => {
    folder.addKey('one');
    folder.addKey('two', { notBefore: inDays(20) });
    let now = new Date();
    const { sealKeys } = await open({ now: () => now });
    const nameNow = () => sealKeys.byKeyId(sealKeys.current(now).keyId)?.name;
    assert.equal(nameNow(), 'one');
    now = inDays(21);
    assert.equal(nameNow(), 'two');
  });

  it('warns that a key expires soon only while no other follows', async () => {
    folder.addKey('one', { notAfter: inDays(20) });
    const first = await open();
    assert.equal(warnings().length, 1);
    folder.addKey('two', { notBefore: inDays(10) });
    lines.length = 0;
    await first.reload();
    assert.deepEqual(warnings(), []);
  });

  it('takes a former key without its private one, for checking', async () => {
    folder.addKey('one');
    folder.addKey('zero', { notAfter: inDays(-1) });
    folder.file('zero.key', 'gone');
    const { sealKeys } = await open();
    assert.equal(sealKeys.all.find(({ name }) => name === 'zero')?.signer, undefined);
    assert.equal(sealKeys.all.length, 2);
  });

  it('lets seals count in the names of all its keys, former ones and those of a later look included', async () => {
    folder.addKey('one');
    folder.addKey('zero', { notAfter: inDays(-1) });
    const { sealKeys, sealTrust, reload } = await open();
    const certificates = () => sealKeys.all.map(({ certificate }) => certificate);
    assert.equal(certificates().length, 2);
    assert.deepEqual(sealTrust.holders, certificates());
    folder.addKey('two', { notBefore: inDays(10) });
    await reload();
    assert.equal(sealTrust.holders?.length, 3);
  });

  it('keeps a key that is configured no more for checking', async () => {
    folder.addKey('one');
    const { sealKeys, reload } = await open();
    const { keyId } = sealKeys.current(new Date());
    writeFileSync(join(folder.folder, 'one.json'), 'not yet written');
    await reload();
    assert.equal(sealKeys.current(new Date()).keyId, keyId);
    folder.addKey('one');
    await reload();
    assert.notEqual(sealKeys.current(new Date()).keyId, keyId);
    assert.ok(sealKeys.byKeyId(keyId));
  });

  it('mentions a key that waits for its certificate', async () => {
    folder.addKey('one');
    folder.file('two.key', '-----BEGIN PRIVATE KEY-----');
    folder.file('two.json', '{"key":{"file":"two.key"}}');
    await open();
    assert.match(warnings()[0]?.msg, /two waits for its certificate/);
  });

  it('starts while a sealing service is away, with a warning', async () => {
    folder.addKey('one');
    const service = { service: 'http://127.0.0.1:9', credential: 'seal' };
    folder.file('one.json', JSON.stringify({ key: service }));
    await open();
    assert.match(warnings()[0]?.msg, /could not be tried/);
  });

  describe('does not start', () => {
    it('without a key', () => refuses(/no seal key is configured/));

    it('with an expired key alone', () => {
      folder.addKey('one', { notAfter: inDays(-1) });
      return refuses(/expired/);
    });

    it('with a key that begins later', () => {
      folder.addKey('one', { notBefore: inDays(1) });
      return refuses(/one cannot be used yet/);
    });

    it('with a certificate and no key', () => {
      folder.addKey('one');
      folder.file('one.json', '{}');
      return refuses(/has a certificate but no private key/);
    });

    it('with a next key that belongs to another certificate', () => {
      folder.addKey('one');
      folder.addKey('two', { notBefore: inDays(1) });
      folder.addKey('three', { notBefore: inDays(1) });
      folder.file('three.json', '{"key":{"file":"two.key"}}');
      return refuses(/seal key three: the private key does not belong/);
    });

    it('with a next key of another authority', () => {
      folder.addKey('one');
      const other = createSealFolder();
      other.addKey('two', { notBefore: inDays(1) });
      folder.file(
        'two.json',
        JSON.stringify({
          key: { file: join(other.folder, 'two.key') },
          certificates: join(other.folder, 'two.crt'),
        }),
      );
      return refuses(/seal key two cannot be used: its seals would not be verified/).finally(() =>
        other.remove(),
      );
    });

    it('with a key that is to take over after its end', () => {
      folder.addKey('one');
      folder.addKey('two', { notAfter: inDays(20) }, { from: inDays(30).toISOString() });
      return refuses(/two cannot be used: it is to take over/);
    });

    it('with a next key whose file is missing', () => {
      folder.addKey('one');
      folder.addKey('two', { notBefore: inDays(1) });
      folder.file('two.json', '{"key":{"file":"nowhere.key"}}');
      return refuses(/nowhere.key cannot be read/);
    });

    for (const [what, text] of [
      ['is not JSON', '{'],
      ['has an unknown word', '{"kye":{}}'],
      ['names a token without a key', '{"key":{"module":"/a","token":"b","pinFile":"c"}}'],
      ['names a service that is no address', '{"key":{"service":"a","credential":"b"}}'],
      ['begins on no date', '{"from":"soon"}'],
    ] as const) {
      it(`with a key file that ${what}`, () => {
        folder.addKey('one');
        folder.file('two.json', text);
        return refuses(/the seal key file .*two.json cannot be read/);
      });
    }

    it('with a sealing service that is not on https', () => {
      folder.addKey('one');
      folder.file(
        'one.json',
        JSON.stringify({ key: { service: 'http://eseal.example.be', credential: 'a' } }),
      );
      return assert.rejects(open(), { code: 'configurationInvalid' });
    });
  });
});
