/** Who may import whom, and the other rules of `src/` that a compiler does not know; each rule is also seen to refuse. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  cycles,
  domainPure,
  environment,
  lean,
  levels,
  migrations,
  packages,
  type Rule,
  shape,
  verifyAlone,
} from './support/architecture.ts';
import { projectRoot } from './support/needs.ts';
import { importsOf, readSources } from './support/sources.ts';

const sources = readSources();

/** Files that break a rule, as paths with their text. */
type Violation = Readonly<Record<string, string>>;

/** Applies a rule to `src/`, to what it must refuse, and to what it must let through. */
function rule(
  check: Rule,
  sentence: string,
  refused: Readonly<Record<string, Violation>>,
  taken: Violation = {},
) {
  it(sentence, () => assert.deepEqual(check(sources), []));
  for (const [what, files] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.notDeepEqual(check(toFiles(files)), []));
  }
  it('takes what is allowed', () => assert.deepEqual(check(toFiles(taken)), []));
}

function toFiles(files: Violation) {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

const importing = (...specifiers: readonly string[]) =>
  specifiers.map((specifier) => `import { x } from '${specifier}';\n`).join('');
const importingType = (specifier: string) => `import type { X } from '${specifier}';\n`;

describe('importsOf', () => {
  it('finds every form of import', () => {
    const text = [
      "import a from 'one';",
      "import * as b from 'two';",
      "import c, { d,\n  e } from 'three';",
      "import 'four';",
      "import type { F } from './five.ts';",
      "export { g } from '../six.ts';",
      "export * from 'seven';",
      "export type { H } from 'eight';",
      "const i = await import('nine');",
      "createRequire(import.meta.url).resolve('ten/package.json');",
      "const { resolve } = createRequire(import.meta.url);\nresolve('@scope/eleven/file.ttf');",
      "// import j from 'none';",
      'const k = "from \'none\'";',
    ].join('\n');
    const found = importsOf({ path: 'folder/file.ts', text });
    assert.deepEqual(found.map(({ specifier }) => specifier).sort(), [
      '../six.ts',
      './five.ts',
      '@scope/eleven/file.ttf',
      'eight',
      'four',
      'nine',
      'one',
      'seven',
      'ten/package.json',
      'three',
      'two',
    ]);
    assert.deepEqual(
      found.filter(({ isType }) => isType).map(({ target, specifier }) => target ?? specifier),
      ['folder/five.ts', 'eight'],
    );
  });

  it('finds as many imports in the sources as they have lines with one', () => {
    const lines = sources.flatMap(({ text }) => [
      ...text.matchAll(/^(?:import|export|\}).* from '|^import '/gm),
    ]);
    const found = sources.flatMap((file) => importsOf(file));
    assert.ok(found.length >= lines.length && lines.length > 500, `${found.length} of ${lines.length}`);
  });
});

