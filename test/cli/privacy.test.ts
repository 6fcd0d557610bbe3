/** The commands about privacy, as an operator runs them: what they print, what they refuse, and no SSIN anywhere. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { savePerson } from '../../src/database/persons.ts';
import { RETENTION } from '../../src/domain/retention.ts';
import { keptSecret } from '../../src/embedded/secret.ts';
import { openVault } from '../../src/workflows/open-vault.ts';
import { type Commands, startCommands } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { demoSsin } from '../support/service.ts';

const WHO = ['--actor', 'an', '--reason', 'letter 2026/118'];

let test: TestDatabase;
let dataDir: string;
let commands: Commands;

before(async () => {
  commands = startCommands();
  test = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'privacy-cli-'));
  const vault = await openVault(test, { current: keptSecret(join(dataDir, 'vault.secret')), former: [] });
  const ssin = demoSsin('lena');
  await test.database.transaction((connection) =>
    savePerson(connection, {
      personId: '01935b1e-7c00-7000-8000-000000000001',
      lookUps: vault.lookUps(ssin),
      ssinCiphertext: vault.seal(Buffer.from(ssin), 'ssin'),
      keyVersion: vault.version,
      familyName: 'Vermeulen',
      givenName: 'Lena',
      birthDate: null,
      language: null,
      email: null,
      hasEbox: false,
    }),
  );
});
after(async () => {
  await commands.stop();
  await test.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs `ebox` with something on standard input. */
async function ebox(words: readonly string[], input = '') {
  const environment = { NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_URL: test.url };
  const outcome = await commands.run(words, { environment, input });
  assert.ok(!(outcome.output + outcome.errors).includes(demoSsin('lena')), 'the number is not told');
  return outcome;
}

const lastLine = (output: string) => JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');

describe('ebox privacy', () => {
  it('erases nobody without knowing who asks, why, and whom', async () => {
    const ssin = demoSsin('lena');
    for (const words of [[], ['--actor', 'an'], ['--actor', 'an', '--reason', `of ${ssin}`]]) {
      const { status, errors } = await ebox(['privacy', 'erase', ...words], ssin);
      assert.deepEqual([status, /^(Say|--reason)/.test(errors)], [1, true], errors);
    }
    const { status, errors } = await ebox(['privacy', 'erase', ...WHO], '12345678901');
    assert.deepEqual([status, /standard input/.test(errors)], [1, true]);
  });

  it('holds, lists, refuses what is held, releases, and erases then', async () => {
    const ssin = demoSsin('lena');
    const { holdId } = lastLine(
      (await ebox(['privacy', 'hold', 'add', ...WHO, '--json'], `${ssin}\n`)).output,
    );
    assert.match(
      (await ebox(['privacy', 'hold', 'list'])).output,
      new RegExp(`^${holdId}.*lasts.*letter 2026/118`),
    );
    assert.equal((await ebox(['privacy', 'erase', ...WHO], ssin)).status, 1);
    assert.equal((await ebox(['privacy', 'hold', 'release', '--hold', holdId, ...WHO])).status, 0);
    const erased = await ebox(['privacy', 'erase', ...WHO, '--json'], '88.03.14-998.63');
    assert.deepEqual([erased.status, lastLine(erased.output).outcome], [0, 'erased']);
    const again = await ebox(['privacy', 'erase', ...WHO, '--json'], ssin);
    assert.deepEqual([again.status, lastLine(again.output).outcome], [1, 'unknown']);
  });

  it('reports each table, and changes nothing by that', async () => {
    const { output, status } = await ebox(['privacy', 'retention', '--json']);
    assert.equal(status, 0);
    const { classes, removed } = lastLine(output);
    assert.deepEqual(classes.map(({ name }: { name: string }) => name).sort(), Object.keys(RETENTION).sort());
    assert.equal(removed, undefined);
    assert.equal((await ebox(['privacy', 'retention', '--apply'])).status, 1, 'who asks is not known');
  });
});

describe('ebox keys rekey', () => {
  it('shows the versions, and starts nothing without a next one', async () => {
    const { output, status } = await ebox(['keys', 'rekey', 'status', '--json']);
    assert.equal(status, 0);
    assert.deepEqual(
      lastLine(output).versions.map(({ version, state }: { version: number; state: string }) => [
        version,
        state,
      ]),
      [[1, 'current']],
    );
    const { status: refused, errors } = await ebox(['keys', 'rekey', 'start', '--actor', 'an']);
    assert.deepEqual([refused, /no next secret/.test(errors)], [1, true]);
  });
});
