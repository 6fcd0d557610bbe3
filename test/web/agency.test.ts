/** The desk of officials over HTTP: a batch is sent, its errors are shown, it is started, followed, and taken back as files. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { SESSION_COOKIE } from '../../src/access/session.ts';
import { registerFile } from '../../src/cli/demo-input.ts';
import { DEMO_CITIZENS } from '../../src/embedded/demo.ts';
import { sealFileName } from '../../src/workflows/batch-row.ts';
import { createClient, until } from '../support/client.ts';
import { quaXml } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

const HEADER = 'reference;ssin;date;enterpriseNumber;jointCommittee';
const FARM = '1900012343';
const NO_PERSON = '81022903534';

let service: TestService;
let thomas: Visitor;
let hanne: Visitor;

before(async () => {
  service = await startTestService();
  await createClient(service).load(registerFile());
  thomas = await official('thomas');
  hanne = await official('hanne');
});
after(() => service.stop());

async function official(personId: string, language?: string): Promise<Visitor> {
  const visitor = createVisitor(service.url, language);
  await logIn(service, visitor, personId, '/agency');
  return visitor;
}

const row = (reference: string, date: string, ssin = demoSsin('lena')) =>
  `${reference};${ssin};${date};${FARM};145`;
const csv = (...rows: readonly string[]) => `${[HEADER, ...rows].join('\r\n')}\r\n`;

async function send(visitor: Visitor, file: string | Buffer | undefined, fileName = 'days.csv') {
  const token = await visitor.tokenOn('/agency');
  return visitor.sendFile('/agency/batches', {
    token,
    fileName,
    ...(file !== undefined && { file: Buffer.from(file) }),
  });
}

/** Sends a file and gives the address of its batch once it is checked. */
async function check(visitor: Visitor, file: string | Buffer, fileName?: string): Promise<string> {
  const { status, headers } = await send(visitor, file, fileName);
  assert.equal(status, 303);
  const path = String(headers.location);
  await showing(visitor, path, 'Start the batch?|Every row has an error');
  return path;
}

async function start(visitor: Visitor, path: string): Promise<string> {
  const csrfToken = await visitor.tokenOn(path);
  const { status, headers } = await visitor.sendFields(`${path}/start`, { csrfToken });
  assert.deepEqual([status, headers.location], [303, path]);
  return (await showing(visitor, path, 'The batch is done')).words;
}

async function showing(visitor: Visitor, path: string, words: string) {
  const answer = await until(
    () => visitor.get(path),
    ({ text }) => new RegExp(words).test(wordsOf({ text })),
  );
  return { answer, words: wordsOf(answer) };
}

async function countOf(table: string): Promise<number> {
  const [found] = await service.database.query<{ count: number }>(
    `select count(*)::int as count from ${table}`,
  );
  return found?.count ?? 0;
}

async function evidence(object: string): Promise<string[]> {
  const entries = await service.database.query<{ line: string }>(
    `select action || ' ' || actor_kind || ' ' || actor_organization || ' ' || ground || ' ' || (trace_id is not null) as line
     from audit_entry where object = $1 order by audit_entry_id`,
    [object],
  );
  return entries.map(({ line }) => line);
}

const idOf = (path: string) => path.split('/').at(-1) ?? '';

