import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { keptSecret } from '../../src/embedded/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-'));
after(() => rmSync(folder, { recursive: true }));

describe('keptSecret', () => {
  it('makes 32 bytes and gives the same ever after', () => {
    const path = join(folder, 'new', 'vault.secret');
    const secret = keptSecret(path);
    assert.equal(secret.length, 32);
    assert.deepEqual(keptSecret(path), secret);
  });

  it('makes another one each time there is none', () =>
    assert.notDeepEqual(keptSecret(join(folder, 'one')), keptSecret(join(folder, 'other'))));

  it('lets nobody but its owner read the file', () => {
    const path = join(folder, 'private');
    keptSecret(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('keeps what another start made first', () => {
    const path = join(folder, 'given');
    writeFileSync(path, 'a secret of another start');
    assert.equal(keptSecret(path).toString(), 'a secret of another start');
  });

  it('keeps what it is told to make', () => {
    const path = join(folder, 'password');
    assert.equal(keptSecret(path, () => Buffer.from('password')).toString(), 'password');
    assert.equal(keptSecret(path, () => Buffer.from('other')).toString(), 'password');
  });

  it('leaves nothing when it was interrupted: the file is there whole or not at all', () => {
    const path = join(folder, 'interrupted');
    const interrupt = () => {
      throw new Error('interrupted');
    };
    assert.throws(() => keptSecret(path, interrupt), /interrupted/);
    assert.equal(existsSync(path), false);
    assert.equal(keptSecret(path).length, 32);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('interrupted')),
      ['interrupted'],
    );
  });
});
