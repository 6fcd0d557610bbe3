/** Text that nobody could read or print, at every border: refused with its field, answered as an anomaly, never a 5xx. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { until } from '../support/client.ts';
import { EMPLOYER_NUMBER, quaIn, quaXml } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import { enterpriseFrom, linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

/** Each with a name in letters, so that only the one character is at fault. */
const UNSEEN: Readonly<Record<string, string>> = {
  'U+0000': 'An\u0000',
  'half a surrogate pair': 'An\ud800',
  'the other half': '\udc00An',
  'a bidirectional override': 'An\u202etxt',
  'a zero-width joiner': 'An\u200dna',
  'an escape': 'An\u001b[2J',
  'a private-use character': 'An\ue000',
  'a noncharacter': 'An\uffff',
};
/** What can be printed somewhere, but not by the typeface of this service. */
const UNPRINTED = ['王小明', 'محمد', 'שרה', '😀', 'हिन्दी'];

let scene: Scene & { readonly tokens: Tokens };

before(async () => {
  scene = await startOpenScene();
  await scene.client.load(registerFile());
});
after(() => scene.stop());

/** JSON with each lone surrogate and control character as an escape, as a client's encoder writes it. */
const written = (value: unknown) => JSON.stringify(value);

const issuesOf = ({ body }: Answer): string[] => body.issues.map(({ name }: { name: string }) => name);

async function load(records: readonly unknown[]): Promise<Answer> {
  const token = scene.tokens.client('register:report');
  const call = { token, type: 'application/x-ndjson', body: linesOf(records) };
  const answer = await scene.api.call('post', '/register/v1/files', call);
  assert.equal(answer.status, 202);
  return scene.api.follow(answer.headers.location, token);
}

describe('a register file', () => {
  const person = { ssin: ssinFrom('810501996'), familyName: 'Peeters', givenName: 'An' };
  const enterprise = { enterpriseNumber: enterpriseFrom('19000456'), name: 'Hoeve' };

  for (const [what, text] of Object.entries(UNSEEN)) {
    it(`names each field with ${what}`, async () => {
      const { body } = await load([
        { ...person, familyName: text, givenName: text },
        { ...enterprise, name: text },
        { ...person, [text]: 1 },
        { ...person, email: `${text}@example.org` },
        { ...person, municipality: { nisCode: '24062', [text]: 1 } },
        { ...person, ssin: text },
      ]);
      assert.equal(body.loaded, 0);
      const names = body.refusals.map(({ issues }: { issues: { name: string }[] }) =>
        issues.map((one) => one.name),
      );
      const shown = Array.from(text, (one) => (/[\p{C}]/u.test(one) ? '\ufffd' : one)).join('');
      assert.deepEqual(names, [
        ['familyName', 'givenName'],
        ['name'],
        [shown],
        ['email'],
        [`municipality.${shown}`],
        ['ssin'],
      ]);
    });
  }

  it('names each field that the typeface lacks a character of, before a document is due', async () => {
    for (const name of UNPRINTED) {
      const { body } = await load([
        { ...person, givenName: name, familyName: name },
        { ...enterprise, name },
      ]);
      assert.deepEqual(
        body.refusals.map(({ issues }: { issues: { name: string }[] }) => issues.map((one) => one.name)),
        [['familyName', 'givenName'], ['name']],
        name,
      );
    }
  });

  it('counts characters, and writes names in one way', async () => {
    const long = { ...person, ssin: ssinFrom('810502996'), familyName: 'e\u0301'.repeat(200) };
    const { body } = await load([
      long,
      { ...long, familyName: `x${long.familyName}` },
      { ...long, familyName: 'x'.repeat(10_000) },
      { ...long, familyName: ' Van\u00a0 der  \u3000Aa ' },
    ]);
    assert.deepEqual([body.loaded, body.refused], [2, 2]);
    const rows = await scene.service.database.query(
      `select family_name as name from person where family_name like 'Van%'`,
    );
    assert.deepEqual(rows, [{ name: 'Van der Aa' }]);
  });
});

