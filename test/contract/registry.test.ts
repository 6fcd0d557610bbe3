/** Our message registry against contract 2.1: operations, answers, errors. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { messageQuerySchema } from '../../src/ebox/registry-request.ts';
import { findOperation } from '../http/document.ts';
import { contentPath, INBOX, type Scene, startScene } from '../http/scene.ts';
import { quaUpdate } from '../support/declarations.ts';
import { needsSpec } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';
import { CONTRACT, type Contract, readContract } from './registry.ts';

const BASE = '/ebox/citizen/v2';
const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';

/** The operations of the contract. */
const OFFERED = [
  'getEBoxById',
  'getMessagesByEBoxId',
  'getMessageById',
  'getAttachmentByMessageId',
  'getAttachmentById',
  'getAttachmentContentById',
  'getStatus',
  'getBodyContent',
  'getPaymentDataByMessageId',
  'patchMessagesByEBoxId',
  'postMessage',
  'linkMessage',
  'getAllMessagesTypes',
  'getMessageTypeById',
  'findAllSenderApplications',
  'getSenderApplicationById',
  'getImageForSenderApplication',
  'findAllSenderOrganizations',
  'getSenderOrganizationById',
  'getImageForSenderOrganization',
];

let scene: Scene;
let lena: string;
let issuer: string;

before(async () => {
  scene = await startScene();
  lena = await scene.service.personToken('lena');
  issuer = await scene.service.clientToken('issuer', 'ebox:publish');
  await scene.declareDays('lena', ['2020-09-01', '2020-10-01']);
  const [row] = await scene.service.database.query<{ id: string }>(
    'select period_id as id from dimona_period limit 1',
  );
  await scene.client.declare(quaUpdate({ periodId: row?.id ?? '', day: '2020-09-03' }));
  await scene.client.settled();
});
after(() => scene.service.stop());

/** The contract, or undefined after the test was skipped for want of it. */
function contractOf(t: TestContext): Contract | undefined {
  return needsSpec(t, CONTRACT) ? readContract() : undefined;
}

describe('the operations that we offer', () => {
  it('are called as in the contract, at its paths', (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    for (const [path, operations] of Object.entries(scene.api.document.resolved.paths)) {
      if (!path.startsWith(BASE)) continue;
      for (const { operationId } of Object.values(operations)) contract.operation(operationId);
    }
    const found = OFFERED.map((operationId) => contract.operation(operationId).operationId);
    const documented = Object.entries(scene.api.document.resolved.paths)
      .filter(([path]) => path.startsWith(BASE))
      .flatMap(([, operations]) => Object.values(operations).map(({ operationId }) => operationId));
    assert.deepEqual(documented.sort(), found.sort());
  });

  it('take every filter of the contract', (t) => {
    const parameters = contractOf(t)?.operation('getMessagesByEBoxId').parameters;
    if (parameters === undefined) return;
    const names = parameters.map(({ name }) => name);
    assert.deepEqual(Object.keys(messageQuerySchema.shape).sort(), names.sort());
  });
});

describe('the answer of', () => {
  async function check(t: TestContext, operationId: string, path: string): Promise<void> {
    const contract = contractOf(t);
    if (contract === undefined) return;
    assert.equal(findOperation(scene.api.document.resolved, 'get', path)?.operationId, operationId);
    const { status, body } = await scene.api.get(path, lena);
    assert.equal(status, 200);
    assert.equal(contract.answerFaults(operationId, status, body), '');
  }

  async function messagePath(): Promise<string> {
    const { body } = await scene.api.get(INBOX, lena);
    return `${INBOX}/${body.items[0].messageId}`;
  }

  it('getEBoxById is an Ebox', (t) => check(t, 'getEBoxById', `${BASE}/ebox`));

  it('getMessagesByEBoxId is Messages', (t) => check(t, 'getMessagesByEBoxId', INBOX));

  it('getMessageById is a Message', async (t) => check(t, 'getMessageById', await messagePath()));

  it('getAttachmentByMessageId is Attachments', async (t) =>
    check(t, 'getAttachmentByMessageId', `${await messagePath()}/attachments`));

  it('getAttachmentById is an Attachment', async (t) => {
    const { body } = await scene.api.get(await messagePath(), lena);
    const { attachmentId } = body.attachments.items[0];
    await check(t, 'getAttachmentById', `${await messagePath()}/attachments/${attachmentId}`);
  });

  it('getAttachmentContentById is of the media type that the contract produces, when that is asked for', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    const { body } = await scene.api.get(await messagePath(), lena);
    const path = contentPath(body);
    const produced = contract.operation('getAttachmentContentById').produces ?? [];
    const asked = await scene.api.get(path, lena, { Accept: produced.join(', ') });
    assert.deepEqual([asked.headers['content-type']], produced);
    const free = await scene.api.get(path, lena);
    assert.equal(free.headers['content-type'], 'application/pdf');
    assert.deepEqual(free.bytes, asked.bytes);
  });

  it('getStatus is a list of MessageStatus, with 201', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    const { body: inbox } = await scene.api.get(INBOX, lena);
    const eboxId = { eboxType: 'citizen', eboxIdValue: demoSsin('lena') };
    const asked = inbox.items.map(({ messageId }: { messageId: string }) => ({ messageId, eboxId }));
    assert.equal(contract.faults('MessagesStatusRequest', asked), '');
    const path = `${BASE}/searchMessageStatus`;
    const { status, body } = await scene.api.call('post', path, { token: issuer, body: asked });
    assert.equal(contract.answerFaults('getStatus', status, body), '');
    assert.equal(body.length, inbox.items.length);
  });
});

describe('every error', () => {
  it('is a StatusMessage', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    const { api } = scene;
    const { body } = await api.get(INBOX, lena);
    const content = contentPath(body.items[0]);
    const status = `${BASE}/searchMessageStatus`;
    const errors = [
      [400, await api.get(`${INBOX}?page=0`, lena)],
      [400, await api.get(`${INBOX}/x`, lena)],
      [400, await api.call('post', status, { token: issuer, body: [] })],
      [401, await api.get(INBOX)],
      [403, await api.get(INBOX, issuer)],
      [403, await api.call('post', status, { token: lena, body: [] })],
      [404, await api.get(`${INBOX}/${UNKNOWN}`, lena)],
      [404, await api.get(`${INBOX}/${UNKNOWN}/attachments/${UNKNOWN}/content`, lena)],
      [405, await api.get(`${BASE}/publishMessage`, lena)],
      [405, await api.call('delete', INBOX, { token: lena })],
      [413, await api.call('post', status, { token: issuer, body: ' '.repeat(300 * 1024) })],
      [415, await api.call('post', status, { token: issuer, type: 'text/plain', body: '[]' })],
      [416, await api.get(content, lena, { Range: 'bytes=99999999-' })],
    ] as const;
    for (const [expected, answer] of errors) {
      assert.equal(answer.status, expected);
      assert.equal(contract.faults('StatusMessage', answer.body), '');
      assert.equal(answer.body.environment, 'development');
      assert.match(answer.body.code, /^(?!INTERNAL)[A-Z_]+$/);
      // 403 and further ones are ours: the contract names 400, 401 and 404 only.
      if (expected === 400 || expected === 401) {
        const operationId = 'getMessagesByEBoxId';
        assert.equal(contract.answerFaults(operationId, expected, answer.body), '');
      }
    }
  });
});
