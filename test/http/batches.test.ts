/** Batches over HTTP: sent, checked, started, followed row by row; nobody else's business; bad files named and gone. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { registerFile } from '../../src/cli/demo-input.ts';
import { until } from '../support/client.ts';
import { quaXml } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import { type Scene, startOpenScene } from './scene.ts';
import { OTHER_ORGANIZATION, type Tokens } from './tokens.ts';

const BATCHES = '/batches/v1/batches';
const HEADER = 'reference;ssin;date;enterpriseNumber;jointCommittee';

let scene: Scene & { readonly tokens: Tokens };
let token: string;

before(async () => {
  scene = await startOpenScene();
  await scene.client.load(registerFile());
  token = scene.tokens.client('batches:submit batches:approve');
});
after(() => scene.stop());

const row = (reference: string, date: string, ssin = demoSsin('lena')) =>
  `${reference};${ssin};${date};1900012343;145`;
const csv = (...rows: readonly string[]) => `${[HEADER, ...rows].join('\r\n')}\r\n`;

function submit(body: string | Buffer, query = '', type = 'text/csv'): Promise<Answer> {
  return scene.api.call('post', `${BATCHES}${query}`, { token, type, body });
}

async function reach(answer: Answer, state: string) {
  assert.equal(answer.status, 202);
  const { body } = await until(
    () => scene.api.follow(answer.headers.location, token),
    (found) => found.body.state === state,
  );
  return body;
}

function part(batch: { readonly self: string }, name: string): Promise<Answer> {
  return scene.api.follow(`${batch.self}/${name}`, token);
}

async function countOf(table: string): Promise<number> {
  const [found] = await scene.service.database.query<{ count: number }>(
    `select count(*)::int as count from ${table}`,
  );
  return found?.count ?? 0;
}

describe('a batch of quarantine days', () => {
  const BAD = row('bad', '2021-02-03', '81022903534');
  const file = csv(row('one', '2021-02-01'), BAD, row('two', '2021-02-02'));

  it('is only checked when that is asked, and started once', async () => {
    const batch = await reach(await submit(file, '?dryRun=true&fileName=february.csv'), 'checked');
    const { rows, checked, faulty, ended, fileName, status } = batch;
    assert.deepEqual([rows, checked, faulty, ended, fileName], [3, 3, 1, 0, 'february.csv']);
    assert.equal(status.state, 'done');
    assert.equal(await countOf('declaration'), 0);
    const before = await part(batch, 'rows');
    assert.deepEqual(
      before.body.items.map((one: { reference: string; anomalies: string[] }) => [
        one.reference,
        one.anomalies.length,
      ]),
      [
        // Declared late, which is a warning only.
        ['one', 1],
        ['bad', 2],
        ['two', 1],
      ],
    );
    const approval = `${BATCHES}/${batch.batchId}/approval`;
    assert.equal((await scene.api.call('post', approval, { token })).status, 202);
    const again = await scene.api.call('post', approval, { token });
    assert.deepEqual([again.status, again.body.type], [409, 'urn:problem-type:citizen-ebox:notInThisState']);
    const done = await reach({ ...again, status: 202, headers: { location: batch.self } }, 'done');
    assert.deepEqual([done.ended, done.outcomes.issued, done.outcomes.refused], [3, 2, 1]);
    assert.equal(done.status.state, 'done');
  });

  it('gives its rows by outcome, its report, and its rejects as they were sent', async () => {
    const { body } = await scene.api.get(BATCHES, token);
    const [batch] = body.items;
    const issued = (await part(batch, 'rows?outcome=issued')).body.items;
    assert.deepEqual(
      issued.map((one: { row: number; state: string }) => [one.row, one.state]),
      [
        [1, 'ended'],
        [3, 'ended'],
      ],
    );
    assert.match(issued[0].attestation, /^QUA-\d{4}-/);
    assert.equal((await part(batch, 'rows?afterRow=2')).body.items[0].reference, 'two');
    const report = await part(batch, 'report');
    assert.equal(report.headers['content-type'], 'text/csv; charset=utf-8');
    assert.match(report.headers['content-disposition'] ?? '', /^attachment; filename="report.csv"$/);
    const lines = report.bytes.toString('utf8').trimEnd().split('\r\n');
    assert.equal(lines.length, 4);
    assert.ok(lines[1]?.includes(issued[0].attestation));
    const rejects = (await part(batch, 'rejects')).bytes.toString('utf8');
    assert.ok(rejects.includes('81022903534') && !rejects.includes(demoSsin('lena')));
  });

  it('may come in gzip', async () => {
    const post = (bytes: Buffer) =>
      fetch(`${scene.service.url}${BATCHES}?dryRun=true`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', 'content-encoding': 'gzip' },
        body: bytes,
      });
    const packed = gzipSync(csv(row('packed', '2021-06-03')));
    const taken = await post(packed);
    assert.equal(taken.status, 202);
    const location = taken.headers.get('location') ?? undefined;
    assert.equal((await scene.api.follow(location, token)).body.rows, 1);
    const before = await countOf('batch');
    const refused = await Promise.all([post(packed.subarray(0, -12)), post(Buffer.from(csv()))]);
    assert.deepEqual(
      refused.map(({ status }) => status),
      [400, 400],
    );
    assert.equal(await countOf('batch'), before, 'nothing of them is kept');
  });

  it('is shown by its own names, whatever they speak of, and no table holds them in clear', async () => {
    const name = `Quisthoudt ${demoSsin('lena')}`;
    const body = csv(row(name, '2021-02-30'));
    const sent = await submit(body, `?dryRun=true&fileName=${encodeURIComponent(`${name}.csv`)}`);
    const batch = await reach(sent, 'checked');
    assert.equal(batch.fileName, `${name}.csv`);
    const listed = (await scene.api.get(BATCHES, token)).body.items;
    assert.equal(listed[0].fileName, `${name}.csv`);
    assert.equal((await part(batch, 'rows')).body.items[0].reference, name);
    for (const file of ['report', 'rejects'])
      assert.ok((await part(batch, file)).bytes.toString('utf8').includes(name), file);
    for (const table of ['batch', 'batch_row']) {
      const rows = await scene.service.database.query<{ text: string }>(
        `select to_jsonb(t)::text as text from ${table} t`,
      );
      const kept = rows.map(({ text }) => text).join('\n');
      for (const word of name.split(' '))
        assert.ok(!kept.includes(word) && !kept.includes(Buffer.from(word).toString('hex')), table);
    }
  });

  it('issues nothing new when the same file comes again', async () => {
    const attestations = await countOf('attestation');
    const batch = await reach(await submit(file), 'done');
    assert.deepEqual([batch.outcomes.unchanged, batch.outcomes.issued], [2, 0]);
    assert.equal(await countOf('attestation'), attestations);
  });

  it('is nobody else’s business', async () => {
    const { body } = await scene.api.get(BATCHES, token);
    const [batch] = body.items;
    const other = scene.tokens.client('batches:submit batches:approve', OTHER_ORGANIZATION);
    assert.deepEqual((await scene.api.get(BATCHES, other)).body.items, []);
    for (const path of ['', '/rows', '/report', '/rejects'])
      assert.equal((await scene.api.get(`${BATCHES}/${batch.batchId}${path}`, other)).status, 404);
    const approval = `${BATCHES}/${batch.batchId}/approval`;
    assert.equal((await scene.api.call('post', approval, { token: other })).status, 404);
  });

  it('is told as it goes on, until it is at rest, and takes orders while it is not', async () => {
    const { location } = (await submit(csv(row('live', '2021-06-01')))).headers;
    const stream = await scene.api.follow(`${location}/progress`, token);
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
    const events = stream.bytes.toString('utf8').split('\n\n').slice(1, -1);
    const [name, data = ''] = events.at(-1)?.split('\ndata: ') ?? [];
    assert.equal(name, 'event: end');
    const { state, ended, secondsLeft } = JSON.parse(data);
    assert.deepEqual([state, ended, secondsLeft], ['done', 1, null]);
    assert.ok(events.slice(0, -1).every((event) => event.startsWith('event: progress\ndata: {')));
    for (const order of ['pause', 'resumption', 'cancellation']) {
      const late = await scene.api.call('post', `${location}/${order}`.replace(/^https?:..[^/]+/, ''), {
        token,
      });
      assert.deepEqual([late.status, late.body.type], [409, 'urn:problem-type:citizen-ebox:notInThisState']);
    }
    const waiting = await reach(await submit(csv(row('not', '2021-06-02')), '?dryRun=true'), 'checked');
    const cancellation = `${BATCHES}/${waiting.batchId}/cancellation`;
    const statuses = [await scene.api.call('post', cancellation, { token })];
    const cancelled = await reach(statuses[0] as Answer, 'cancelled');
    statuses.push(await scene.api.call('post', cancellation, { token }));
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [202, 202],
    );
    assert.equal(cancelled.outcomes.cancelled, 1);
  });
});

describe('a batch of Dimona forms', () => {
  it('is taken as XML, and its rejects come back as XML', async () => {
    const good = { ssin: demoSsin('amelie'), day: '2021-04-01' };
    const bad = { ssin: '81022903534', day: '2021-04-01' };
    const forms = quaXml([good, bad]);
    const batch = await reach(await submit(forms, '', 'application/xml'), 'done');
    assert.deepEqual([batch.rows, batch.outcomes.issued, batch.outcomes.refused], [2, 1, 1]);
    const rejects = await part(batch, 'rejects');
    assert.equal(rejects.headers['content-type'], 'application/xml; charset=utf-8');
    assert.equal(rejects.bytes.toString('utf8').match(/<INSS>81022903534/g)?.length, 1);
  });
});

describe('a file that cannot be read', () => {
  const wrong: Readonly<
    Record<string, readonly [type: string, body: string | Buffer, name: string | undefined]>
  > = {
    'a missing column': ['text/csv', 'ssin;date\r\n', 'enterpriseNumber'],
    'an unknown column': ['text/csv', `${HEADER};colour\r\n`, 'colour'],
    'a column twice': ['text/csv', `${HEADER};date\r\n`, 'date'],
    'a quote that is never closed': ['text/csv', `${HEADER}\r\n"x;y\r\n`, 'line 3'],
    'no row': ['text/csv', `${HEADER}\r\n`, undefined],
    'another character set': ['text/csv', Buffer.from(csv(row('é', '2021-02-01')), 'latin1'), undefined],
    'XML that breaks off': ['application/xml', '<Dimona><Form>', undefined],
    'another document': ['application/xml', '<Other/>', undefined],
  };
  for (const [what, [type, body, name]] of Object.entries(wrong)) {
    it(`is refused whole for ${what}, and leaves nothing`, async () => {
      const before = await countOf('batch');
      const answer = await submit(body, '', type);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.issues.length, 1);
      assert.deepEqual([answer.body.issues[0].in, answer.body.issues[0].name], ['body', name]);
      assert.equal(await countOf('batch'), before);
    });
  }
});

describe('the template', () => {
  it('is there for everybody, and is a batch', async () => {
    const { status, bytes, headers } = await scene.api.get('/batches/v1/refData/templates/quarantine.csv');
    assert.deepEqual([status, headers['content-type']], [200, 'text/csv; charset=utf-8']);
    const batch = await reach(await submit(bytes, '?dryRun=true'), 'checked');
    assert.deepEqual([batch.rows, batch.faulty], [1, 0]);
  });
});
