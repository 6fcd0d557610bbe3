/** The archive held against the register: what differs is told, whatever the size of the slices. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { readGauges } from '../../src/workflows/gauges.ts';
import { type Finding, reconcile, reconcileAll } from '../../src/workflows/reconcile.ts';
import type { Services } from '../../src/workflows/services.ts';
import { filePart, jsonPart, letter, send } from '../http/publishing.ts';
import { type Scene, startScene } from '../http/scene.ts';

let scene: Scene;
/** A process of its own kind: the steps of the service itself are done by the test alone. */
let services: Services;
let keys: readonly string[];

before(async () => {
  scene = await startScene({ ROLES: 'api,worker' });
  ({ services } = scene.service.service.composition);
  await scene.declareDays('lena', ['2020-09-01', '2020-10-01', '2020-11-01']);
  assert.equal((await send(scene, [filePart('upfile1'), jsonPart(letter())])).status, 201);
  // Everything was so for more than an hour.
  await scene.service.database.query(`update attestation set issued_at = issued_at - interval '2 hours'`);
  await scene.service.database.query(`update message set received_at = received_at - interval '2 hours'`);
  const found: string[] = [];
  for await (const key of services.archive.list()) found.push(key);
  keys = found;
});
after(() => scene.stop());

async function differences(keysAtOnce: number) {
  const found: Finding[] = [];
  const sum = await reconcileAll(services, (finding) => found.push(finding), keysAtOnce);
  return { sum, found: found.map(({ kind, objectKey }) => `${kind} ${objectKey}`).sort() };
}

describe('reconcile', () => {
  for (const keysAtOnce of [1, 2, 1000])
    it(`finds nothing where nothing differs, ${keysAtOnce} keys at once`, async () => {
      const { sum, found } = await differences(keysAtOnce);
      assert.deepEqual(found, []);
      assert.deepEqual(sum, { objects: 4, missing: 0, unknown: 0, undelivered: 0 });
    });

  it('tells what is missing, what nothing names, and what nobody was given', async () => {
    const [first = '', second = ''] = keys;
    const file = keys.find((key) => key.startsWith('messages/')) ?? '';
    const folder = first.slice(0, first.lastIndexOf('/'));
    const [stray, pending] = [`${folder}/${randomUUID()}`, `${folder}/${randomUUID()}`];
    await services.archive.remove(first);
    await services.archive.remove(file);
    const object = Buffer.from('of nobody');
    for (const key of [stray, pending])
      await services.archive.store(key, object, createHash('sha256').update(object).digest());
    const { database } = scene.service;
    await database.query('insert into pending_object (object_key) values ($1)', [pending]);
    await database.query('update attestation set message_id = gen_random_uuid() where object_key = $1', [
      second,
    ]);
    const expected = [
      `missing ${first}`,
      `missing ${file}`,
      `undelivered ${second}`,
      `unknown ${stray}`,
    ].sort();
    for (const keysAtOnce of [1, 3, 1000]) assert.deepEqual((await differences(keysAtOnce)).found, expected);
  });

  it('goes on where it was, counts each object once though two do it at once, and begins no second round', async () => {
    for (let turn = 0; turn < 3; turn += 1)
      await Promise.all([reconcile(services, 1), reconcile(services, 1)]);
    const { archive } = await readGauges(services);
    const { seconds, ...found } = archive ?? {};
    assert.deepEqual(found, { objects: 4, missing: 2, unknown: 1, undelivered: 1 });
    assert.ok(seconds !== undefined && seconds < 3600);
    const rounds = await scene.service.database.query('select from reconciliation');
    assert.equal(rounds.length, 1);
  });
});