describe('the desk', () => {
  it('leads whoever is not logged in to the login, and back', async () => {
    const { status, headers } = await createVisitor(service.url).get('/agency');
    assert.deepEqual([status, headers.location], [303, '/login?to=%2Fagency']);
  });

  it('is not for citizens: nothing of it is shown or taken', async () => {
    const lena = await official('lena');
    for (const path of ['/agency', '/agency/template.csv']) {
      const answer = await lena.get(path);
      assert.equal(answer.status, 403, path);
      assert.match(wordsOf(answer), /for people who work for an organisation/);
    }
    const token = await lena.tokenOn('/inbox');
    const earlier = await countOf('batch');
    const answer = await lena.sendFile('/agency/batches', {
      token,
      file: Buffer.from(csv(row('x', '2021-02-01'))),
    });
    assert.equal(answer.status, 403);
    assert.equal(await countOf('batch'), earlier);
  });

  it('says for whom the official acts: by name where the institution or the register knows it', async () => {
    assert.match(
      wordsOf(await hanne.get('/agency')),
      /Demonstration Service for Social Attestations, enterprise number 1912\.345\.694/,
    );
    assert.match(wordsOf(await thomas.get('/agency')), /with enterprise number 1900\.045\.601/);
    await createClient(service).load(
      `${JSON.stringify({ enterpriseNumber: '1900045601', name: 'Loonbureau Maas & Zoon' })}\n`,
    );
    assert.match(
      wordsOf(await thomas.get('/agency')),
      /You act for Loonbureau Maas & Zoon, enterprise number 1900\.045\.601/,
    );
  });

  it('is a page of ours to the browser: nothing from elsewhere, nothing inline, never kept', async () => {
    const { headers, text } = await thomas.get('/agency');
    const policy = headers['content-security-policy'] ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|data:/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.doesNotMatch(text, /<style|\sstyle=|<script(?![^>]*src=)|\son\w+=/);
  });

  it('has a template that can be sent back as it is', async () => {
    const { status, headers, text } = await thomas.get('/agency/template.csv');
    assert.deepEqual([status, headers['content-type']], [200, 'text/csv; charset=utf-8']);
    assert.match(headers['content-disposition'] ?? '', /^attachment; filename="quarantine.csv"$/);
    const path = await check(thomas, text);
    assert.match(wordsOf(await thomas.get(path)), /Every row can be declared/);
  });
});

