/** Large files in parts over HTTP: what breaks off goes on, what was changed on the way is refused, nobody else's is there. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { completeUpload, openUpload, sendParts, Unreachable } from '../../src/cli/batch-upload.ts';
import { sweepUploads } from '../../src/workflows/upload.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const SCOPE = 'batches:submit';
const QUERY = new URLSearchParams({ form: 'csv', dryRun: 'true', fileName: 'days.csv' });

describe('a file in parts', () => {
  let service: TestService;
  let folder: string;
  const file = () => join(folder, 'days.csv');
  const days = Array.from({ length: 20 }, (_, at) => `2021-03-${String(at + 1).padStart(2, '0')}`);
  const text = [
    'reference;ssin;date;enterpriseNumber;jointCommittee',
    ...days.map((day) => `${day};${demoSsin('lena')};${day};1900012343;145`),
  ].join('\r\n');

  before(async () => {
    service = await startTestService();
    folder = mkdtempSync(join(tmpdir(), 'upload-'));
    writeFileSync(file(), text);
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await service.stop();
  });

  async function send(path: string, request: RequestInit): Promise<Response> {
    const headers = {
      ...(request.headers as object),
      authorization: `Bearer ${await service.clientToken('issuer', SCOPE)}`,
    };
    return fetch(new URL(path, service.url), { ...request, headers });
  }

  async function call(path: string, request: RequestInit): Promise<Response> {
    const answer = await send(path, request);
    assert.ok(
      answer.ok,
      `${request.method} ${path} answered ${answer.status} ${await answer.clone().text()}`,
    );
    return answer;
  }

  const partOf = (bytes: Buffer, offset: number) => ({
    method: 'PATCH',
    headers: {
      'content-type': 'application/partial-upload',
      'upload-offset': String(offset),
      'content-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
    },
    body: new Uint8Array(bytes),
  });

  const rowsOf = async (path: string) =>
    ((await (await call(path, {})).json()) as { rows: number; fileName: string }).rows;

  it('goes on after its connection was cut, whether the part before had arrived or not', async () => {
    const cuts = { sent: 0 };
    const cutting = async (path: string, request: RequestInit) => {
      cuts.sent += request.method === 'PATCH' ? 1 : 0;
      if (request.method === 'PATCH' && cuts.sent === 3) throw new Unreachable('nothing arrived');
      const answer = await call(path, request);
      if (request.method === 'PATCH' && cuts.sent === 5) throw new Unreachable('the answer was lost');
      return answer;
    };
    const path = await openUpload(cutting);
    await sendParts(cutting, path, file(), 128);
    assert.equal(cuts.sent, Math.ceil(text.length / 128) + 1);
    const batch = await completeUpload(call, path, QUERY);
    assert.equal(await rowsOf(batch), days.length);
    assert.equal(await completeUpload(call, path, QUERY), batch, 'asked again');
    const head = await call(path, { method: 'HEAD' });
    assert.deepEqual(
      [head.headers.get('upload-offset'), head.headers.get('upload-complete')],
      [String(text.length), '?1'],
    );
    assert.deepEqual(await service.database.query('select from upload_part'), []);
  });

  it('makes one batch, though two ask for it at once', async () => {
    const path = await openUpload(call);
    await sendParts(call, path, file());
    const made = await Promise.all([1, 2, 3].map(() => completeUpload(call, path, QUERY)));
    assert.equal(new Set(made).size, 1);
  });

  it('lies encrypted, and takes a part only where the last one ended and as it was sent', async () => {
    const path = await openUpload(call);
    const bytes = Buffer.from(text.slice(0, 170));
    assert.equal((await call(path, partOf(bytes, 0))).headers.get('upload-offset'), '170');
    const [kept] = await service.database.query<{ body: Buffer }>('select body from upload_part');
    assert.equal(kept?.body.includes(demoSsin('lena')), false);
    const elsewhere = await send(path, partOf(bytes, 0));
    assert.deepEqual([elsewhere.status, elsewhere.headers.get('upload-offset')], [409, '170']);
    const changed = { ...partOf(bytes, 170), body: new Uint8Array(Buffer.from('something else')) };
    assert.equal((await send(path, changed)).status, 400);
    assert.equal((await send(path, { ...partOf(bytes, 170), headers: {} })).status, 415);
    const { headers } = partOf(bytes, 170);
    for (const wrong of [{ 'upload-offset': '-1' }, { 'content-digest': 'md5=:x:' }])
      assert.equal(
        (await send(path, { ...partOf(bytes, 170), headers: { ...headers, ...wrong } })).status,
        400,
      );
    const whole = await send(`${path}/completion?${QUERY.toString()}`, { method: 'POST' });
    assert.equal(whole.status, 400, 'a row was cut');
    assert.equal(
      (await call(path, { method: 'HEAD' })).headers.get('upload-offset'),
      '170',
      'and it is there still',
    );
    const givenTo = (organization: string) =>
      service.database.query('update upload set organization = $1 where batch_id is null', [organization]);
    const [owner] = await service.database.query<{ organization: string }>('select organization from upload');
    await givenTo('1900012343');
    for (const method of ['GET', 'DELETE']) assert.equal((await send(path, { method })).status, 404);
    await givenTo(owner?.organization ?? '');
    assert.equal((await call(path, { method: 'DELETE' })).status, 204);
    assert.equal((await send(path, {})).status, 404);
  });

  it('may be packed', async () => {
    const path = await openUpload(call);
    await call(path, partOf(gzipSync(text), 0));
    const query = new URLSearchParams({ ...Object.fromEntries(QUERY), gzip: 'true' });
    assert.equal(await rowsOf(await completeUpload(call, path, query)), days.length);
  });

  it('is forgotten with its key a day after its last part', async () => {
    const path = await openUpload(call);
    await call(path, partOf(Buffer.from('x'), 0));
    await service.database.query(`update upload set touched_at = touched_at - interval '1 day'`);
    assert.equal((await send(path, {})).status, 404);
    await sweepUploads(service.service.composition.services);
    const [left] = await service.database.query(
      `select (select count(*)::int from upload) as uploads, (select count(*)::int from upload_part) as parts,
         (select count(*)::int from file_key where file_key_id = $1) as keys`,
      [path.split('/').at(-1)],
    );
    assert.deepEqual(left, { uploads: 0, parts: 0, keys: 0 });
  });

  it('is not begun without end', async () => {
    for (let at = 0; at < 20; at += 1) await openUpload(call);
    assert.equal((await send('/batches/v1/uploads', { method: 'POST' })).status, 409);
  });
});
