/** `ebox batch` as an agency types it: against a service, and its lines by themselves. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventsOf, finalText, progressText, type ToldBatch } from '../../src/cli/batch-text.ts';
import { registerFile } from '../../src/cli/demo-input.ts';
import { createClient } from '../support/client.ts';
import { type Commands, startCommands } from '../support/command.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const BATCH: ToldBatch = {
  state: 'running',
  rows: 10_000,
  checked: 10_000,
  ended: 4512,
  recalled: 0,
  outcomes: { issued: 4500, refused: 12, waiting: 0 },
  rowsPerSecond: 143.4,
  secondsLeft: 39,
};

describe('progressText', () => {
  it('shows a bar, figures, pace and time left', () => {
    const text = progressText(BATCH, 90);
    const [, filled = '', empty = '', figures] = /^\[(#+)(-+)\] (.*)$/.exec(text) ?? [];
    assert.equal(figures, ' 45 %  4\u202f512 of 10\u202f000 rows  143 rows/s  39 s left  running');
    assert.equal(Math.floor(((filled.length + empty.length) * 4512) / 10_000), filled.length);
    assert.ok(filled.length > 3 && text.length < 90);
  });

  it('has no bar where there is no room, and no pace where there is none', () => {
    const text = progressText({ ...BATCH, state: 'paused', rowsPerSecond: null, secondsLeft: null }, 30);
    assert.equal(text, ' 45 %  4\u202f512 of 10\u202f000 rows  paused');
  });

  it('counts what was checked while it is checked, and tells long times in minutes and hours', () => {
    const text = progressText({ ...BATCH, state: 'checking', checked: 10_000, secondsLeft: 7300 }, 30);
    assert.match(text, /^100 % .* 2 h 2 min left {2}checking$/);
  });
});

describe('finalText', () => {
  it('says that the first rows wait to be looked at', () => {
    const batch = { ...BATCH, state: 'paused', canary: { rows: 20, state: 'waiting' } };
    assert.match(finalText(batch), /^its first 20 rows ended, waits to go on or to be cancelled: /);
  });

  it('says what became of the rows', () => {
    assert.equal(
      finalText({ ...BATCH, state: 'done' }),
      `done: 10\u202f000 rows\n       4\u202f500  issued\n          12  refused\n`,
    );
  });
});

describe('eventsOf', () => {
  it('reads events however they are cut', async () => {
    const text = `retry: 1000\n\nevent: progress\ndata: ${JSON.stringify(BATCH)}\n\nevent: end\ndata: ${JSON.stringify(BATCH)}\n\n`;
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) =>
      bytes.subarray(at * 7, at * 7 + 7),
    );
    const events = [];
    for await (const event of eventsOf(pieces)) events.push(event);
    assert.deepEqual(events, [
      { batch: BATCH, isLast: false },
      { batch: BATCH, isLast: true },
    ]);
  });
});

describe('ebox batch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-batch-'));
  let service: TestService;
  let commands: Commands;
  let means: string[];

  before(async () => {
    service = await startTestService();
    await createClient(service).load(registerFile());
    commands = startCommands();
    const token = join(folder, 'token');
    writeFileSync(token, `${await service.clientToken('issuer', 'batches:submit batches:approve')}\n`);
    means = ['--service', service.url, '--token', token];
  });
  after(async () => {
    await commands.stop();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  function write(name: string, day: string): string {
    const row = ['one', demoSsin('lena'), day, '1900012343', '145'].join(';');
    writeFileSync(join(folder, name), `reference;ssin;date;enterpriseNumber;jointCommittee\r\n${row}\r\n`);
    return join(folder, name);
  }

  it('sends a file and follows it to its end', async () => {
    const file = write('days.csv', '2021-03-01');
    const { status, output, errors } = await commands.run([
      'batch',
      'submit',
      file,
      '--follow',
      '--json',
      ...means,
    ]);
    assert.equal(status, 0, errors);
    assert.match(errors, /done/);
    const last = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    assert.deepEqual([last.state, last.outcomes.issued, last.fileName], ['done', 1, 'days.csv']);
  });

  it('goes on with a file in parts', async () => {
    const file = write('parts.csv', '2021-04-01');
    const authorization = `Bearer ${await service.clientToken('issuer', 'batches:submit batches:approve')}`;
    const opened = await fetch(`${service.url}/batches/v1/uploads`, {
      method: 'POST',
      headers: { authorization },
    });
    const id = opened.headers.get('location')?.split('/').at(-1) ?? '';
    const sent = await commands.run([
      'batch',
      'submit',
      file,
      '--resume',
      id,
      '--dry-run',
      '--follow',
      ...means,
    ]);
    assert.equal(sent.status, 0, sent.errors);
    assert.match(sent.errors, new RegExp(`--resume ${id}`));
    assert.match(sent.output, /checked, waits to be started: 1 rows/);
  });

  it('checks a file only, and cancels it; what is refused is said', async () => {
    const file = write('later.csv', '2021-03-02');
    const sent = await commands.run(['batch', 'submit', file, '--dry-run', '--follow', ...means]);
    assert.equal(sent.status, 0, sent.errors);
    const [batchId = ''] = sent.output.split('\n');
    assert.match(sent.output, /checked, waits to be started: 1 rows/);
    assert.match(
      sent.output,
      /it would come to\n +1 {2}quarantine at most\n +1 {2}persons\n +and others, too few to be told apart\n/,
    );
    // As one that was checked before there were forecasts.
    await service.database.query('delete from batch_forecast where batch_id = $1', [batchId]);
    const followed = await commands.run(['batch', 'follow', batchId, ...means]);
    assert.deepEqual([followed.status, /would come to/.test(followed.output)], [0, false], followed.errors);
    const paused = await commands.run(['batch', 'pause', batchId, ...means]);
    assert.equal(paused.status, 1);
    assert.match(paused.errors, /409 .*runs can be paused/);
    const cancelled = await commands.run(['batch', 'cancel', batchId, '--follow', ...means]);
    assert.equal(cancelled.status, 1, 'a cancelled batch did not do what was wanted');
    assert.match(cancelled.output, /1 {2}cancelled/);
    const wrong = await commands.run(['batch', 'submit', join(folder, 'token'), ...means]);
    assert.match(wrong.errors, /neither \.csv nor \.xml/);
  });
});
