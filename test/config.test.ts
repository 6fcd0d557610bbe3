/** The configuration: every setting wrong or missing is named in one sentence, and production takes nothing embedded. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Config, describeSettings, readConfig } from '../src/config.ts';
import { ServiceError } from '../src/errors.ts';
import type { Setting } from '../src/setting.ts';
import { SETTINGS } from '../src/settings.ts';

type Environment = Readonly<Record<string, string>>;

/** The sentences with which an environment is refused. Fails when it is taken. */
function faultsOf(environment: Environment): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, 'configurationInvalid');
    return error.message.split('\n');
  }
  throw new Error('the environment was not refused');
}

/** Fails unless an environment is refused in one sentence that begins with the name of the setting. */
function assertRefused(name: string, environment: Environment): void {
  const [fault = '', ...others] = faultsOf(environment);
  assert.deepEqual(others, []);
  assert.match(fault, new RegExp(`^${name} .*\\.$`));
}

const COMPLETE: Environment = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://ebox.example.be',
  DATABASE_URL: 'postgres://ebox:secret@db.example.be/ebox?sslmode=verify-full',
  S3_ENDPOINT: 'https://s3.example.be',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
  SMTP_URL: 'smtps://mail.example.be',
  OIDC_ISSUER: 'https://idp.example.be',
  SEAL_KEY_FILE: '/run/secrets/seal.key',
  SEAL_CERTIFICATES_FILE: '/etc/seal.crt',
  SEAL_TRUST_FILE: '/etc/roots.crt',
  SEAL_PASSPHRASE: 'secret',
  TSA_URLS: 'https://tsa.example.be/rfc3161, https://tsa2.example.be',
  TSA_TRUST_FILE: '/etc/tsa-roots.crt',
  VAULT_SECRET_FILE: '/run/secrets/vault',
  CODE_KEY_FILE: '/run/secrets/code-key.pem',
  EVIDENCE_KEY_FILE: '/run/secrets/evidence.pem',
};

function without(...names: readonly string[]): Environment {
  return Object.fromEntries(Object.entries(COMPLETE).filter(([name]) => !names.includes(name)));
}