describe('a batch with errors', () => {
  const file = csv(
    row('one', '2021-02-01'),
    row('two', '2021-02-02', demoSsin('amelie')),
    row('two-again', '2021-02-02', demoSsin('amelie')),
    `bad;${NO_PERSON};2020-08-20;0212345678;302`,
    row('unknown', '2021-02-03', '85122499755'),
  );
  let path: string;

  it('shows what it would come to before it is started', async () => {
    const path = await check(thomas, csv(row('f1', '2022-01-03'), row('f2', '2022-01-04')));
    const words = wordsOf(await thomas.get(path));
    assert.match(words, /What it would come to .*at most 1 .*Persons 1 /);
    assert.match(words, /Numbers below 5 are left out/);
  });

  it('is checked first: every error of every row is shown, and nothing was declared', async () => {
    path = await check(thomas, file, 'february.csv');
    const answer = await thomas.get(path);
    const words = wordsOf(answer);
    assert.match(words, /2 rows have an error Can be declared 3 Of these, with a warning 3 With an error 2/);
    assert.match(words, /3 rows are declared, and at most 3 attestations are issued/);
    assert.match(
      words,
      /Row 3 two-again Error Dimona IN declaration – This Dimona period exists already Column date · 90373-333 Warning/,
    );
    for (const code of ['00014-003', '00024-003', '00655-005', '90374-349'])
      assert.match(words, new RegExp(`Row 4 bad .*Column \\w+ · ${code}`));
    assert.match(words, /february\.csv/);
    assert.deepEqual(await countOf('declaration'), 0);
    const warned = wordsOf(await thomas.get(`${path}?rows=warned`));
    for (const reference of ['one', 'two', 'unknown'])
      assert.match(warned, new RegExp(`Row \\d ${reference} Warning Dimona IN declaration – Declared late`));
    assert.doesNotMatch(warned, /two-again|Row 4/);
  });

  const described: Readonly<Record<string, RegExp>> = {
    nl: /Fout Ondernemingsnummer – Ongeldig Kolom enterpriseNumber/,
    fr: /Erreur Numéro d’entreprise – Non valide Colonne enterpriseNumber/,
    de: /Fehler Unternehmensnummer – Ungültig Spalte enterpriseNumber/,
    en: /Error Enterprise number – Not valid Column enterpriseNumber/,
  };
  for (const [language, expected] of Object.entries(described)) {
    it(`tells its errors in ${language}`, async () => {
      assert.match(wordsOf(await thomas.get(`${path}?lang=${language}`)), expected);
      await thomas.get('/agency?lang=en');
    });
  }

  it('runs once it is started, however often that is asked', async () => {
    const csrfToken = await thomas.tokenOn(path);
    const answers = await Promise.all([1, 2, 3].map(() => thomas.sendFields(`${path}/start`, { csrfToken })));
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.location]),
      [1, 2, 3].map(() => [303, path]),
    );
    const { words } = await showing(thomas, path, 'The batch is done');
    assert.match(words, /Issued .* 2 Refused .* 2 Waiting .* 1 Downloads/);
    assert.doesNotMatch(words, /Unchanged/);
    const started = (await evidence(idOf(path))).filter((line) => line.startsWith('batch.start'));
    assert.equal(started.length, 1);
  });

  it('comes back as a report on every row, and as rejects in the form of the file', async () => {
    const report = await thomas.get(`${path}/report.csv`);
    assert.deepEqual([report.status, report.headers['content-type']], [200, 'text/csv; charset=utf-8']);
    assert.match(report.headers['content-disposition'] ?? '', /^attachment; filename="report.csv"$/);
    assert.equal(report.text.trimEnd().split('\r\n').length, 6);
    assert.match(report.text, /1;one;issued;90373-460;[\w-]+;QUA-/);
    const rejects = await thomas.get(`${path}/rejects`);
    assert.match(rejects.headers['content-disposition'] ?? '', /^attachment; filename="rejects.csv"$/);
    const [header = '', ...rows] = rejects.text.trimEnd().split('\r\n');
    assert.match(header, /reference;ssin;date;enterpriseNumber;jointCommittee/);
    assert.deepEqual(
      rows.map((line) => line.split(';')[0]),
      ['two-again', 'bad'],
    );
  });

  it('stands in evidence as done by the official, for the organisation', async () => {
    const lines = await evidence(idOf(path));
    assert.deepEqual(
      [...new Set(lines)].sort(),
      ['batch.consult', 'batch.start', 'batch.submit'].map(
        (action) => `${action} official 1900045601 declarant true`,
      ),
    );
    // All in one session, which is named by its hash.
    const sessions = await service.database.query<{ bytes: number }>(
      `select distinct token_hash, length(token_hash) as bytes from audit_entry where object = $1`,
      [idOf(path)],
    );
    assert.deepEqual(
      sessions.map(({ bytes }) => bytes),
      [32],
    );
    const before = lines.length;
    await thomas.get(`${path}/report.csv`);
    await thomas.get(`${path}/rejects`);
    assert.equal((await evidence(idOf(path))).length, before + 2);
    const declared = await service.database.query(
      `select distinct actor_kind, actor_organization from audit_entry where action = 'declaration.report'`,
    );
    assert.deepEqual(declared, [{ actor_kind: 'official', actor_organization: '1900045601' }]);
  });

  it('stands at the desk of its own organisation only', async () => {
    assert.match(wordsOf(await thomas.get('/agency')), /february\.csv 5 rows, sent on .* Done/);
    assert.doesNotMatch(wordsOf(await hanne.get('/agency')), /february/);
    const csrfToken = await hanne.tokenOn('/agency');
    for (const part of ['', '/report.csv', '/rejects', '?rows=warned'])
      assert.equal((await hanne.get(`${path}${part}`)).status, 404, part);
    assert.equal((await hanne.sendFields(`${path}/start`, { csrfToken })).status, 404);
    for (const id of ['x', '0', `${idOf(path)}0`, '00000000-0000-7000-8000-000000000000'])
      assert.equal((await thomas.get(`/agency/batches/${id}`)).status, 404, id);
  });

  it('sent again, issues nothing new: checking says so, and so does the page', async () => {
    const attestations = await countOf('attestation');
    const again = await check(thomas, file, 'again.csv');
    const checked = wordsOf(await thomas.get(again));
    assert.match(checked, /2 rows have an error Can be declared 3/);
    assert.match(
      await start(thomas, again),
      /Unchanged .* Nothing new was issued\. 2 Refused .* 2 Waiting .* 1/,
    );
    assert.equal(await countOf('attestation'), attestations);
    const good = csv(row('one', '2021-02-01'));
    assert.match(
      await start(thomas, await check(thomas, good)),
      /The batch is done Nothing new was issued\./,
    );
    assert.equal(await countOf('attestation'), attestations);
  });
});

