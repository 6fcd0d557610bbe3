/** Flows over the wire: ordered, run, followed, fetched and decrypted, with who is told of and who is not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Deliberation } from '../../src/domain/deliberation.ts';
import { AGENCY, newDeliberation } from '../support/grounds.ts';
import { runTool } from '../support/tools.ts';
import type { Answer } from './api.ts';
import { linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

const FLOWS = '/flows/v1/flows';
const INSTITUTION = '1912345694';
const LEUVEN = '24062';
const NAMUR = '92094';
const AN = ssinFrom('810501996');
const BO = ssinFrom('820000997');
const CY = ssinFrom('750322996');

let scene: Scene & { readonly tokens: Tokens };
let receiver: string;
let source: string;
let folder: string;
let certificate: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flow-'));
  certificate = await makeCertificate('receiver', ['-newkey', 'rsa:2048']);
  scene = await startOpenScene();
  receiver = scene.tokens.client('flows:run', AGENCY);
  source = scene.tokens.client('register:report', INSTITUTION);
  await scene.client.load(
    linesOf([
      {
        ssin: AN,
        familyName: '=SUM(A1)',
        givenName: 'An',
        birthDate: '1981-05-01',
        municipality: at(LEUVEN),
      },
      { ssin: BO, familyName: 'Bodart;', givenName: 'Bo', birthDate: '1982-03-02', municipality: at(NAMUR) },
      { ssin: CY, familyName: 'Çelik', givenName: 'Cy', birthDate: '1975-03-22', municipality: at(LEUVEN) },
    ]),
  );
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await scene.stop();
});

const at = (nisCode: string) => ({ nisCode, since: '2019-06-01' });

async function makeCertificate(name: string, kind: readonly string[]): Promise<string> {
  const [key, file] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  await runTool(
    'openssl',
    ['req', '-x509', ...kind, '-nodes', '-keyout', key, '-out', file, '-subj', '/CN=Receiver', '-days', '9'],
    folder,
  );
  return readFileSync(file, 'utf8');
}

async function decrypt(bytes: Buffer, name = 'receiver'): Promise<string> {
  const [message, content] = [join(folder, 'message.p7m'), join(folder, 'content')];
  writeFileSync(message, bytes);
  const key = join(folder, `${name}.key`);
  await runTool(
    'openssl',
    [
      'cms',
      '-decrypt',
      '-binary',
      '-inform',
      'DER',
      '-in',
      message,
      '-inkey',
      key,
      '-recip',
      join(folder, `${name}.pem`),
      '-out',
      content,
    ],
    folder,
  );
  return readFileSync(content, 'utf8');
}

function report(items: readonly object[], source_: string): Promise<Answer> {
  return scene.api.call('post', '/register/v1/statuses', { token: source, body: { source: source_, items } });
}

async function allow(flow: string, changes: Partial<Deliberation>): Promise<string> {
  const { database } = scene.service.service.composition.services;
  const use = { flows: [flow], organization: AGENCY, ...changes };
  return (await database.transaction((connection) => newDeliberation(connection, use))).deliberationId;
}

async function order(flow: string, body: object): Promise<void> {
  const { status, body: problem } = await scene.api.call('put', `${FLOWS}/${flow}/order`, {
    token: receiver,
    body,
  });
  assert.equal(status, 204, JSON.stringify(problem));
}

async function run(flow: string, body: object = {}): Promise<Answer['body']> {
  const {
    status,
    headers,
    body: problem,
  } = await scene.api.call('post', `${FLOWS}/${flow}/runs`, { token: receiver, body });
  assert.equal(status, 202, JSON.stringify(problem));
  setTimeout(() => {
    void scene.service.database
      .query('select kind, attempts, last_error from job')
      .then((r) => console.error(JSON.stringify(r)));
    console.error(
      scene.service.logLines
        .filter((l) => /warn|error|failed/.test(l))
        .slice(-5)
        .join(''),
    );
  }, 8000).unref();
  await scene.client.settled();
  const answer = await scene.api.follow(headers.location, receiver);
  assert.equal(answer.body.state, 'done', JSON.stringify(answer.body));
  return answer.body;
}

describe('a flow of persons', () => {
  let deliberationId: string;
  const status = (ssin: string, reference: string, changes: object = {}) => ({
    ssin,
    status: 'increasedIntervention',
    reference,
    validFrom: '2020-01-01',
    ...changes,
  });

  before(async () => {
    const { status: answered, body } = await report([status(AN, 'R-1'), status(BO, 'R-2')], 'inami');
    assert.equal(answered, 200, JSON.stringify(body));
    deliberationId = await allow('social-statuses', {
      legalContext: 'WATER:SOCIAL_TARIFF',
      statuses: [
        'increasedIntervention',
        'integrationIncome',
        'incomeGuaranteeElderly',
        'disabilityAllowance',
      ],
      attributes: ['ssin', 'municipality'],
    });
  });

  it('is handed over encrypted to its receiver, with totals that agree', async () => {
    await order('social-statuses', { deliberationId, certificate });
    const made = await run('social-statuses');
    assert.deepEqual([made.number, made.extent, made.rows, made.persons], [1, 'whole', 2, 2]);
    const [file] = made.files;
    const fetched = await scene.api.follow(file.href, receiver);
    assert.equal(fetched.status, 200);
    assert.equal(createHash('sha256').update(fetched.bytes).digest('base64url'), file.sha256);
    const content = await decrypt(fetched.bytes);
    assert.equal(createHash('sha256').update(content).digest('base64url'), file.contentSha256);
    assert.deepEqual(
      content.split('\r\n').sort(),
      ['', `new;${AN};${LEUVEN}`, `new;${BO};${NAMUR}`, 'change;SSIN;municipality'].sort(),
    );
    assert.ok(
      (await scene.api.follow(file.href, receiver)).bytes.equals(fetched.bytes),
      'the same bytes each time',
    );
  });
});
