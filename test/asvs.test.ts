/**
 * OWASP ASVS 5.0, levels 1 and 2: `asvs.json` says of each requirement which tests show it, why there is nothing to show,
 * whose duty it is, or what is still open.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from './support/needs.ts';

interface Requirement {
  readonly id: string;
  readonly level: number;
  readonly subject: string;
  /** Each `path: name`, the name of a test or of a group of tests. */
  readonly tests?: readonly string[];
  /** What the tests do not say by themselves. */
  readonly note?: string;
  readonly notApplicable?: string;
  /** What the institution that runs the service sees to. */
  readonly institution?: string;
  /** What is missing. */
  readonly open?: string;
}

/** The requirements of each section, in their order, by their level (ASVS 5.0.0); those of level 3 are left out here. */
const SECTIONS = `
1.1:22 1.2:1111122223 1.3:112222222223 1.4:222 1.5:123 2.1:122 2.2:112 2.3:12223 2.4:23 3.1:3 3.2:113 3.3:12223
3.4:11222233 3.5:11122333 3.6:3 3.7:22333 4.1:12233 4.2:23333 4.3:22 4.4:1222 5.1:2 5.2:112333 5.3:113 5.4:222 6.1:122
6.2:111111112222 6.3:11223333 6.4:112233 6.5:22222333 6.6:2223 6.7:33 6.8:2222 7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:223
7.6:22 8.1:1233 8.2:1123 8.3:133 8.4:23 9.1:111 9.2:1222 10.1:22 10.2:223 10.3:22223 10.4:1111122222233333 10.5:22222
10.6:22 10.7:222 11.1:2233 11.2:22233 11.3:11233 11.4:1222 11.5:23 11.6:23 11.7:33 12.1:12233 12.2:11 12.3:22223
13.1:2333 13.2:222223 13.3:2233 13.4:1222233 14.1:22 14.2:12223333 14.3:122 15.1:12233 15.2:12233 15.3:1222222 15.4:3333
16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:2223 17.1:23 17.2:22223333 17.3:22`;

const { requirements } = JSON.parse(readFileSync(join(projectRoot, 'test', 'asvs.json'), 'utf8')) as {
  readonly requirements: readonly Requirement[];
};

function standard(): string[] {
  return SECTIONS.trim()
    .split(/\s+/)
    .flatMap((section) => {
      const [name = '', levels = ''] = section.split(':');
      return levels.split('').map((level, at) => ({ level, id: `V${name}.${at + 1}` }));
    })
    .filter(({ level }) => level !== '3')
    .map(({ level, id }) => `${id} at level ${level}`);
}

const files = new Map<string, string>();

/** Whether a file has a test or a group of this name. */
function hasTest(named: string): boolean {
  const [, path = '', name = ''] = /^(test\/[\w/-]+\.test\.ts): (.+)$/.exec(named) ?? [];
  if (path === '') return false;
  const text = files.get(path) ?? readFileSync(join(projectRoot, path), 'utf8');
  files.set(path, text);
  return ["'", '"', '`'].some((quote) =>
    ['it', 'describe'].some((word) =>
      text.replace(/\(\s+/g, '(').includes(`${word}(${quote}${name}${quote}`),
    ),
  );
}

describe('asvs.json', () => {
  it('has every requirement of levels 1 and 2, and no other', () => {
    const listed = requirements.map(({ id, level }) => `${id} at level ${level}`);
    assert.deepEqual(listed, standard());
    assert.deepEqual(
      [1, 2].map((one) => requirements.filter(({ level }) => level === one).length),
      [70, 183],
    );
  });

  it('says of each one thing: tests, a reason, whose duty it is, or that it is open', () => {
    for (const { id, subject, tests, notApplicable, institution, open } of requirements) {
      const said = [tests, notApplicable, institution, open].filter(
        (one) => one !== undefined && one.length > 0,
      );
      assert.equal(said.length, 1, id);
      assert.ok(subject.length > 3, id);
      for (const sentence of [notApplicable, institution, open])
        assert.ok(sentence === undefined || /^[^]{12,}\.$/.test(sentence), `${id}: ${sentence}`);
    }
  });

  it('names tests that there are', () => {
    const missing = requirements.flatMap(({ id, tests = [] }) =>
      tests.filter((test) => !hasTest(test)).map((test) => `${id}: ${test}`),
    );
    assert.deepEqual(missing, []);
  });

  it('would miss a test that there is not', () => {
    assert.ok(hasTest('test/asvs.test.ts: asvs.json'));
    assert.ok(!hasTest('test/asvs.test.ts: proves everything'));
    assert.ok(!hasTest('src/main.ts: main'));
  });

  it('tells how many are open', (t) => {
    const open = requirements.filter((one) => one.open !== undefined);
    t.diagnostic(
      `${open.length} of ${requirements.length} requirements are open: ${open.map(({ id }) => id).join(' ')}`,
    );
    assert.ok(open.length < requirements.length / 2);
  });
});