describe('levels', () => {
  rule(
    levels,
    'are imported downwards only',
    {
      'level 0 with an import': { 'log.ts': importing('./errors.ts') },
      'domain with an import of keys': { 'domain/case.ts': importing('../keys/vault.ts') },
      'domain with a type of keys': { 'domain/case.ts': importingType('../keys/vault.ts') },
      'neighbours on level 2': { 'keys/vault.ts': importing('../flow/ndjson.ts') },
      'neighbours on level 3': { 'seal/seal.ts': importing('../render/render.ts') },
      'verify with keys': { 'verify/seal.ts': importing('../keys/signer.ts') },
      'verify with a type of keys': { 'verify/seal.ts': importingType('../keys/signer.ts') },
      'workflows with access': { 'workflows/issue.ts': importing('../access/token.ts') },
      'access with workflows': { 'access/token.ts': importing('../workflows/issue.ts') },
      'http with render': { 'http/server.ts': importing('../render/render.ts') },
      'http with jobs': { 'http/server.ts': importing('../jobs/runner.ts') },
      'jobs with database': { 'jobs/runner.ts': importing('../database/jobs.ts') },
      'http with a type of database': { 'http/server.ts': importingType('../database/messages.ts') },
      'web with a type of database': { 'web/pages.ts': importingType('../database/messages.ts') },
      'a re-export upwards': { 'pades/der.ts': "export { x } from '../seal/seal.ts';" },
      'a dynamic import upwards': { 'seal/seal.ts': "await import('../http/server.ts');" },
      'config below level 7': { 'workflows/issue.ts': importing('../config.ts') },
      'a type of config below level 7': { 'workflows/issue.ts': importingType('../config.ts') },
      'embedded with database': { 'embedded/demo.ts': importing('../database/jobs.ts') },
      'embedded with a type of level 3': { 'embedded/demo.ts': importingType('../database/jobs.ts') },
      'embedded with config': { 'embedded/demo.ts': importing('../config.ts') },
      'embedded from below': { 'http/server.ts': importing('../embedded/demo.ts') },
      'an unknown folder': { 'utils/text.ts': importing('../errors.ts') },
      'an import of an unknown folder': { 'http/server.ts': importing('../utils/text.ts') },
    },
    {
      'keys/remote-seal.ts': importingType('../remote/guarded-fetch.ts'),
      'access/token.ts': importingType('../remote/guarded-fetch.ts'),
      'workflows/issue.ts': importing('../database/jobs.ts', '../domain/case.ts', './lease.ts', '../log.ts'),
      'http/server.ts': importing('../workflows/issue.ts', '../access/token.ts', '../dimona/json.ts'),
      'jobs/runner.ts': importingType('../workflows/queue.ts'),
      'embedded/s3/server.ts': importing('../../keys/signer.ts', '../../errors.ts', './call.ts'),
      'cli/demo.ts': importing('../config.ts', '../embedded/demo.ts', '../compose.ts'),
    },
  );
});

describe('packages', () => {
  rule(
    packages,
    'stand each in its own folder',
    {
      'a package elsewhere': { 'workflows/issue.ts': importing('pg') },
      'a part of a package elsewhere': { 'seal/seal.ts': importing('pdfkit/js/reference.js') },
      'a type of a package elsewhere': { 'domain/case.ts': importingType('zod') },
      'a package of a neighbour within embedded': { 'embedded/s3/server.ts': importing('smtp-server') },
      'a package that has no folder': { 'render/text.ts': importing('left-pad') },
      'a module of Node without its prefix': { 'render/text.ts': importing('fs') },
    },
    {
      'archive/archive.ts': importing('@aws-sdk/client-s3', 'node:crypto'),
      'embedded/pki/pki.ts': importing('@peculiar/x509'),
      'log.ts': importing('pino'),
    },
  );
});

describe('main.ts', () => {
  rule(
    lean,
    'loads nothing that only some processes need',
    {
      pages: { 'main.ts': importing('./web/web.ts') },
      'an embedded part by way of another file': {
        'main.ts': importing('./parts.ts'),
        'parts.ts': importing('./embedded/login/login.ts'),
      },
      'a package by way of another file': {
        'main.ts': importing('./migrate.ts'),
        'migrate.ts': importing('node-pg-migrate'),
      },
    },
    {
      'main.ts': `${importing('./parts.ts')}const { createWeb } = await import('./web/web.ts');`,
      'parts.ts': `${importingType('./embedded/login/login.ts')}await import('./embedded/pki/pki.ts');`,
    },
  );
});

