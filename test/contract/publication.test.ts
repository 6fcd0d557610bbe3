/** What senders send, and what they and everybody else are answered, against contract 2.1 and the examples of version 3. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { filePart, jsonPart, letter, PUBLISH_3, send } from '../http/publishing.ts';
import { INBOX, type Scene, startScene } from '../http/scene.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';
import { CONTRACT, type Contract, readContract } from './registry.ts';

const EXAMPLES = 'ebox/message-registry-3-publication-examples.json';

let scene: Scene;
before(async () => {
  scene = await startScene();
});
after(() => scene.stop());

function contractOf(t: TestContext): Contract | undefined {
  return needsSpec(t, CONTRACT) ? readContract() : undefined;
}

const FULL = {
  bodyContent: { nl: 'Tekst' },
  businessDataList: [{ key: 'FILE', name: { nl: 'Dossier' }, values: [{ nl: '42' }] }],
  paymentData: {
    paymentDataId: 'p1',
    amount: 25,
    vatAmount: 0,
    currency: 'EUR',
    dueDate: '2030-01-01T00:00:00Z',
    iban: 'BE71096123456769',
    reference: { text: '+++090/9337/55493+++' },
  },
  forTheAttentionOf: { id: '1', type: 'x', name: 'Dienst' },
  expirationDate: '2030-01-01T00:00:00Z',
};

describe('a publication', () => {
  it('that the contract allows is taken, and answered as it says', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    for (const message of [letter(), letter(FULL)]) {
      assert.equal(contract.faults('MessageToPublish', JSON.parse(JSON.stringify(message))), '');
      const { status, body } = await send(scene, [jsonPart(message), filePart('upfile1')]);
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal(contract.answerFaults('postMessage', status, body), '');
    }
  });

  it('that the contract does not allow is refused, in its form', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    const bad = [
      { recipient: undefined },
      { recipient: { eboxType: 'dog', eboxIdValue: '1' } },
      { recipient: { eboxType: 'citizen' } },
      { subject: undefined },
      { subject: 'text' },
      { bodyMainContent: undefined },
      { replyAuthorized: undefined },
      { replyAuthorized: 'yes' },
      { attachments: [{ httpPartName: 'upfile1' }] },
      { attachments: [{ mainContent: true }] },
      { attachments: 'upfile1' },
      { senderOrganizationId: 'x' },
      { paymentData: { amount: 1 } },
      { businessDataList: [{ key: 'k' }] },
    ];
    for (const changes of bad) {
      const message = JSON.parse(JSON.stringify(letter(changes)));
      assert.notEqual(contract.faults('MessageToPublish', message), '', JSON.stringify(changes));
      const { status, body } = await send(scene, [jsonPart(message), filePart('upfile1')]);
      assert.equal(status, 400, JSON.stringify(changes));
      assert.equal(contract.answerFaults('postMessage', status, body), '');
    }
  });

  it('is a Message with everything in it, with its body and what is to be paid', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    const { body: published } = await send(scene, [jsonPart(letter(FULL)), filePart('upfile1')]);
    const path = `${INBOX}/${published.messageId}`;
    const lena = await scene.service.personToken('lena');
    for (const [operationId, part] of [
      ['getMessageById', ''],
      ['getBodyContent', '/body'],
      ['getPaymentDataByMessageId', '/paymentData'],
    ] as const) {
      const { status, body } = await scene.api.get(`${path}${part}`, lena);
      assert.equal(status, 200);
      assert.equal(contract.answerFaults(operationId, status, body), '');
    }
    const items = [{ messageId: published.messageId, visible: false }];
    assert.equal(contract.faults('MessagesToUpdate', { items }), '');
    const type = 'application/merge-patch+json';
    const patched = await scene.api.call('patch', INBOX, {
      token: lena,
      type,
      body: JSON.stringify({ items }),
    });
    assert.deepEqual([patched.status, patched.bytes.length], [200, 0]);
  });
});

describe('reference data', () => {
  it('is what the contract says, in three languages', async (t) => {
    const contract = contractOf(t);
    if (contract === undefined) return;
    const base = '/ebox/citizen/v2/referenceData';
    const operations = {
      getAllMessagesTypes: 'messageTypes',
      getMessageTypeById: 'messageTypes/city-letter',
      findAllSenderApplications: 'senderApplications',
      getSenderApplicationById: 'senderApplications/city-letters',
      findAllSenderOrganizations: 'senderOrganizations',
      getSenderOrganizationById: 'senderOrganizations/1900080144',
    };
    for (const [operationId, path] of Object.entries(operations)) {
      const { status, body } = await scene.api.get(`${base}/${path}`);
      assert.equal(status, 200);
      assert.equal(contract.answerFaults(operationId, status, body), '');
      const names = JSON.stringify(body).match(/"(?:\w+Name)":\{[^}]*\}/g) ?? [];
      assert.ok(names.length > 0 && names.every((name) => /"nl".*"fr".*"de"/.test(name)), operationId);
    }
    const { body } = await scene.api.get(`${base}/senderOrganizations`);
    for (const { organizationLogos } of body.items) {
      const [{ contentHref, mediaType }] = organizationLogos;
      const image = await scene.api.get(new URL(contentHref).pathname);
      assert.deepEqual([image.status, image.headers['content-type']], [200, mediaType]);
    }
  });
});

interface Example {
  readonly name: string;
  readonly messageToPublish: Readonly<Record<string, unknown>> & {
    readonly recipient: { readonly eboxType: string };
  };
  readonly fileParts: readonly string[];
}

describe('the examples of version 3', () => {
  it('publish to a citizen with registered identifiers, and are refused to enterprises', async (t) => {
    if (!needsSpec(t, EXAMPLES)) return;
    const examples = JSON.parse(readFileSync(join(specsFolder, EXAMPLES), 'utf8')) as readonly Example[];
    const kinds = new Set<string>();
    for (const { name, messageToPublish, fileParts } of examples) {
      const { eboxType } = messageToPublish.recipient;
      kinds.add(eboxType);
      const registered = {
        ...messageToPublish,
        sender: { eboxType: 'enterprise', enterpriseNumber: '1900080144' },
        ...(eboxType === 'citizen' && { recipient: { eboxType, ssin: demoSsin('lena') } }),
        messageTypeId: 'city-letter',
        senderApplicationId: 'city-letters',
      };
      const parts = [jsonPart(registered), ...fileParts.map((part) => filePart(part))];
      const { status, body } = await send(scene, parts, { path: PUBLISH_3 });
      if (eboxType === 'citizen') assert.equal(status, 201, `${name}: ${JSON.stringify(body)}`);
      else assert.deepEqual([status, body.code], [400, 'NOT_IMPLEMENTED'], name);
      // As it stands, the sender is nobody's.
      const asIs = await send(scene, [jsonPart(messageToPublish), ...parts.slice(1)], { path: PUBLISH_3 });
      assert.equal(asIs.status, 400, name);
    }
    assert.deepEqual([...kinds].sort(), ['citizen', 'enterprise']);
  });
});
