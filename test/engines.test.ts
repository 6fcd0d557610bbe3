/** Every release of Node.js that package.json admits is one that each package we run with admits, by the lock file. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from './support/needs.ts';

type Version = readonly [major: number, minor: number, patch: number];

interface Packages {
  readonly packages: Readonly<
    Record<
      string,
      { readonly dev?: boolean; readonly optional?: boolean; readonly engines?: { readonly node?: string } }
    >
  >;
}

const read = (name: string) => JSON.parse(readFileSync(join(projectRoot, name), 'utf8')) as unknown;
const { engines } = read('package.json') as { readonly engines: { readonly node: string } };
const { packages } = read('package-lock.json') as Packages;

/** The oldest, the one of the container, and the first of each line with long support. */
const RELEASES: readonly Version[] = [
  [20, 19, 0],
  [22, 12, 0],
  [24, 0, 0],
  [26, 0, 0],
];

/** Whether a range in npm's words (`^1.2 || >= 3.x`) admits a release; the words that lock files use, and no others. */
function admits(range: string, version: Version): boolean {
  return range.split('||').some((part) =>
    part
      .trim()
      .replaceAll(/([<>=^~]+)\s+/g, '$1')
      .split(/\s+/)
      .every((word) => admitsWord(word, version)),
  );
}

function admitsWord(word: string, version: Version): boolean {
  const [, sign = '', digits = ''] = /^([<>=^~]*)v?([\d.x*]+)$/.exec(word) ?? [];
  const named = digits.split('.').filter((part) => /^\d+$/.test(part));
  const [major = 0, minor = 0, patch = 0] = named.map(Number);
  const order = compare(version, [major, minor, patch]);
  if (sign === '>=') return order >= 0;
  if (sign === '>') return order > 0;
  if (sign === '<') return order < 0;
  if (sign === '^') return order >= 0 && version[0] === major;
  if (sign === '~') return order >= 0 && version[0] === major && version[1] === minor;
  assert.ok(sign === '' && named.length > 0, `a range that is not understood: ${word}`);
  return named.every((part, at) => version[at] === Number(part));
}

function compare(one: Version, other: Version): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

describe('releases of Node.js', () => {
  it('are admitted by package.json, and an older one is not', () => {
    for (const version of RELEASES) assert.ok(admits(engines.node, version), version.join('.'));
    assert.ok(!admits(engines.node, [20, 18, 3]));
    assert.ok(!admits(engines.node, [27, 0, 0]));
  });

  it('are admitted by every package that runs with the service', () => {
    const ours = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    assert.ok(ours.length > 50, 'packages are found');
    const refused = ours.flatMap(([path, { engines: its }]) =>
      RELEASES.filter((version) => its?.node !== undefined && !admits(its.node, version)).map(
        (version) => `${path} refuses ${version.join('.')}`,
      ),
    );
    assert.deepEqual(refused, []);
  });

  for (const [range, version, is] of [
    ['^20.19.0 || ^22.12.0 || >=23', [22, 11, 0], false],
    ['^20.19.0 || ^22.12.0 || >=23', [24, 0, 0], true],
    ['18 || 20 || >=22', [20, 19, 0], true],
    ['18 || 20 || >=22', [21, 0, 0], false],
    ['>= 18.x', [20, 0, 0], true],
    ['>=16 || 14 >=14.17', [14, 16, 0], false],
    ['>=20.19 <27', [26, 9, 9], true],
  ] as const)
    it(`are read: ${range} ${is ? 'admits' : 'refuses'} ${version.join('.')}`, () =>
      assert.equal(admits(range, version), is));
});
