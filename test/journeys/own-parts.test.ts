/** The same code on the institution's own parts, by configuration alone: nothing embedded is started. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { registerFile } from '../../src/cli/demo-input.ts';
import { writeCodeJwk } from '../../src/code/public-key.ts';
import { readConfig } from '../../src/config.ts';
import { brusselsDate } from '../../src/domain/period.ts';
import { demoClients, demoPersons, INBOX_CLIENT } from '../../src/embedded/demo.ts';
import { type Login, startLogin } from '../../src/embedded/login/login.ts';
import { clientToken, personToken } from '../../src/embedded/login/tokens.ts';
import { type Pki, startPki } from '../../src/embedded/pki/pki.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { readMails } from '../../src/embedded/smtp/mails.ts';
import { startSmtp } from '../../src/embedded/smtp/smtp.ts';
import { createLog } from '../../src/log.ts';
import { type RunningService, startService } from '../../src/service.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaIn } from '../support/declarations.ts';
import { newKeyPem } from '../support/evidence-log.ts';
import { codeKeys, codeKeyText } from '../support/offline.ts';
import { demoSsin } from '../support/service.ts';

describe("the institution's own parts", () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-parts-'));
  const stops: (() => Promise<void>)[] = [];
  let database: TestDatabase;
  let login: Login;
  let otherLogin: Login;
  let pki: Pki;
  let service: RunningService;
  const lines: string[] = [];
  const former = writeCodeJwk(codeKeys().signer.publicKey);

  before(async () => {
    database = await createTestDatabase();
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const issuer = async (name: string) => {
      const options = {
        audience: 'urn:our-documents',
        clients: demoClients(url),
        persons: demoPersons(brusselsDate(new Date())),
      };
      const started = await startLogin({ folder: join(folder, name), port: 0, ...options });
      stops.push(() => started.stop());
      return started;
    };
    login = await issuer('login');
    otherLogin = await issuer('other-login');
    const s3 = await startS3({
      folder: join(folder, 's3'),
      port: 0,
      accessKeyId: 'ours',
      secretAccessKey: 'our secret',
    });
    const smtp = await startSmtp({ folder: join(folder, 'mails'), port: 0 });
    const issuerName = { organisation: 'Our Institution', country: 'BE', enterpriseNumber: '1912345694' };
    pki = await startPki({ folder: join(folder, 'pki'), port: 0, sealKey: 'rsa-3072', issuerName });
    stops.push(
      () => s3.stop(),
      () => smtp.stop(),
      () => pki.stop(),
    );
    const config = readConfig({
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: database.url,
      S3_ENDPOINT: s3.endpoint,
      S3_BUCKET: 'our-archive',
      S3_ACCESS_KEY_ID: 'ours',
      S3_SECRET_ACCESS_KEY_FILE: file('s3-secret', 'our secret\n'),
      SMTP_URL: smtp.url,
      MAIL_FROM: 'attestations@our-institution.example.org',
      OIDC_ISSUER: login.issuer,
      OIDC_AUDIENCE: 'urn:our-documents',
      SEAL_KEY_FILE: file('seal.key', pki.sealKeyPem),
      SEAL_CERTIFICATES_FILE: file('seal.crt', pki.sealCertificatesPem),
      SEAL_TRUST_FILE: file('roots.crt', pki.rootPem),
      TSA_URLS: `${pki.url}/tsa`,
      TSA_TRUST_FILE: file('tsa-roots.crt', pki.rootPem),
      VAULT_SECRET_FILE: file('vault', 'a secret of more than thirty-two bytes'),
      CODE_KEY_FILE: file('code-key.jwk', codeKeyText()),
      FORMER_CODE_KEYS_FILE: file('former.json', JSON.stringify({ keys: [former] })),
      EVIDENCE_KEY_FILE: file('evidence.pem', newKeyPem()),
      SETTLE_AFTER_SECONDS: '0',
      MAIL_AFTER_SECONDS: '0',
    });
    service = await startService(config, createLog('warn', { write: (line: string) => lines.push(line) }));
    stops.push(() => service.stop());
  });
  after(async () => {
    for (const stop of stops.toReversed()) await stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  const tokenOf = (from: Login, name: string, clientId: string, scope: string) =>
    clientToken({ issuer: from.issuer, folder: join(folder, name), clientId, scope });

  it('starts nothing embedded', () => {
    assert.deepEqual(service.composition.parts.places, []);
    assert.ok(!existsSync(join(folder, 'data')));
  });

  it('publishes the key for codes, and after it the one before', async () => {
    const { body } = await request(service.url).get('/verifications/v1/keys').expect(200);
    assert.equal(body.keys.length, 2);
    assert.notEqual(body.keys[0].kid, former.kid);
    assert.deepEqual(body.keys[1], former);
  });

  it('does the main job on them', async () => {
    const api = request(service.url);
    const population = await tokenOf(login, 'login', 'population', 'register:report');
    await api
      .post('/register/v1/files')
      .auth(population, { type: 'bearer' })
      .type('application/x-ndjson')
      .send(registerFile())
      .expect(202);
    const payroll = await tokenOf(login, 'login', 'payroll', 'dimona:declare');
    await api
      .post('/dimona/v2/declarations')
      .auth(payroll, { type: 'bearer' })
      .send(quaIn({ ssin: demoSsin('lukasz'), day: '2020-09-01' }))
      .expect(201);
    const citizen = await personToken({
      issuer: login.issuer,
      folder: join(folder, 'login'),
      clientId: INBOX_CLIENT,
      redirectUri: `${service.url}/login/callback`,
      personId: 'lukasz',
      scope: 'ebox:consult',
    });
    const list = async () =>
      (await api.get('/ebox/citizen/v2/ebox/messages').auth(citizen, { type: 'bearer' }).expect(200)).body
        .items;
    const [message] = await until(list, (items) => items.length === 1).catch((cause: unknown) => {
      throw new Error(`no message came; the service says:\n${lines.join('')}`, { cause });
    });
    const { pathname } = new URL(message.attachments.items[0].contentHref);
    const { body: pdf } = await api
      .get(pathname)
      .auth(citizen, { type: 'bearer' })
      .responseType('blob')
      .expect(200);
    const { body } = await api
      .post('/verifications/v1/verifications')
      .type('application/pdf')
      .send(pdf)
      .expect(200);
    const { indication, level } = body.signature;
    assert.deepEqual([indication, level, body.status], ['TOTAL_PASSED', 'B-T', 'valid']);
    assert.match(body.signature.signer.subject, /Our Institution/);
    const [mail] = await until(
      () => readMails(join(folder, 'mails')),
      (mails) => mails.length === 1,
    );
    assert.equal(mail?.from?.address, 'attestations@our-institution.example.org');
  });

  it('accepts no token of another issuer, nor one for another audience', async () => {
    const foreign = await tokenOf(otherLogin, 'other-login', 'payroll', 'dimona:declare');
    const { body } = await request(service.url)
      .post('/dimona/v2/declarations')
      .auth(foreign, { type: 'bearer' })
      .send(quaIn({ ssin: demoSsin('lena'), day: '2020-09-02' }))
      .expect(401);
    assert.equal(body.type, 'urn:problem-type:belgif:invalidAccessToken');
  });
});