describe('a batch of Dimona forms', () => {
  it('is recognised by what it is, whatever it is called, and its rejects are Dimona forms', async () => {
    const forms = quaXml([
      { ssin: demoSsin('lukasz'), day: '2021-06-01', reference: 'X-1', enterpriseNumber: FARM },
      { ssin: NO_PERSON, day: '2021-06-02', reference: 'X-2', enterpriseNumber: FARM },
    ]);
    const path = await check(thomas, `\ufeff${forms}`, 'forms.csv');
    const words = wordsOf(await thomas.get(path));
    assert.match(words, /Kind of file Dimona XML/);
    assert.match(words, /Row 2 X-2 Error .* Element INSS · 00024-003/);
    await start(thomas, path);
    const rejects = await thomas.get(`${path}/rejects`);
    assert.equal(rejects.headers['content-type'], 'application/xml; charset=utf-8');
    assert.match(rejects.headers['content-disposition'] ?? '', /filename="rejects.xml"/);
    const written = rejects.text ?? String(rejects.body);
    assert.deepEqual([written.includes('X-2'), written.includes('X-1')], [true, false]);
  });
});

describe('a batch of many errors', () => {
  it('shows them a page at a time', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => row(`R-${index + 1}`, '2021-02-30'));
    const path = await check(thomas, csv(...rows));
    const first = wordsOf(await thomas.get(path));
    assert.match(first, /Every row has an error .*There is nothing to start/);
    assert.match(first, /R-50 .*Page 1 of 3 Next/);
    assert.doesNotMatch(first, /R-51 |Start the batch/);
    const last = wordsOf(await thomas.get(`${path}?page=3`));
    assert.match(last, /R-120 .*Previous Page 3 of 3/);
    assert.doesNotMatch(last, /R-100 /);
    for (const beyond of ['4', '99', '999999'])
      assert.match(wordsOf(await thomas.get(`${path}?page=${beyond}`)), /R-120 .*Previous Page 3 of 3/);
    const none = wordsOf(await thomas.get(`${path}?rows=warned&page=99`));
    assert.doesNotMatch(none, /Page \d+ of/);
  });
});

describe('a batch that is under way', () => {
  async function insert(state: string, counts: string): Promise<string> {
    const { newId, vault } = service.service.composition.services;
    const batchId = newId();
    await service.database.query(
      `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once, row_count, checked_count, ended_count, issued_count)
       values ($1, '1900045601', 'payroll', 'csv', $3, $2, true, ${counts})`,
      [batchId, state, sealFileName(vault, batchId, 'big.csv')],
    );
    return `/agency/batches/${batchId}`;
  }

  it('shows how far checking is, with script and without', async () => {
    const { text } = await thomas.get(await insert('checking', '12000, 4500, 0, 0'));
    assert.match(wordsOf({ text }), /4,500 of 12,000 rows checked .* starts by itself/);
    assert.match(text, /<progress[^>]* max="12000" value="4500"/);
    assert.match(text, /id="progress-checking" data-live="2"/);
    assert.match(text, /<noscript><meta http-equiv="refresh" content="5"><\/noscript>/);
  });

  it('shows how far the run is', async () => {
    const { text } = await thomas.get(await insert('running', '12000, 12000, 300, 300'));
    assert.match(wordsOf({ text }), /12,000 of 12,000 rows declared 300 of 12,000 rows with an outcome/);
    assert.match(text, /id="progress-running" data-live="2"/);
  });
});