describe('a declaration in JSON', () => {
  const declare = (body: unknown) =>
    scene.api.call('post', '/dimona/v2/declarations', {
      token: scene.tokens.client('dimona:declare'),
      body: written(body),
    });
  const sent = (text: string) => ({
    ...quaIn({ ssin: demoSsin('lena'), day: '2021-02-01' }),
    worker: { ssin: demoSsin('lena'), familyName: text },
  });

  it('is refused with the property where it holds what is no text', async () => {
    for (const text of [UNSEEN['U+0000'], UNSEEN['half a surrogate pair'], UNSEEN['an escape']]) {
      const answer = await declare(sent(text ?? ''));
      assert.equal(answer.status, 400);
      assert.deepEqual(issuesOf(answer), ['worker.familyName']);
    }
    const unknown = await declare({ ...sent('An'), 'a\u0000\ud800': 1 });
    assert.deepEqual([unknown.status, issuesOf(unknown)], [400, ['a\ufffd\ufffd']]);
  });

  it('is answered with the anomaly of the zone where it holds what nobody sees', async () => {
    for (const text of ['An\u202etxt', 'An\u200dna', 'An\ue000', 'An\uffff']) {
      const { result, anomalies } = await scene.client.declare(sent(text));
      assert.equal(result, 'B');
      assert.ok(anomalies.includes('00025-003'), String(anomalies));
    }
  });

  it('is answered with the anomaly of the using employer’s name where that could not be printed', async () => {
    for (const name of [...UNPRINTED, 'Ho\u202eeve', ' ']) {
      const body = quaIn({ ssin: demoSsin('lena'), day: '2021-02-02', jointCommittee: '322' });
      const address = {
        street: 'Kerkstraat',
        houseNumber: '1',
        postCode: '9000',
        municipality: { name: 'Gent' },
        country: 150,
      };
      const usingEmployer = { jointCommissionNumber: '145', name, address };
      const features = { ...body.dimonaIn?.features, usingEmployer };
      const answer = await scene.client.declare({ ...body, dimonaIn: { ...body.dimonaIn, features } });
      assert.deepEqual([answer.result, answer.anomalies[0]], ['B', '00153-003'], name);
    }
  });
});

describe('a declaration in XML', () => {
  it('is answered with the anomalies of its zones', async () => {
    const form = {
      ssin: demoSsin('lena'),
      day: '2021-02-03',
      familyName: 'Ver\u202emeulen',
      reference: 'R\u200b1',
    };
    const [answer] = await scene.client.declareFile(quaXml([form]));
    assert.deepEqual([answer?.result, answer?.anomalies], ['B', ['00025-003', '00222-003']]);
  });
  it('is refused with its line for what no XML may hold', async () => {
    for (const spoiled of ['\u0000', '&#0;', '&#xd800;', '\u0001']) {
      const xml = quaXml([{ ssin: demoSsin('lena'), day: '2021-02-03', familyName: 'X' }]).replace(
        '>X<',
        `>${spoiled}<`,
      );
      const call = { token: scene.tokens.client('dimona:declare'), type: 'application/xml', body: xml };
      const answer = await scene.api.call('post', '/dimona/v2/files', call);
      assert.equal(answer.status, 400);
      assert.match(answer.body.issues[0].detail, /line \d+/);
    }
  });
});

