/** What src/SECURITY.md says is so: its inventories have everything that the code has. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { TOKEN_ALGORITHMS } from '../src/access/token-issuer.ts';
import { projectRoot } from './support/needs.ts';

const read = (...path: readonly string[]) => readFileSync(join(projectRoot, ...path), 'utf8');
const document = read('src/SECURITY.md');

/** The lines of a section. */
function section(title: string): string {
  const [, text = ''] = document.split(`\n## ${title}\n`);
  return text.split('\n## ')[0] ?? '';
}

function sources(): { readonly path: string; readonly text: string }[] {
  return readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('embedded/'))
    .map((path) => ({ path, text: read('src', path) }));
}

describe('the inventory of cryptography', () => {
  const inventory = section('Cryptography').toLowerCase().replace(/-/g, '');

  it('has every algorithm that the code names', () => {
    const named = sources().flatMap(({ text }) =>
      [...text.matchAll(/create(?:Hash|Hmac|Cipheriv|Decipheriv)\(\s*'([\w-]+)'/g)].map(
        ([, name = '']) => name,
      ),
    );
    assert.ok(named.length > 10);
    for (const name of new Set([...named, ...TOKEN_ALGORITHMS]))
      assert.ok(inventory.includes(name.toLowerCase().replace(/-/g, '')), name);
  });

  it('has the ciphers there are; one place encrypts with RSA, with OAEP; no mode is weak', () => {
    const found = sources().filter(({ text }) =>
      /publicEncrypt|privateDecrypt|RSA-OAEP|-(?:ecb|cbc)'/i.test(text),
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      ['keys/receiver-key.ts'],
    );
    assert.match(read('src', 'keys', 'receiver-key.ts'), /RSA_PKCS1_OAEP_PADDING;\n.*oaepHash: 'sha256'/);
    const ciphers = sources().flatMap(({ text }) => text.match(/'aes-[\w-]+'/g) ?? []);
    assert.deepEqual([...new Set(ciphers)].sort(), ["'aes-256-ctr'", "'aes-256-gcm'"]);
  });
});

describe('the classes of data', () => {
  it('are those of every line of what is kept', () => {
    const classes = [...section('Classes of data').matchAll(/^\| ([a-z][\w', -]*) \|/gm)].flatMap(
      ([, names = '']) => names.split(', '),
    );
    const [, kept = ''] = read('src', 'keys', 'README.md').split(
      '## What is kept, under which key, until when',
    );
    const lines = (kept.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
    assert.ok(lines.length > 30);
    for (const line of lines.slice(1)) {
      const [, , , under = ''] = line.split('|');
      assert.ok(
        classes.some((one) => under.includes(one)),
        `${line}: ${under}`,
      );
    }
  });
});

describe('the inventory of logs', () => {
  it('has every event of the security log', () => {
    const events = [...read('src', 'access', 'security-log.ts').matchAll(/'((?:logged|refused)\w*)'/g)];
    assert.ok(events.length >= 3);
    for (const [, event = ''] of events) assert.ok(section('Logs').includes(`\`${event}\``), event);
  });
});

describe('the inventory of packages', () => {
  it('has every package that runs, with its version', async () => {
    const { sbom = '' } = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
    const [program = '', ...words] = sbom.split(' ');
    const { stdout } = await promisify(execFile)(program, words, {
      cwd: projectRoot,
      maxBuffer: 64 * 1024 * 1024,
    });
    const { components } = JSON.parse(stdout) as {
      components: { name: string; version: string; group?: string }[];
    };
    const listed = new Set(components.map(({ name, version }) => `${name} ${version}`));
    const { dependencies = {} } = JSON.parse(read('package.json')) as {
      dependencies?: Record<string, string>;
    };
    const missing = Object.entries(dependencies).filter(
      ([name, version]) => !listed.has(`${name} ${version}`),
    );
    assert.deepEqual(missing, []);
    assert.ok(components.length > Object.keys(dependencies).length);
  });

  it('is watched by times within which a weakness is mended', () => {
    const times = section('Updates').match(/\| (?:\d+ days|the next release) \|/g) ?? [];
    assert.equal(times.length, 4);
  });
});

describe('patterns', () => {
  /** Where one is made at run time, and of what. */
  const MADE: Readonly<Record<string, string>> = {
    'http/route.ts': 'paths of our own routes',
    'log.ts': 'patterns of our own',
    'mail/address.ts': 'patterns of our own',
    'render/compile.ts': 'names of fields of our own templates',
    'web/used-style.ts': 'the beginning of the names of components, a constant',
  };

  it('are never made of what somebody sent', () => {
    const made = sources().filter(({ text }) => /\bRegExp\(/.test(text));
    assert.deepEqual(made.map(({ path }) => path).sort(), Object.keys(MADE).sort());
  });
});
