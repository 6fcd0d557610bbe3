/** `ebox population`: the files of a seed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runPopulation } from '../../src/cli/population.ts';
import { FILES } from '../../src/population/files.ts';

describe('ebox population', () => {
  const folder = mkdtempSync(join(tmpdir(), 'population-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function write(name: string, seed: string): Promise<ReadonlyMap<string, string>> {
    const out = join(folder, name);
    assert.equal(await runPopulation({ persons: '300', seed, out, json: false }), 0);
    return new Map(readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'utf8')]));
  }

  it('writes the same files for the same seed, each with its columns', async () => {
    const [one, again, other] = [
      await write('one', '1'),
      await write('again', '1'),
      await write('other', '2'),
    ];
    assert.deepEqual([...one.keys()].sort(), Object.keys(FILES).sort());
    assert.deepEqual(again, one);
    assert.notEqual(other.get('persons.csv'), one.get('persons.csv'));
    for (const [name, columns] of Object.entries(FILES)) {
      const lines = one.get(name)?.trimEnd().split('\n') ?? [];
      assert.equal(lines[0], columns.join(';'));
      assert.ok(lines.length > 1, `${name} has no line`);
      for (const line of lines) assert.equal(line.split(';').length, columns.length, line);
    }
  });

  it('refuses numbers that are none, or too large', async () => {
    for (const words of [{ persons: 'many' }, { persons: '1000001' }, { seed: '-1' }])
      await assert.rejects(runPopulation({ ...words, out: folder, json: false }), {
        code: 'configurationInvalid',
      });
  });
});
