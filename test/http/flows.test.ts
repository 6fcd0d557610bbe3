/** Flows over the wire: ordered, run, followed, fetched and decrypted, with who is told of and who is not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { findPersonsBySsin } from '../../src/database/persons.ts';
import { insertStatus } from '../../src/database/statuses.ts';
import type { Deliberation } from '../../src/domain/deliberation.ts';
import { parseSsin, type Ssin } from '../../src/domain/ssin.ts';
import { readMails } from '../../src/embedded/smtp/mails.ts';
import { armFailpoints, disarmFailpoints, reached } from '../../src/failpoint.ts';
import { requestErasure } from '../../src/workflows/erase.ts';
import { askForRun } from '../../src/workflows/flow-consult.ts';
import { runDueFlows } from '../../src/workflows/flow-due.ts';
import { sweepObjects } from '../../src/workflows/sweep-objects.ts';
import { AGENCY, newDeliberation } from '../support/grounds.ts';
import { projectRoot } from '../support/needs.ts';
import { ourProgram } from '../support/program.ts';
import { day } from '../support/register.ts';
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

  it('shows each person in whose name it was told, and on which deliberation', async () => {
    const token = scene.tokens.person(AN, 'ebox:consult');
    const { body } = await scene.api.get('/myData/v1/accesses', token);
    const [access] = body.items.filter(({ action }: { action: string }) => action === 'flow.supply');
    assert.equal(access.organization.enterpriseNumber, AGENCY);
    assert.equal(access.deliberation.deliberationId, deliberationId);
    assert.match(access.what.fr, /^Données vous concernant communiquées/);
  });

  it('tells soon after a change what changed since, and nothing else', async () => {
    await report([status(BO, 'R-2', { withdrawn: true }), status(CY, 'R-3')], 'inami');
    await scene.client.load(
      linesOf([
        {
          ssin: AN,
          familyName: '=SUM(A1)',
          givenName: 'An',
          municipality: { nisCode: NAMUR, since: '2020-01-01' },
        },
      ]),
    );
    await scene.client.settled();
    const { body } = await scene.api.get(`${FLOWS}/social-statuses/runs`, receiver);
    const [last] = body.items;
    assert.deepEqual([last.cause, last.extent, last.number], ['change', 'differences', 2]);
    const { body: made } = await scene.api.follow(last.self, receiver);
    const content = await decrypt((await scene.api.follow(made.files[0].href, receiver)).bytes);
    assert.deepEqual(content.trim().split('\r\n').slice(1).sort(), [
      `changed;${AN};${NAMUR}`,
      `new;${CY};${LEUVEN}`,
      `removed;${BO};`,
    ]);
    const nothing = await run('social-statuses');
    assert.deepEqual([nothing.extent, nothing.rows], ['differences', 0]);
    assert.equal((await run('social-statuses', { whole: true })).rows, 2);
  });

  it('goes on where it was when a chunk or its end breaks off', async () => {
    armFailpoints('flow.stored=throw,flow.closed=throw');
    const made = await run('social-statuses', { whole: true });
    assert.deepEqual([reached('flow.stored'), reached('flow.closed')], [2, 1]);
    disarmFailpoints();
    assert.deepEqual([made.rows, made.persons, made.files.length], [2, 2, 1]);
    const lines = (await decrypt((await scene.api.follow(made.files[0].href, receiver)).bytes))
      .trim()
      .split('\r\n');
    assert.equal(lines.length, 3);
    const told = await scene.service.database.query(
      `select 1 from audit_entry where action = 'flow.supply' and object = $1`,
      [`social-statuses/${made.runId}`],
    );
    assert.equal(told.length, 2);
    const { services } = scene.service.service.composition;
    assert.equal(await sweepObjects(services, 0), 1, 'what the try that broke off stored is removed');
  });

  it('takes what the receiver chooses, and refuses what it may not', async () => {
    const chosen = await run('social-statuses', {
      whole: true,
      choices: { places: { municipalities: [LEUVEN] }, format: 'ndjson' },
    });
    const content = await decrypt((await scene.api.follow(chosen.files[0].href, receiver)).bytes);
    assert.deepEqual(JSON.parse(content), { change: 'new', SSIN: CY, municipality: LEUVEN });
    const refused = await scene.api.call('post', `${FLOWS}/social-statuses/runs`, {
      token: receiver,
      body: { choices: { period: 'thisYear', statuses: ['pension'] } },
    });
    assert.equal(refused.status, 400);
    assert.deepEqual(
      refused.body.issues.map(({ name }: { name: string }) => name),
      ['choices.period', 'choices.statuses[0]'],
    );
  });

  it('does not run to a certificate that has expired', async () => {
    const { services } = scene.service.service.composition;
    const access = {
      actor: { kind: 'client', id: 'program' },
      organization: AGENCY,
      traceId: 'trace',
    } as const;
    const later = { ...services, clock: () => new Date(Date.now() + 30 * 86_400_000) };
    const outcome = await askForRun(later, access, 'social-statuses', { choices: {}, isWhole: true });
    assert.equal(outcome.kind, 'keyExpired');
  });

  it('is handed over no more once somebody in it is erased', async () => {
    const { services } = scene.service.service.composition;
    const { body } = await scene.api.get(`${FLOWS}/social-statuses/runs`, receiver);
    const { body: made } = await scene.api.follow(body.items[0].self, receiver);
    const measure = {
      actor: { kind: 'service', id: 'operator/test' },
      reason: 'asked by letter 12',
    } as const;
    const outcome = await requestErasure(services, parseSsin(CY, day('2026-01-01')) as Ssin, measure);
    assert.equal(outcome.kind, 'requested');
    await scene.client.settled();
    assert.equal((await scene.api.follow(made.files[0].href, receiver)).status, 404);
    await scene.client.load(
      linesOf([{ ssin: CY, familyName: 'Çelik', givenName: 'Cy', municipality: at(LEUVEN) }]),
    );
    const again = await run('social-statuses', { whole: true });
    assert.deepEqual([again.rows, again.files[0].rows], [1, 1]);
  });

  it('goes to nobody else, and to nobody once the deliberation has ended', async () => {
    const { body } = await scene.api.get(`${FLOWS}/social-statuses/runs`, receiver);
    const { body: made } = await scene.api.follow(body.items[0].self, receiver);
    assert.equal((await scene.api.follow(made.files[0].href, receiver)).status, 200);
    const other = scene.tokens.client('flows:run');
    assert.equal((await scene.api.follow(made.self, other)).status, 404);
    assert.equal((await scene.api.follow(made.files[0].href, other)).status, 404);
    const wish = { token: other, body: { deliberationId, certificate } };
    assert.equal((await scene.api.call('put', `${FLOWS}/social-statuses/order`, wish)).status, 404);
    const end = {
      token: scene.tokens.client('access:manage', INSTITUTION),
      body: { reasons: 'The Committee withdrew it' },
    };
    await scene.api.call('post', `/access/v1/deliberations/${deliberationId}/termination`, end);
    assert.equal((await scene.api.follow(made.files[0].href, receiver)).status, 403);
    const again = await scene.api.call('post', `${FLOWS}/social-statuses/runs`, {
      token: receiver,
      body: {},
    });
    assert.equal(again.status, 403);
  });
});

describe('an order', () => {
  it('needs a key for data of persons, and everything that is told in the deliberation', async () => {
    const narrow = await allow('care-providers', {
      legalContext: 'HEALTH:PROTECTIVE_EQUIPMENT',
      statuses: ['careProvider'],
      attributes: ['ssin'],
    });
    const put = (body: object) =>
      scene.api.call('put', `${FLOWS}/care-providers/order`, { token: receiver, body });
    const keyless = await put({ deliberationId: narrow, choices: { columns: ['SSIN'] } });
    assert.deepEqual([keyless.status, keyless.body.issues?.[0].name], [400, 'certificate']);
    const garbage = await put({ deliberationId: narrow, certificate: 'no certificate' });
    assert.deepEqual([garbage.status, garbage.body.issues?.[0].name], [400, 'certificate']);
    assert.equal((await put({ deliberationId: narrow, certificate })).status, 403);
    assert.equal(
      (await put({ deliberationId: narrow, certificate, choices: { columns: ['SSIN'] } })).status,
      204,
    );
    const shown = await scene.api.get(`${FLOWS}/care-providers/order`, receiver);
    assert.deepEqual([shown.body.deliberationId, shown.body.choices], [narrow, { columns: ['SSIN'] }]);
    assert.equal(
      (await scene.api.call('delete', `${FLOWS}/care-providers/order`, { token: receiver })).status,
      204,
    );
    assert.equal(
      (await scene.api.call('post', `${FLOWS}/care-providers/runs`, { token: receiver, body: {} })).status,
      409,
    );
  });
});

describe('a flow of counts', () => {
  it('tells of nobody, leaves small counts out, and is put down and told by mail', async () => {
    const elliptic = await makeCertificate('elliptic', [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
    ]);
    const persons = Array.from({ length: 10 }, (_, index) =>
      ssinFrom(`90010${String(index)}${101 + index}`.padEnd(9, '0')),
    );
    await scene.client.load(
      linesOf(
        persons.map((ssin) => ({ ssin, familyName: 'Peeters', givenName: 'An', municipality: at(LEUVEN) })),
      ),
    );
    const unemployed = (ssin: string, reference: string) => ({
      ssin,
      status: 'temporaryUnemployment',
      reference,
      validFrom: '2020-04-01',
      validUntil: '2020-04-10',
    });
    await report(
      [...persons.map((ssin, index) => unemployed(ssin, `T-${index}`)), unemployed(BO, 'T-B')],
      'onem',
    );
    const deliberationId = await allow('unemployment-totals', {
      legalContext: 'CITY:CRISIS_MONITORING',
      statuses: ['temporaryUnemployment'],
      attributes: ['municipality', 'municipalityName'],
    });
    const mail = { address: 'data@example.be', language: 'en' };
    await order('unemployment-totals', { deliberationId, certificate: elliptic, mail, putsDown: true });
    const made = await run('unemployment-totals', {
      choices: { period: { from: '2020-04-06', until: '2020-04-30' } },
    });
    const content = await decrypt((await scene.api.follow(made.files[0].href, receiver)).bytes, 'elliptic');
    assert.deepEqual(content.trim().split('\r\n'), [
      'municipality;name;persons;days',
      `${LEUVEN};Leuven;10;50`,
    ]);
    const { flowBucket } = scene.service.service.composition.services;
    const put = await flowBucket.fetch(`${AGENCY}/unemployment-totals/1/unemployment-totals-1.csv.p7m`);
    assert.equal(await decrypt(put, 'elliptic'), content);
    const mails = await readMails(join(scene.service.dataDir, 'mails'));
    const told = mails.filter(({ to }) => to.some(({ address }) => address === mail.address));
    assert.match(told[0]?.text ?? '', /Run 1 of .*unemployment-totals\/runs\//s);
    assert.equal(told.length, 1);
  });

  it('runs once for each moment of its schedule, and when an operator wants it', async () => {
    const { services } = scene.service.service.composition;
    const runs = () =>
      scene.service.database.query(
        `select cause, state from flow_run where flow = 'unemployment-totals' order by run_number`,
      );
    await runDueFlows(services);
    assert.equal((await runs()).length, 1, 'what was due before it was ordered is not made up for');
    await scene.service.database.query(
      `update flow_order set ordered_at = ordered_at - interval '40 days' where flow = 'unemployment-totals'`,
    );
    await Promise.all([runDueFlows(services), runDueFlows(services)]);
    await scene.client.settled();
    const asked = [
      'flow',
      'run',
      '--flow',
      'unemployment-totals',
      '--organization',
      AGENCY,
      '--actor',
      'test',
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...ourProgram('cli'), ...asked, '--database', scene.service.database.url],
      { cwd: projectRoot, env: { PATH: process.env.PATH, DATA_DIR: scene.service.dataDir } },
    );
    assert.equal(stdout, 'Run 3 has begun.\n');
    await scene.client.settled();
    assert.deepEqual(await runs(), [
      { cause: 'asked', state: 'done' },
      { cause: 'schedule', state: 'done' },
      { cause: 'asked', state: 'done' },
    ]);
  });
});

describe('the flows that come with the project', () => {
  const DI = ssinFrom('880314998');
  const ENTERPRISE = '0206731645';
  const WINDOW = { from: '2020-04-01', until: '2020-04-30' };

  before(async () => {
    await scene.client.load(
      linesOf([
        {
          ssin: CY,
          familyName: 'Çelik',
          givenName: 'Cy',
          birthDate: '1975-03-22',
          household: 'H-1',
          municipality: at(LEUVEN),
        },
        {
          ssin: DI,
          familyName: 'Declercq',
          givenName: 'Di',
          birthDate: '1988-03-14',
          household: 'H-2',
          municipality: at(LEUVEN),
        },
      ]),
    );
    await report(
      [{ ssin: CY, status: 'increasedIntervention', reference: 'R-9', validFrom: '2020-01-01' }],
      'inami',
    );
    const april = { validFrom: '2020-04-10', validUntil: '2020-05-09' };
    const answers = [
      await report(
        [
          { ssin: CY, status: 'bridgingRight', reference: 'B-1', enterpriseNumber: ENTERPRISE, ...april },
          { ssin: BO, status: 'bridgingRight', reference: 'B-2', enterpriseNumber: '0308357159', ...april },
          { ssin: DI, status: 'bridgingRight', reference: 'B-3', ...april },
        ],
        'inasti',
      ),
      await report(
        [
          {
            ssin: CY,
            status: 'temporaryUnemployment',
            reference: 'T-C',
            ...april,
            attributes: { seasonalWork: 'yes' },
          },
          {
            ssin: BO,
            status: 'temporaryUnemployment',
            reference: 'T-D',
            ...april,
            attributes: { seasonalWork: 'no' },
          },
        ],
        'onem',
      ),
      await report(
        [
          {
            ssin: DI,
            status: 'careProvider',
            reference: 'C-1',
            validFrom: '2019-01-01',
            attributes: { profession: 'nurse <A&E>' },
          },
        ],
        'inami',
      ),
    ];
    for (const { status, body } of answers) assert.equal(status, 200, JSON.stringify(body));
    await scene.client.settled();
  });

  /** Orders a flow on a deliberation of all that it needs, runs it, and gives the content of its files. */
  async function contentsOf(flow: string, choices: object = {}): Promise<Readonly<Record<string, string>>> {
    const { body } = await scene.api.get(FLOWS, receiver);
    const needs = body.items.find(({ flowId }: { flowId: string }) => flowId === flow);
    const { legalContext, statuses, attributes, attestationType } = needs;
    const attestationTypes = attestationType === undefined ? [] : [attestationType];
    const deliberationId = await allow(flow, { legalContext, statuses, attributes, attestationTypes });
    await order(flow, { deliberationId, certificate, choices });
    const { files } = await run(flow);
    const contents: Record<string, string> = {};
    for (const file of files)
      contents[file.part ?? ''] = await decrypt((await scene.api.follow(file.href, receiver)).bytes);
    return contents;
  }

  it('bridging right to a regional economy administration: enterprises, and no person', async () => {
    const contents = await contentsOf('bridging-right', { period: WINDOW });
    assert.deepEqual(contents, {
      '': `enterpriseNumber;from;until\r\n${ENTERPRISE};2020-04-10;2020-05-09\r\n`,
    });
  });

  it('temporary unemployment to the employment services: by region, and who is free for seasonal work', async () => {
    const contents = await contentsOf('temporary-unemployment', {
      period: WINDOW,
      columns: ['SSIN', 'days', 'seasonalWork'],
    });
    assert.deepEqual(Object.keys(contents).sort(), ['VLG', 'WAL']);
    const rows = (contents.VLG ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(rows, [{ SSIN: CY, days: 21, seasonalWork: 'yes' }]);
    assert.match(contents.WAL ?? '', new RegExp(`"SSIN":"${BO}".*"seasonalWork":"no"`));
    const seasonal = await contentsOf('temporary-unemployment', {
      period: WINDOW,
      attributes: { seasonalWork: ['yes'] },
    });
    assert.deepEqual(Object.keys(seasonal), ['VLG']);
  });

  it('care providers for protective equipment: XML', async () => {
    const { '': xml = '' } = await contentsOf('care-providers');
    writeFileSync(join(folder, 'rows.xml'), xml);
    assert.match(
      xml,
      new RegExp(
        `<row><SSIN>${DI}</SSIN><name>Declercq</name><givenName>Di</givenName><profession>nurse &lt;A&amp;E&gt;</profession>`,
      ),
    );
    assert.equal(xml.split('<row>').length - 1, 1);
  });

  it('tax exemption to accounting software: fixed width, a file for each municipality', async () => {
    const contents = await contentsOf('tax-exemption');
    assert.deepEqual(contents, { [LEUVEN]: `${CY}${'Çelik'.padEnd(40)}${'Cy'.padEnd(40)}${LEUVEN}\r\n` });
  });

  it('monthly statistics to Statbel: exact counts by place, status, sex and age', async () => {
    const { '': csv = '' } = await contentsOf('statbel-statuses', { period: WINDOW });
    const [header, ...lines] = csv.trim().split('\r\n');
    assert.equal(header, 'municipality;status;sex;ageClass;persons;periods;days');
    const named = lines.filter((line) => !line.includes(';;'));
    assert.deepEqual(named, [
      `${LEUVEN};bridgingRight;F;25-34;1;1;21`,
      `${LEUVEN};bridgingRight;F;45-54;1;1;21`,
      `${LEUVEN};temporaryUnemployment;F;45-54;1;1;21`,
      `${NAMUR};bridgingRight;M;35-44;1;1;21`,
      `${NAMUR};temporaryUnemployment;M;35-44;1;2;31`,
    ]);
    const ageless = lines.filter((line) => line.includes(';;')).map((line) => line.split(';').map(Number));
    assert.equal(
      ageless.reduce((sum, [, , , , persons = 0]) => sum + persons, 0),
      10,
    );
  });

  it('persons entitled and not granted to a public centre for social welfare', async () => {
    const { database, vault } = scene.service.service.composition.services;
    // Loaded without having been settled: what the service grants by itself is not missing.
    await database.transaction(async (connection) => {
      const [person] = await findPersonsBySsin(
        connection,
        vault.lookUps(DI).map(({ ssinHmac }) => ssinHmac),
      );
      const status = {
        personId: person?.personId ?? '',
        code: 'integrationIncome',
        source: 'sppis',
        reference: 'I-1',
        attributes: {},
      };
      await insertStatus(connection, randomUUID(), { ...status, period: { startDate: day('2020-06-01') } });
    });
    await report(
      [{ ssin: CY, status: 'disabilityAllowance', reference: 'D-1', validFrom: '2020-01-01' }],
      'spfss',
    );
    await scene.client.settled();
    const { '': json = '' } = await contentsOf('rights-not-granted');
    assert.deepEqual(JSON.parse(json), [
      { SSIN: DI, name: 'Declercq', givenName: 'Di', municipality: LEUVEN, householdSize: 1 },
    ]);
  });
});