describe('a batch whose first rows are issued first', () => {
  it('shows them to whoever lets it go on', async () => {
    const path = await check(thomas, csv(row('first', '2021-11-02'), row('other', '2021-12-02')));
    await service.database.query('update batch set canary_rows = 1 where batch_id = $1', [idOf(path)]);
    assert.match((await showing(thomas, path, 'Start the batch')).words, /The first row is issued before/);
    await thomas.sendFields(`${path}/start`, { csrfToken: await thomas.tokenOn(path) });
    const { words, answer } = await showing(thomas, path, 'The first row was issued');
    assert.match(words, /1 first Issued QUA-\S+/);
    assert.match(answer.text, /\/report\.csv/);
    await thomas.sendFields(`${path}/order`, { csrfToken: await thomas.tokenOn(path), order: 'resume' });
    await showing(thomas, path, 'The batch is done');
  });
});

describe('a download that the reader breaks off', () => {
  it('is no fault of the service', async () => {
    const { newId, vault } = service.service.composition.services;
    const batchId = newId();
    await service.database.query(
      `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once, row_count, checked_count, ended_count, issued_count, done_at)
       values ($1, '1900045601', 'payroll', 'csv', $2, 'done', true, 200000, 200000, 200000, 200000, now())`,
      [batchId, sealFileName(vault, batchId, 'huge.csv')],
    );
    await service.database.query(
      `insert into batch_row (batch_id, row_number, body, state, outcome, ended_at)
       select $1, number, '', 'ended', 'issued', now() from generate_series(1, 200000) number`,
      [batchId],
    );
    const earlier = service.logLines.length;
    const headers = { Cookie: `${SESSION_COOKIE}=${thomas.cookie(SESSION_COOKIE)}` };
    const call = request(`${service.url}/agency/batches/${batchId}/report.csv`, { headers }).end();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    await once(answer, 'data');
    answer.destroy();
    const lines = await until(
      () => Promise.resolve(service.logLines.slice(earlier)),
      (written) => written.some((line) => line.includes('"page":"batchReport"') && line.includes('answered')),
    );
    assert.ok(lines.some((line) => line.includes('broke off')));
    assert.ok(!lines.some((line) => line.includes('"level":"error"')), lines.join(''));
  });
});

describe('a file that cannot be taken', () => {
  const wrong: Readonly<Record<string, readonly [file: string | Buffer, reason: RegExp, fileName?: string]>> =
    {
      'an empty file': ['', /There is no row in this file/],
      'a header alone': [csv(), /There is no row in this file/],
      'a column that is not known': [`${HEADER};colour\r\n`, /Line 1: we do not know a column “colour”/],
      'a column that is missing': ['ssin;date\r\n', /Line 1: the column “enterpriseNumber” is missing/],
      'a column twice': [`${HEADER};date\r\n`, /Line 1: the column “date” stands there twice/],
      'a row with too few cells': [
        `${csv(row('x', '2021-02-01'))}a;b\r\n`,
        /Line 3: this line cannot be read/,
      ],
      'a name that nobody can read': [csv(row('x', '2021-02-01')), /name of this file/, 'days\u202evsc.csv'],
      'a name that is too long': [csv(row('x', '2021-02-01')), /name of this file/, `${'d'.repeat(252)}.csv`],
      'another character set': [Buffer.from(csv(row('é', '2021-02-01')), 'latin1'), /not in UTF-8/],
      'a spreadsheet': [Buffer.from('PK\u0003\u0004abc', 'latin1'), /This is a spreadsheet/, 'days.xlsx'],
      'XML that breaks off': ['<Dimona>\n<Form>', /Line 2: this is not well-formed XML/],
      'another document': ['<Other/>', /Line 1: the file does not begin with the element Dimona/],
      'a Dimona file without forms': ['<Dimona></Dimona>', /There is no form in this Dimona file/],
      'a document type': ['<!DOCTYPE Dimona><Dimona/>', /Line 1: a document type .* not allowed/],
      'XML in another encoding': [Buffer.from('\ufeff<Dimona/>', 'utf16le'), /encoding/, 'forms.xml'],
    };
  for (const [what, [file, reason, fileName]] of Object.entries(wrong)) {
    it(`is refused for ${what}, in words, and leaves nothing`, async () => {
      const earlier = await countOf('batch');
      const answer = await send(thomas, file, fileName);
      assert.equal(answer.status, 400);
      assert.match(wordsOf(answer), reason);
      assert.match(answer.text, /<title>Error: .*govuk-error-summary.*<a href="#file">.*id="file-fault"/s);
      assert.equal(await countOf('batch'), earlier);
    });
  }

  it('is asked for when none was chosen', async () => {
    const answer = await send(thomas, undefined);
    assert.equal(answer.status, 400);
    assert.match(wordsOf(answer), /There is a problem with the file First choose a file\./);
  });

  it('is refused in the language of the reader', async () => {
    const visitor = await official('thomas', 'fr');
    const answer = await send(visitor, `${HEADER};colour\r\n`);
    assert.match(wordsOf(answer), /Ligne 1\s: nous ne connaissons pas de colonne «\scolour\s»/);
  });

  it('does not show the number of a person who stands where a column is expected', async () => {
    const answer = await send(thomas, `${demoSsin('lena')};2021-02-01\r\n`);
    assert.equal(answer.status, 400);
    assert.doesNotMatch(answer.text, new RegExp(demoSsin('lena')));
  });
});

