/** The container as its file says it: no rights, nothing written, nothing in it that does not run. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from './support/needs.ts';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, stage by stage, lines joined. */
function stagesOf(text: string): Instruction[][] {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [word = '', ...rest] = line.split(/\s+/);
    if (word === 'FROM') stages.push([]);
    stages.at(-1)?.push({ word, rest: rest.join(' ') });
  }
  return stages;
}

const stages = stagesOf(readFileSync(join(projectRoot, 'Dockerfile'), 'utf8'));
const last = stages.at(-1) ?? [];
const all = stages.flat();
const of = (word: string) => last.filter((one) => one.word === word).map(({ rest }) => rest);

/** What the last stage copies from the project itself. */
const copied = of('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(' ').slice(0, -1));

function bytesOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

describe('the container', () => {
  it('runs as a user without rights, from the last instruction on that could change it', () => {
    assert.deepEqual(of('USER'), ['node']);
    const at = last.findIndex(({ word }) => word === 'USER');
    assert.deepEqual(
      last.slice(at).filter(({ word }) => ['RUN', 'COPY', 'ADD'].includes(word)),
      [],
    );
  });

  it('writes nowhere but below /tmp, so that its file system may be read-only', () => {
    assert.match(of('ENV').join(' '), /DATA_DIR=\/tmp\//);
    assert.deepEqual(of('VOLUME'), []);
    assert.match(of('CMD').join(' '), /^\["node"/);
  });

  it('refuses embedded parts, and says whether it works', () => {
    assert.match(of('ENV').join(' '), /NODE_ENV=production/);
    assert.match(of('HEALTHCHECK').join(' '), /CMD \["ebox", "health"\]/);
  });

  it('fetches nothing but packages that the lock file names, and only those that run', () => {
    assert.deepEqual(
      all.filter(({ word, rest }) => word === 'ADD' || /curl|wget|npm install|apt-get/.test(rest)),
      [],
    );
    const installs = all.filter(({ rest }) => rest.startsWith('npm ci'));
    assert.equal(installs.length, 2);
    const packages = of('COPY').find((rest) => rest.includes('node_modules')) ?? '';
    const [, name] = /^--from=(\w+) /.exec(packages) ?? [];
    const stage = stages.find(([from]) => from?.rest.endsWith(` AS ${name}`)) ?? [];
    assert.ok(stage.some(({ rest }) => /npm ci --omit=dev/.test(rest)));
  });

  it('copies what is there, without tests, and little of it', () => {
    assert.ok(copied.length > 0);
    for (const path of copied) {
      assert.ok(existsSync(join(projectRoot, path)), path);
      assert.doesNotMatch(path, /^(\.|test|src|\.ci)\b|^\.$/);
    }
    const bytes = copied.reduce((sum, path) => sum + bytesOf(join(projectRoot, path)), 0);
    assert.ok(bytes < 8 * 1024 * 1024, `${bytes} bytes`);
  });

  it('is of the runtime that the package asks for', () => {
    const { engines } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    const least = Number(/\d+/.exec(engines.node)?.[0]);
    for (const { word, rest } of all)
      if (word === 'FROM') assert.ok(Number(/^node:(\d+)-/.exec(rest)?.[1]) >= least, rest);
  });
});

describe('the reading of a Dockerfile', () => {
  it('joins lines and begins a stage with each FROM', () => {
    const text = '# x\nFROM a AS b\nRUN one \\\n  two\nFROM c\nUSER d\n';
    assert.deepEqual(stagesOf(text), [
      [
        { word: 'FROM', rest: 'a AS b' },
        { word: 'RUN', rest: 'one two' },
      ],
      [
        { word: 'FROM', rest: 'c' },
        { word: 'USER', rest: 'd' },
      ],
    ]);
  });
});