describe('readConfig', () => {
  it('reads bounds of batches, for all agencies and for some', () => {
    const { secondRows } = readConfig({ BATCH_SECOND_ROWS: '10000, 1900045601=500' }).batchGuards;
    assert.deepEqual([secondRows?.usual, [...(secondRows?.own ?? [])]], [10_000, [['1900045601', 500]]]);
    assertRefused('BATCH_SECOND_ROWS', { BATCH_SECOND_ROWS: '1000,2000' });
    assertRefused('BATCH_SECOND_ERRORS', { BATCH_SECOND_ERRORS: '101' });
    assertRefused('BATCH_JUMP', { BATCH_JUMP: '1900045600=50' });
  });

  it('takes every lane of jobs, or those it is told', () => {
    assert.deepEqual(readConfig({}).lanes, ['single', 'bulk', 'tell', 'webhook']);
    assert.deepEqual(readConfig({ LANES: 'webhook, single' }).lanes, ['single', 'webhook']);
  });

  it('takes an empty environment: everything has a default or is embedded', () => {
    const config = readConfig({});
    assert.equal(config.environment, 'development');
    assert.equal(config.port, 8080);
    assert.equal(config.publicUrl, undefined);
    assert.equal(config.dataDir, resolve('.data'));
    for (const part of ['database', 'archive', 'smtp', 'login', 'seal', 'vault', 'codeKey'] as const)
      assert.deepEqual(config[part], { kind: 'embedded' });
    assert.deepEqual(config.languagePresumption, { brussels: 'fr', facilities: 'own', unknown: 'fr' });
  });

  it('takes an empty text for a setting that is not given', () => {
    const empty = Object.fromEntries(Object.values(SETTINGS).map(({ name }) => [name, '']));
    assert.deepEqual(readConfig(empty), readConfig({}));
  });

  it('gives what is set', () => {
    const config = readConfig(COMPLETE);
    assert.deepEqual(config.database, { kind: 'given', url: COMPLETE.DATABASE_URL });
    assert.deepEqual(config.archive, {
      kind: 'given',
      endpoint: 'https://s3.example.be',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    });
    assert.deepEqual(config.seal, {
      kind: 'given',
      keyFile: '/run/secrets/seal.key',
      certificatesFile: '/etc/seal.crt',
      keysDir: undefined,
      trustFile: '/etc/roots.crt',
      passphrase: 'secret',
    });
    assert.deepEqual(config.vault, { kind: 'given', secretFile: '/run/secrets/vault' });
    assert.deepEqual(config.codeKey, { kind: 'given', keyFile: '/run/secrets/code-key.pem' });
  });

  it('gives a level to single attestations and one to batches, with the authorities in their order', () => {
    const { sealLevel, batchSealLevel, whenLevelAway, timeStamps } = readConfig(COMPLETE);
    assert.deepEqual([sealLevel, batchSealLevel, whenLevelAway], ['B-T', 'B-B', 'wait']);
    assert.deepEqual(timeStamps, {
      kind: 'given',
      urls: ['https://tsa.example.be/rfc3161', 'https://tsa2.example.be'],
      trustFile: '/etc/tsa-roots.crt',
      policy: undefined,
    });
    assert.deepEqual(readConfig({}).timeStamps, { kind: 'embedded' });
  });

  describe("when the seal is the institution's own and no authority is given", () => {
    const alone = without('TSA_URLS', 'TSA_TRUST_FILE');

    it('refuses a level that needs one', () => {
      assertRefused('TSA_URLS', alone);
      assertRefused('TSA_URLS', { ...alone, SEAL_LEVEL: 'B-B', BATCH_SEAL_LEVEL: 'B-LT' });
    });

    it('takes B-B', () => {
      assert.deepEqual(readConfig({ ...alone, SEAL_LEVEL: 'B-B' }).timeStamps, { kind: 'none' });
    });

    it('wants addresses and roots together', () => {
      assertRefused('TSA_TRUST_FILE', without('TSA_TRUST_FILE'));
      assertRefused('TSA_URLS', without('TSA_URLS'));
    });
  });

  it('reads its environment once: what it gives cannot be changed', () => {
    const config = readConfig(COMPLETE) as { -readonly [Name in keyof Config]: Config[Name] };
    assert.throws(() => {
      config.port = 1;
    }, TypeError);
    assert.throws(() => Object.assign(config.database, { url: 'postgres://other/' }), TypeError);
    assert.throws(() => Object.assign(config.languagePresumption, { brussels: 'nl' }), TypeError);
  });

  for (const setting of Object.values(SETTINGS) as Setting<unknown>[]) {
    it(`takes the example of ${setting.name}`, () => {
      const value = setting.read(setting.example);
      assert.ok(!(typeof value === 'object' && value !== null && 'expected' in value));
    });
  }

  describe('when a setting is wrong', () => {
    const WRONG: Readonly<Record<string, readonly string[]>> = {
      NODE_ENV: ['prod', 'Production'],
      PORT: ['-1', '65536', '80.5', 'http', '0x50', '1e3', ' 80', '٨٠'],
      PUBLIC_URL: ['ebox.example.be', 'ftp://ebox.example.be', 'https://', '/ebox'],
      LOG_LEVEL: ['verbose'],
      DATABASE_URL: ['mysql://db/ebox', 'db.example.be'],
      S3_ENDPOINT: ['s3.example.be:9000', 's3://bucket'],
      SMTP_URL: ['mail.example.be', 'http://mail.example.be'],
      OIDC_ISSUER: ['idp.example.be'],
      OIDC_ALGORITHMS: ['HS256', 'none', 'ES256 RS256', 'es256', 'ES256,'],
      OIDC_VOUCHES_FOR: ['everybody', 'persons,clients'],
      TLS_CLIENT_CERTIFICATE: ['yes'],
      CLIENT_CERTIFICATE_PROXIES: [
        'proxy.example.be',
        '10.0.0.0/33',
        '10.0.0',
        '::1/129',
        '10.0.0.0/8/8',
        '10.0.0.1,',
      ],
      EMBEDDED_SEAL_KEY: ['rsa-1024', 'P-256'],
      SETTLE_AFTER_SECONDS: ['-1', '3601', 'five'],
      LANGUAGE_BRUSSELS: ['de', 'en'],
      LANGUAGE_FACILITIES: ['none'],
      LANGUAGE_UNKNOWN: ['en'],
      SEAL_LEVEL: ['B', 'B-LTA', 'b-t'],
      BATCH_SEAL_LEVEL: ['none'],
      SEAL_WHEN_TSA_AWAY: ['stop'],
      TSA_POLICY: ['policy', '3.1', '1.2.', '1.02'],
      WORKERS: ['0', '65'],
      ROLES: ['worker,bulk'],
      LANES: ['batches', 'single;bulk'],
      LEASE_SECONDS: ['0', '601'],
      FAILPOINTS: ['issue.sealed', 'issue.unknown=kill', 'issue.sealed=explode', 'issue.sealed=kill@0'],
    };
    const { S3_ENDPOINT = '', S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '' } = COMPLETE;
    for (const [name, values] of Object.entries(WRONG)) {
      for (const value of values) {
        it(`names ${name} in one sentence for "${value}"`, () =>
          assertRefused(name, { S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, [name]: value }));
      }
    }

    for (const value of ['tsa.example.be', 'https://tsa.example.be, tsa2.example.be', 'ldap://tsa']) {
      it(`names TSA_URLS in one sentence for "${value}"`, () =>
        assertRefused('TSA_URLS', { TSA_URLS: value, TSA_TRUST_FILE: '/etc/roots.crt' }));
    }

    it('does not repeat a secret', () => {
      assert.doesNotMatch(faultsOf({ DATABASE_URL: 'mysql://ebox:hunter2@db/' }).join(), /hunter2/);
      assert.doesNotMatch(faultsOf({ SMTP_URL: 'mail://ebox:hunter2@mail/' }).join(), /hunter2/);
    });

    it('says everything that is wrong, a sentence a line', () => {
      const faults = faultsOf({
        PORT: 'x',
        WORKERS: 'y',
        LOG_LEVEL: 'z',
        S3_ENDPOINT: 'https://s3.example.be',
      });
      assert.deepEqual(
        faults.map((fault) => fault.split(' ')[0]),
        ['PORT', 'LOG_LEVEL', 'WORKERS', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
      );
    });
  });

  describe('when part of a group is missing', () => {
    const GROUPS = [
      ['S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
      ['SEAL_KEY_FILE', 'SEAL_TRUST_FILE'],
    ];
    for (const name of GROUPS.flat()) {
      it(`names ${name}`, () => assertRefused(name, without(name)));
    }
  });

  for (const name of ['SEAL_CERTIFICATES_FILE', 'SEAL_PASSPHRASE'])
    it(`says that ${name} belongs to a key file`, () =>
      assertRefused('SEAL_KEY_FILE', { [name]: 'seal', SEAL_LEVEL: 'B-B' }));

  it('takes a folder of seal keys instead of one key, which needs the trust file too', () => {
    const folder = { SEAL_KEYS_DIR: '/etc/seal-keys', SEAL_LEVEL: 'B-B' };
    const { seal } = readConfig({ ...folder, SEAL_TRUST_FILE: '/etc/roots.crt' });
    assert.deepEqual(seal.kind === 'given' && [seal.keyFile, seal.keysDir], [undefined, '/etc/seal-keys']);
    assertRefused('SEAL_TRUST_FILE', folder);
    assertRefused('SEAL_KEY_FILE', { ...folder, SEAL_TRUST_FILE: '/a', SEAL_PASSPHRASE: 'b' });
  });

  it('needs no certificate file beside the key: a PKCS#12 file holds both', () =>
    assert.equal(readConfig(without('SEAL_CERTIFICATES_FILE')).seal.kind, 'given'));

  it('says which half of the login client is missing, and that it belongs to an issuer', () => {
    const issuer = { OIDC_ISSUER: 'https://idp.example.be' };
    assertRefused('OIDC_CLIENT_KEY_FILE', { ...issuer, OIDC_CLIENT_ID: 'ebox' });
    assertRefused('OIDC_CLIENT_ID', { ...issuer, OIDC_CLIENT_KEY_FILE: '/run/secrets/login.pem' });
    assertRefused('OIDC_ISSUER', { OIDC_CLIENT_ID: 'ebox', OIDC_CLIENT_KEY_FILE: '/run/secrets/login.pem' });
  });

  it('says which of the files of TLS is missing', () => {
    const [crt, key, ca] = ['/etc/tls.crt', '/etc/tls.key', '/etc/ca.crt'];
    assertRefused('TLS_KEY_FILE', { TLS_CERTIFICATE_FILE: crt });
    assertRefused('TLS_CERTIFICATE_FILE', { TLS_KEY_FILE: key });
    assertRefused('TLS_CERTIFICATE_FILE and TLS_KEY_FILE', { TLS_CLIENT_CA_FILE: ca });
    const both = { TLS_CERTIFICATE_FILE: crt, TLS_KEY_FILE: key };
    assertRefused('TLS_CLIENT_CA_FILE', { ...both, TLS_CLIENT_CERTIFICATE: 'required' });
    assert.equal(readConfig({}).tls, undefined);
    assert.deepEqual(readConfig({ ...both, TLS_CLIENT_CA_FILE: ca }).tls, {
      certificateFile: crt,
      keyFile: key,
      clientCaFile: ca,
      isClientCertificateRequired: false,
      clientCrlUrls: undefined,
      clientOcspUrls: undefined,
      clientOcspAbsent: 'refuse',
    });
  });

  it('demands no bound tokens where nobody can show a certificate', () => {
    const bound = { BOUND_SCOPES: 'register:report, batches:submit' };
    assertRefused('BOUND_SCOPES', bound);
    const config = readConfig({ ...bound, CLIENT_CERTIFICATE_PROXIES: '10.0.0.1, 2001:db8::/32' });
    assert.deepEqual(config.boundScopes, ['register:report', 'batches:submit']);
    assert.deepEqual(config.certificateProxies, ['10.0.0.1', '2001:db8::/32']);
    assertRefused('BOUND_SCOPES', { BOUND_SCOPES: 'everything', CLIENT_CERTIFICATE_PROXIES: '10.0.0.1' });
  });

  it('takes keys of an issuer only where there is one', () =>
    assertRefused('OIDC_ISSUER', { OIDC_KEYS_FILE: '/etc/keys.json' }));

  it('reads whom an issuer may name, and how it may sign', () => {
    const given = readConfig({ OIDC_VOUCHES_FOR: 'persons', OIDC_ALGORITHMS: 'ES256, EdDSA' });
    assert.deepEqual([given.vouchesFor, given.tokenAlgorithms], [['person'], ['ES256', 'EdDSA']]);
    const { vouchesFor, tokenAlgorithms } = readConfig({});
    assert.deepEqual(
      [vouchesFor, tokenAlgorithms],
      [
        ['client', 'person'],
        ['RS256', 'PS256', 'ES256'],
      ],
    );
  });

  it('keeps the slash at the end of an issuer, which is compared letter by letter with that of tokens', () => {
    const config = readConfig({ OIDC_ISSUER: 'https://idp.example.be/' });
    assert.deepEqual(config.login, {
      kind: 'given',
      issuer: 'https://idp.example.be/',
      client: undefined,
    });
  });

  it('drops the slash at the end of an address that paths are added to', () =>
    assert.equal(
      readConfig({ PUBLIC_URL: 'https://ebox.example.be/' }).publicUrl,
      'https://ebox.example.be',
    ));

  describe('in production', () => {
    it('takes a complete environment', () => assert.equal(readConfig(COMPLETE).environment, 'production'));

    const SEAL = Object.keys(COMPLETE).filter((name) => name.startsWith('SEAL_'));
    const PARTS: Readonly<Record<string, readonly [RegExp, ...string[]]>> = {
      database: [/embedded PostgreSQL/, 'DATABASE_URL'],
      archive: [/embedded S3/, 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
      mail: [/embedded mail/, 'SMTP_URL'],
      login: [/embedded login/, 'OIDC_ISSUER'],
      seal: [/development PKI/, ...SEAL],
      vault: [/vault/, 'VAULT_SECRET_FILE'],
      'key for codes': [/offline codes/, 'CODE_KEY_FILE'],
      evidence: [/evidence key/, 'EVIDENCE_KEY_FILE'],
    };
    for (const [part, [words, ...names]] of Object.entries(PARTS)) {
      it(`refuses the embedded ${part} by name and says what to set`, () => {
        const faults = faultsOf(without(...names));
        assert.equal(faults.length, 1);
        assert.match(faults[0] ?? '', words);
        assert.match(faults[0] ?? '', new RegExp(`\\b${names[0]}\\b`));
      });
    }

    it('refuses to guess the address that is printed on documents', () =>
      assertRefused('PUBLIC_URL', without('PUBLIC_URL')));

    const plainDatabase = (query = '') => ({
      DATABASE_URL: `postgres://ebox:secret@db.example.be/ebox${query}`,
    });

    it('refuses a database or a store on another machine without TLS', () => {
      for (const query of ['', '?sslmode=disable', '?sslmode=prefer', '?application_name=sslmode=require'])
        assertRefused('DATABASE_URL', { ...COMPLETE, ...plainDatabase(query) });
      assertRefused('S3_ENDPOINT', { ...COMPLETE, S3_ENDPOINT: 'http://s3.example.be' });
    });

    it('takes them without TLS on this machine, with sslmode=require, and where the settings say so', () => {
      for (const changes of [
        plainDatabase('?sslmode=require'),
        plainDatabase('?application_name=x&sslmode=verify-ca'),
        { DATABASE_URL: 'postgres://ebox:secret@localhost/ebox', S3_ENDPOINT: 'http://127.0.0.1:9000' },
        { ...plainDatabase(), S3_ENDPOINT: 'http://s3.example.be', PLAIN_CONNECTIONS: 'database,store' },
      ])
        assert.equal(readConfig({ ...COMPLETE, ...changes }).environment, 'production');
    });

    it('refuses failpoints', () => {
      const faults = faultsOf({ ...COMPLETE, FAILPOINTS: 'issue.sealed=kill' });
      assert.deepEqual([faults.length, /FAILPOINTS/.test(faults[0] ?? '')], [1, true]);
    });

    it('names everything that an empty environment lacks', () =>
      assert.equal(faultsOf({ NODE_ENV: 'production' }).length, 9));
  });

  describe('when a secret is given as a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = join(folder, 'secret');
    after(() => rmSync(folder, { recursive: true }));
    const secrets = Object.values(SETTINGS).filter(({ isSecret }) => isSecret);

    it('reads it without the line end', () => {
      writeFileSync(file, 'postgres://ebox:secret@db/ebox\n');
      const config = readConfig({ DATABASE_URL_FILE: file });
      assert.deepEqual(config.database, { kind: 'given', url: 'postgres://ebox:secret@db/ebox' });
    });

    it('reads it also when the setting itself is there and empty', () => {
      writeFileSync(file, 'smtp://mail.example.be');
      const config = readConfig({ SMTP_URL: '', SMTP_URL_FILE: file });
      assert.deepEqual(config.smtp, { kind: 'given', url: 'smtp://mail.example.be' });
    });

    for (const { name } of secrets) {
      it(`refuses a ${name}_FILE that cannot be read`, () =>
        assertRefused(`${name}_FILE`, { ...without(name), [`${name}_FILE`]: join(folder, 'none') }));

      it(`refuses a ${name}_FILE that is empty, rather than taking the embedded part`, () => {
        writeFileSync(file, '\n');
        assertRefused(`${name}_FILE`, { ...without(name), [`${name}_FILE`]: file });
      });

      it(`refuses ${name} and ${name}_FILE together`, () => {
        writeFileSync(file, 'other');
        assertRefused(name, { ...COMPLETE, [`${name}_FILE`]: file });
      });
    }

    it('is no way to give what is no secret', () => {
      writeFileSync(file, '9090');
      assert.equal(readConfig({ PORT_FILE: file }).port, 8080);
    });
  });
});

describe('describeSettings', () => {
  it('shows each setting once, with its description and an example', () => {
    const text = describeSettings();
    for (const { name, description, example } of Object.values(SETTINGS)) {
      assert.equal(text.split(`\n#${name}=${example}\n`).length, 2);
      assert.ok(text.includes(description));
    }
  });

  it('says which may be a file', () => {
    const named = [...describeSettings().matchAll(/([A-Z0-9_]+)_FILE=/g)].map(([, name]) => name);
    for (const { name, isSecret } of Object.values(SETTINGS)) {
      if (isSecret) assert.ok(named.includes(name), name);
    }
  });
});