describe('a form that is not ours', () => {
  const file = Buffer.from(csv(row('x', '2021-05-01')));

  it('is refused without its token, or with another one', async () => {
    const earlier = await countOf('batch');
    for (const form of [{ file }, { file, token: '0'.repeat(64) }])
      assert.equal((await thomas.sendFile('/agency/batches', form)).status, 403);
    assert.equal(await countOf('batch'), earlier);
  });

  it('is refused when another site has it sent', async () => {
    const earlier = await countOf('batch');
    const token = await thomas.tokenOn('/agency');
    const headers = { Origin: 'https://evil.example' };
    assert.equal((await thomas.sendFile('/agency/batches', { file, token, headers })).status, 403);
    assert.equal(await countOf('batch'), earlier);
  });

  it('does not start a batch', async () => {
    const path = await check(thomas, file);
    const csrfToken = await thomas.tokenOn(path);
    assert.equal((await thomas.sendFields(`${path}/start`, {})).status, 403);
    const foreign = await thomas.sendFields(
      `${path}/start`,
      { csrfToken },
      { Origin: 'https://evil.example' },
    );
    assert.equal(foreign.status, 403);
    assert.match(wordsOf(await thomas.get(path)), /Start the batch\?/);
  });

  it('is refused to somebody whose login is over', async () => {
    const path = await check(thomas, file);
    const { status } = await createVisitor(service.url).sendFields(`${path}/start`, { csrfToken: 'x' });
    assert.equal(status, 401);
    assert.match(wordsOf(await thomas.get(path)), /Start the batch\?/);
  });
});

describe('the number of a person', () => {
  it('stands in no address, title, line of the log or table, only on the page, even when files are named by it', async () => {
    const ssin = demoSsin('serban');
    const path = await check(thomas, csv(row(ssin, '2021-05-03', ssin)), `${ssin}.csv`);
    await start(thomas, path);
    const { text } = await thomas.get(`${path}?rows=warned`);
    assert.match(wordsOf({ text }), new RegExp(`Row 1 ${ssin} Warning`));
    assert.match(wordsOf(await thomas.get('/agency')), new RegExp(`${ssin}\\.csv 1 row`));
    for (const table of ['batch', 'batch_row']) {
      const rows = await service.database.query<{ text: string }>(
        `select to_jsonb(t)::text as text from ${table} t`,
      );
      assert.ok(rows.length > 0);
      for (const needle of [ssin, Buffer.from(ssin).toString('hex')])
        assert.ok(!rows.some((one) => one.text.includes(needle)), table);
    }
    assert.doesNotMatch(path, new RegExp(ssin));
    assert.doesNotMatch(/<title>.*<\/title>/s.exec(text)?.[0] ?? ssin, new RegExp(ssin));
    const written = service.logLines.join('\n');
    assert.match(written, /"page":"batch"/);
    for (const { ssin: number } of DEMO_CITIZENS) assert.ok(!written.includes(number));
  });
});