describe('verify/', () => {
  rule(
    verifyAlone,
    'reaches no network and no key',
    {
      'a network module': { 'verify/seal.ts': importing('node:https') },
      'a socket': { 'verify/seal.ts': importing('node:net') },
      undici: { 'verify/seal.ts': importing('undici') },
      'a use of fetch': { 'verify/seal.ts': 'const answer = await fetch(url);' },
      'the network by way of another file': {
        'verify/seal.ts': importing('../pades/der.ts'),
        'pades/der.ts': importing('./name.ts'),
        'pades/name.ts': importing('node:dns/promises'),
      },
      'a key by way of another file': {
        'verify/seal.ts': importing('../pades/der.ts'),
        'pades/der.ts': importing('../keys/signer.ts'),
        'keys/signer.ts': '',
      },
    },
    {
      'verify/seal.ts': `${importing('node:crypto', '../pades/der.ts')}archive.fetch(key); prefetch(key);`,
      'pades/der.ts': importingType('../remote/guarded-fetch.ts'),
      'remote/guarded-fetch.ts': importing('node:https'),
    },
  );
});

describe('the environment', () => {
  rule(
    environment,
    'is read in config.ts alone',
    {
      'process.env elsewhere': { 'render/font.ts': 'const home = process.env.HOME;' },
      'process.env over two lines': { 'render/font.ts': 'const home = process\n  .env;' },
      'process.env by index': { 'render/font.ts': "const home = process['env'];" },
      'an import of process': { 'render/font.ts': "import { env } from 'node:process';" },
    },
    { 'config.ts': 'const home = process.env;', 'main.ts': 'process.exit(environment);' },
  );
});

describe('cycles', () => {
  rule(
    cycles,
    'are not there',
    {
      'two files that import each other': {
        'pades/a.ts': importing('./b.ts'),
        'pades/b.ts': importing('./a.ts'),
      },
      'a longer way round': {
        'pades/a.ts': importing('./b.ts'),
        'pades/b.ts': "export * from './c.ts';",
        'pades/c.ts': "await import('./a.ts');",
      },
    },
    { 'pades/a.ts': importing('./b.ts'), 'pades/b.ts': importingType('./a.ts') },
  );
});

describe('files', () => {
  rule(
    shape,
    'are short, in kebab-case, and export by name',
    {
      'more than 250 lines': { 'pades/a.ts': 'const x = 1;\n'.repeat(251) },
      'an index file': { 'pades/index.ts': '' },
      'a default export': { 'pades/a.ts': 'export default function seal() {}' },
      'a name exported as default': { 'pades/a.ts': 'export { seal as default };' },
      'another case': { 'pades/byteRange.ts': '' },
    },
    { 'pades/byte-range.ts': 'const x = 1;\n'.repeat(250), 'embedded/login/library.d.ts': '' },
  );
});

describe('domain/', () => {
  rule(
    domainPure,
    'has no clock, no randomness, nothing to wait for, and of Node only hashing',
    {
      'the time of day': { 'domain/a.ts': 'const now = new Date();' },
      'the time as a number': { 'domain/a.ts': 'const now = Date.now();' },
      chance: { 'domain/a.ts': 'const chance = Math.random();' },
      'random bytes': { 'domain/a.ts': "import { randomBytes } from 'node:crypto';" },
      'a module of Node': { 'domain/a.ts': importing('node:fs') },
      'a package': { 'domain/a.ts': importing('zod') },
      'a promise': { 'domain/a.ts': 'export async function settle() {}' },
    },
    { 'domain/a.ts': `${importing('node:crypto', './b.ts')}const day = new Date(text);` },
  );
});

describe('migrations', () => {
  const folder = join(projectRoot, 'src', 'database', 'migrations');

  it('are numbered without gaps and go forward only', () => {
    const files = readdirSync(folder)
      .sort()
      .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
    assert.ok(files.length > 0);
    assert.deepEqual(migrations(files), []);
  });

  for (const [what, files] of Object.entries<Violation>({
    'a gap': { '0001-create.sql': '', '0003-add.sql': '' },
    'a number used twice': { '0001-create.sql': '', '0001-other.sql': '' },
    'another beginning': { '0000-create.sql': '' },
    'a file of another kind': { '0001-create.js': '' },
    'a way back': { '0001-create.sql': 'create table a ();\n-- Down Migration\ndrop table a;' },
  })) {
    it(`refuses ${what}`, () => assert.notDeepEqual(migrations(toFiles(files)), []));
  }
});