describe('a batch', () => {
  const send = (query: string, body: string) =>
    scene.api.call('post', `/batches/v1/batches?${query}`, {
      token: scene.tokens.client('batches:submit'),
      type: 'text/csv',
      body,
    });
  const header = [
    'reference',
    'ssin',
    'date',
    'enterpriseNumber',
    'jointCommittee',
    'familyName',
    'givenName',
  ];
  const row = (reference: string, familyName = 'Vermeulen', date = '2021-02-04') => [
    reference,
    demoSsin('lena'),
    date,
    EMPLOYER_NUMBER,
    '144',
    familyName,
    'Lena',
  ];

  it('is refused with `fileName` where that cannot be shown', async () => {
    const names = ['a%00b', '%E2%80%AEvsc.a', '%EF%BF%BE', '', '%20%20', 'x'.repeat(256), '%CC%81a', 'a%ff'];
    for (const name of names) {
      const answer = await send(`fileName=${name}`, writeCsv(header, [row('1')]));
      assert.deepEqual([answer.status, issuesOf(answer)], [400, ['fileName']], name);
    }
    const twice = await send('fileName=a&fileName=b', writeCsv(header, [row('1')]));
    assert.equal(twice.status, 400);
  });

  it('keeps a name as it was sent, composed', async () => {
    const query = `dryRun=true&fileName=${encodeURIComponent(' jaru\u0308  ’t “x” <b>.csv')}`;
    const { headers } = await send(query, writeCsv(header, [row('1')]));
    const { body } = await scene.api.follow(headers.location, scene.tokens.client('batches:submit'));
    assert.equal(body.fileName, 'jarü ’t “x” <b>.csv');
  });

  it('has an anomaly in each row that holds what nobody sees, and shows no such reference', async () => {
    const rows = [
      row('ok'),
      row('x\u0000'),
      row('x\u202e'),
      row('n', 'Ver\u0000meulen'),
      row('d', 'Vermeulen', '2021-02-0\u0000'),
    ];
    const { status, headers } = await send('dryRun=true', writeCsv(header, rows));
    assert.equal(status, 202);
    const token = scene.tokens.client('batches:submit');
    const batch = await until(
      () => scene.api.follow(headers.location, token),
      ({ body }) => body.state === 'checked',
    );
    const { body } = await scene.api.follow(`${batch.body.self}/rows`, token);
    const found = body.items.map((one: { reference?: string; anomalies: string[] }) => [
      one.reference,
      one.anomalies.filter((code) => code.endsWith('-003')),
    ]);
    assert.deepEqual(found, [
      ['ok', []],
      [undefined, ['00222-003']],
      [undefined, ['00222-003']],
      ['n', ['00025-003']],
      ['d', ['00910-003', '00911-003']],
    ]);
  });
});

describe('an address', () => {
  const places = [
    ['/batches/v1/batches/{}', 'batches:submit', 'batchId'],
    ['/batches/v1/batches/{}/rows', 'batches:submit', 'batchId'],
    ['/register/v1/files/{}', 'register:report', 'fileId'],
    ['/dimona/v2/declarations/{}', 'dimona:consult', 'declarationId'],
    ['/dimona/v2/files/{}', 'dimona:consult', 'fileId'],
  ] as const;
  it('is refused with its parameter, whatever stands there and however much of it', async () => {
    for (const [path, scope, name] of places) {
      for (const text of ['%00', '%E2%80%AE', '..', 'x'.repeat(10_000), '%F0%9F%98%80', "';--"]) {
        const answer = await scene.api.get(path.replace('{}', text), scene.tokens.client(scope));
        if (text === '..') assert.ok(answer.status === 404 || answer.status === 400 || answer.status === 405);
        else
          assert.deepEqual([answer.status, issuesOf(answer)], [400, [name]], `${path} ${text.slice(0, 9)}`);
      }
    }
  });
  it('is refused with each query parameter of its eBox', async () => {
    const token = scene.tokens.person(demoSsin('lena'));
    for (const query of [
      'page=0',
      'page=999999',
      'page=1e9',
      'pageSize=101',
      'receivedBefore=%00',
      'messageTypeId=%00',
      `messageTypeId=${'x'.repeat(256)}`,
    ]) {
      const answer = await scene.api.get(`/ebox/citizen/v2/ebox/messages?${query}`, token);
      assert.equal(answer.status, 400, query);
    }
  });
});
