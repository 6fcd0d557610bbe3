/** What senders may publish and what is refused, case by case in the words of the registry; what is refused leaves nothing. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Database } from '../../src/database/database.ts';
import { ServiceError } from '../../src/errors.ts';
import { demoSsin } from '../support/service.ts';
import {
  CITY,
  countKept,
  digestOf,
  FORM_TYPE,
  filePart,
  formOf,
  jsonPart,
  letter,
  letter3,
  type Part,
  PDF,
  PUBLISH_3,
  send,
} from './publishing.ts';
import { INBOX, type Scene, startScene } from './scene.ts';

let scene: Scene;
let lena: string;

before(async () => {
  scene = await startScene();
  lena = await scene.service.personToken('lena');
});
after(() => scene.stop());

async function publish(parts: readonly Part[], version: 2 | 3 = 2) {
  const answer = await send(scene, parts, version === 3 ? { path: PUBLISH_3 } : {});
  assert.equal(answer.status, 201, answer.bytes.toString('utf8'));
  const { body } = await scene.api.get(`${INBOX}/${answer.body.messageId}`, lena);
  return { answer, message: body, path: `${INBOX}/${answer.body.messageId}` };
}

describe('a message of a sender', () => {
  it('is in the eBox with everything that was sent, whatever the order of the parts', async () => {
    const second = Buffer.from('naam;bedrag\n');
    const sent = letter({
      attachments: [
        { httpPartName: 'upfile2', mainContent: false, digest: digestOf(second) },
        { httpPartName: 'upfile1', mainContent: true, attachmentSigned: true, digest: digestOf(PDF) },
      ],
      bodyContent: { nl: 'Beste\nUw kaart ligt klaar.' },
      businessDataList: [{ key: 'FILE', values: [{ nl: '42' }] }],
      paymentData: {
        paymentDataId: 'p1',
        amount: 25,
        vatAmount: 0,
        currency: 'EUR',
        dueDate: '2030-01-01T00:00:00Z',
        iban: 'BE71096123456769',
      },
      forTheAttentionOf: { name: 'Dienst' },
      expirationDate: '2099-01-01T00:00:00Z',
      replyAuthorized: true,
    });
    const { answer, message, path } = await publish([
      filePart('upfile1', { fileName: 'Kaart.pdf' }),
      filePart('upfile2', { fileName: 'lijst.csv', type: 'text/csv', content: second }),
      jsonPart(sent),
    ]);
    const months = (Date.parse(answer.body.expirationDate) - Date.parse(message.receiptDate)) / 86_400_000;
    assert.ok(months > 363 && months < 368, 'a year, as the type says, and not what was sent');
    assert.deepEqual(message.subject, { nl: 'Uw nieuwe kaart' });
    assert.deepEqual(
      message.attachments.items.map((one: Record<string, unknown>) => [
        one.fileName,
        one.mediaType,
        one.mainContent,
        one.attachmentSigned,
      ]),
      [
        ['lijst.csv', 'text/csv', false, false],
        ['Kaart.pdf', 'application/pdf', true, true],
      ],
    );
    assert.deepEqual(message.businessDataList.items, [
      { key: 'FILE', name: { nl: 'FILE' }, values: [{ nl: '42' }] },
    ]);
    assert.deepEqual(message.forTheAttentionOf, { name: 'Dienst' });
    assert.equal(message.replyAuthorized, true);
    assert.deepEqual((await scene.api.get(`${path}/paymentData`, lena)).body, sent.paymentData);
    assert.deepEqual((await scene.api.get(`${path}/body`, lena)).body, sent.bodyContent);
    const contents = message.attachments.items.map(({ contentHref }: { contentHref: string }) =>
      scene.api.get(new URL(contentHref).pathname, lena),
    );
    const [csv, pdf] = await Promise.all(contents);
    assert.deepEqual([csv.bytes, pdf.bytes], [second, PDF]);
  });

  it('becomes read by its main content alone, be that a file or the body', async () => {
    const isRead = async (path: string) => (await scene.api.get(path, lena)).body.readStatus;
    const ofFile = await publish([jsonPart(letter({ bodyContent: { nl: 'Tekst' } })), filePart('upfile1')]);
    await scene.api.get(`${ofFile.path}/body`, lena);
    assert.equal(await isRead(ofFile.path), false);
    const ofBody = await publish([
      jsonPart(letter({ attachments: undefined, bodyContent: { nl: 'Tekst' }, bodyMainContent: true })),
    ]);
    assert.equal((await scene.api.call('head', `${ofBody.path}/body`, { token: lena })).status, 200);
    assert.equal(await isRead(ofBody.path), false);
    await scene.api.get(`${ofBody.path}/body`, lena);
    assert.equal(await isRead(ofBody.path), true);
  });

  it('has a body and something to pay, or none: 404', async () => {
    const { path } = await publish([jsonPart(letter()), filePart('upfile1')]);
    for (const part of ['body', 'paymentData'])
      assert.equal((await scene.api.get(`${path}/${part}`, lena)).status, 404);
  });

  it('goes to whoever had the number before it was replaced', async () => {
    const recipient = { eboxType: 'citizen', eboxIdValue: '94272199751' };
    const { status, body } = await send(scene, [jsonPart(letter({ recipient })), filePart('upfile1')]);
    assert.equal(status, 201);
    const serban = await scene.service.personToken('serban');
    assert.equal((await scene.api.get(`${INBOX}/${body.messageId}`, serban)).status, 200);
  });

  it('says that nobody opens the eBox, and is there all the same', async () => {
    await scene.service.database.query(`update person set has_ebox = false where given_name = 'Amélie'`);
    const recipient = { eboxType: 'citizen', eboxIdValue: demoSsin('amelie') };
    const { status, body } = await send(scene, [jsonPart(letter({ recipient })), filePart('upfile1')]);
    assert.deepEqual([status, body.code], [201, 'NO_DIGITAL_USER']);
    const amelie = await scene.service.personToken('amelie');
    assert.equal((await scene.api.get(`${INBOX}/${body.messageId}`, amelie)).status, 200);
  });

  it('may name an earlier one of the same sender to the same recipient, and no other', async () => {
    const first = await publish([jsonPart(letter()), filePart('upfile1')]);
    const originalMessageId = first.message.messageId;
    const { message } = await publish([jsonPart(letter({ originalMessageId })), filePart('upfile1')]);
    assert.equal(message.originalMessageId, originalMessageId);
    const recipient = { eboxType: 'citizen', eboxIdValue: demoSsin('lukasz') };
    const other = await send(scene, [
      jsonPart(letter({ originalMessageId, recipient })),
      filePart('upfile1'),
    ]);
    assert.deepEqual([other.status, other.body.code], [400, 'INVALID_INPUT']);
  });

  it('is two messages when it is sent twice: version 2.1 knows no idempotency', async () => {
    const one = await publish([jsonPart(letter()), filePart('upfile1')]);
    const other = await publish([jsonPart(letter()), filePart('upfile1')]);
    assert.notEqual(one.message.messageId, other.message.messageId);
  });

  it('is told to the sender who asks what became of it, and to nobody else', async () => {
    const { message } = await publish([jsonPart(letter()), filePart('upfile1')]);
    const ask = async (client: string) => {
      const token = await scene.service.clientToken(client, 'ebox:publish');
      const eboxId = { eboxType: 'citizen', eboxIdValue: demoSsin('lena') };
      const body = [{ messageId: message.messageId, eboxId }];
      return scene.api.call('post', '/ebox/citizen/v2/searchMessageStatus', { token, body });
    };
    assert.equal((await ask('city')).body[0].readStatus, false);
    assert.equal((await ask('issuer')).status, 404);
  });

  it('is published by the institution as well, of its own types', async () => {
    const own = {
      senderOrganizationId: '1912345694',
      senderApplicationId: 'social-attestations',
      messageTypeId: 'quarantine-declaration-attestation',
    };
    const { status } = await send(scene, [jsonPart(letter(own)), filePart('upfile1')], { client: 'issuer' });
    assert.equal(status, 201);
  });
});

describe('the name of a file', () => {
  const names: Readonly<Record<string, readonly [string | Buffer, string]>> = {
    'in ISO-8859-1': [
      Buffer.from('Carte d\u2019\u00e9t\u00e9.pdf'.replace('\u2019', "'"), 'latin1'),
      "Carte d'été.pdf",
    ],
    'in UTF-8, of letters of ISO-8859-1': ['Größe.pdf', 'Größe.pdf'],
    'percent-encoded': [encodeURIComponent('Wiśniewski ő.pdf'), 'Wiśniewski ő.pdf'],
    'with a per cent sign of its own': ['100%.pdf', '100%.pdf'],
  };
  for (const [what, [sent, shown]] of Object.entries(names)) {
    it(`is shown as it is meant: ${what}`, async () => {
      const { message } = await publish([jsonPart(letter()), filePart('upfile1', { fileName: sent })]);
      assert.equal(message.attachments.items[0].fileName, shown);
    });
  }
});

/** What is refused: the parts, the code, and a piece of the words. */
type Refused = readonly [readonly Part[], string, RegExp];
const one = (changes: Readonly<Record<string, unknown>>, ...files: readonly Part[]) => [
  jsonPart(letter(changes)),
  ...(files.length > 0 ? files : [filePart('upfile1')]),
];
const named = (changes: Partial<Part>) => [jsonPart(letter()), filePart('upfile1', changes)];
const attachment = (mainContent: boolean, httpPartName = 'upfile1', more = {}) => ({
  httpPartName,
  mainContent,
  ...more,
});
const seven = [1, 2, 3, 4, 5, 6, 7].map((number) => `upfile${number}`);
const pdfWith = (content: string) =>
  named({ content: Buffer.from(`%PDF-1.7\n1 0 obj<<${content}>>endobj\n`) });

const REFUSED: Readonly<Record<string, Refused>> = {
  'no main content': [
    one({ attachments: [attachment(false)] }),
    'INVALID_INPUT',
    /No main content attachment\. Exactly one is expected/,
  ],
  'no content at all': [[jsonPart(letter({ attachments: undefined }))], 'INVALID_INPUT', /No main content/],
  'two main contents': [
    one(
      { attachments: [attachment(true), attachment(true, 'upfile2')] },
      filePart('upfile1'),
      filePart('upfile2'),
    ),
    'INVALID_INPUT',
    /Too many main content/,
  ],
  'a file and the body as main content': [
    one({ bodyContent: { nl: 'Tekst' }, bodyMainContent: true }),
    'INVALID_INPUT',
    /Too many main content/,
  ],
  'a body as main content that is missing': [
    one({ attachments: [attachment(false)], bodyMainContent: true }),
    'INVALID_INPUT',
    /body/,
  ],
  'two languages in the subject': [
    one({ subject: { nl: 'Kaart', fr: 'Carte' } }),
    'NOT_IMPLEMENTED',
    /^Multiple languages provided when only one expected$/,
  ],
  'another language in the body': [
    one({ bodyContent: { fr: 'Texte' } }),
    'NOT_IMPLEMENTED',
    /Multiple languages/,
  ],
  'another language in business data': [
    one({ businessDataList: [{ key: 'k', values: [{ de: 'Wert' }] }] }),
    'NOT_IMPLEMENTED',
    /Multiple languages/,
  ],
  'a language that is none of the three': [one({ subject: { en: 'Card' } }), 'INVALID_INPUT', /subject/],
  'a subject in no language': [one({ subject: {} }), 'INVALID_INPUT', /subject/],
  null: [one({ bodyContent: null }), 'INVALID_INPUT', /bodyContent: null/],
  'null deep inside': [
    one({ attachments: [attachment(true, 'upfile1', { digest: null })] }),
    'INVALID_INPUT',
    /null/,
  ],
  'a subject of 401 characters': [one({ subject: { nl: 'x'.repeat(401) } }), 'INVALID_INPUT', /subject\.nl/],
  'a value of business data of 257 characters': [
    one({ businessDataList: [{ key: 'k', values: [{ nl: 'x'.repeat(257) }] }] }),
    'INVALID_INPUT',
    /businessDataList\[0\]/,
  ],
  'a name of 101 characters for the attention of': [
    one({ forTheAttentionOf: { name: 'x'.repeat(101) } }),
    'INVALID_INPUT',
    /forTheAttentionOf/,
  ],
  'a property that is not known': [one({ urgent: true }), 'INVALID_INPUT', /unknown/],
  'a property of version 3': [one({ isBodyMainContent: false }), 'INVALID_INPUT', /unknown/],
  'a needed property that is missing': [
    one({ bodyMainContent: undefined }),
    'INVALID_INPUT',
    /bodyMainContent/,
  ],
  'registered mail': [one({ registeredMail: true }), 'INVALID_INPUT', /ePost/],
  'another organisation than the caller’s': [
    one({ senderOrganizationId: '0206731645' }),
    'INVALID_SENDER',
    /^Invalid sender: user credentials does not match payload$/,
  ],
  'a type that is not registered': [
    one({ messageTypeId: 'tax-letter' }),
    'INVALID_SENDER',
    /^Invalid message configuration$/,
  ],
  'a type of another sender': [
    one({ messageTypeId: 'quarantine-declaration-attestation' }),
    'INVALID_SENDER',
    /configuration/,
  ],
  'no type': [one({ messageTypeId: undefined }), 'INVALID_SENDER', /configuration/],
  'an application that is not registered': [
    one({ senderApplicationId: 'other' }),
    'INVALID_SENDER',
    /configuration/,
  ],
  'an enterprise': [
    one({ recipient: { eboxType: 'enterprise', eboxIdValue: '0206731645' } }),
    'NOT_IMPLEMENTED',
    /enterprise/,
  ],
  'a number that is no SSIN': [
    one({ recipient: { eboxType: 'citizen', eboxIdValue: '71022722580' } }),
    'INVALID_INPUT',
    /recipient/,
  ],
  'a citizen whom nobody knows': [
    one({ recipient: { eboxType: 'citizen', eboxIdValue: '85122499755' } }),
    'INVALID_INPUT',
    /recipient/,
  ],
  'an earlier message that is not there': [
    one({ originalMessageId: 'none' }),
    'INVALID_INPUT',
    /originalMessageId/,
  ],
  'a digest of something else': [
    one({ attachments: [attachment(true, 'upfile1', { digest: digestOf(Buffer.from('x')) })] }),
    'DIGEST_DO_NOT_MATCH',
    /upfile1/,
  ],
  'a digest in another notation': [
    one({
      attachments: [
        attachment(true, 'upfile1', { digest: { digestMethod: 'sha_256', digestValue: 'a/b=' } }),
      ],
    }),
    'DIGEST_DO_NOT_MATCH',
    /upfile1/,
  ],
  'another hash function': [
    one({
      attachments: [attachment(true, 'upfile1', { digest: { digestMethod: 'sha_1', digestValue: 'x' } })],
    }),
    'INVALID_INPUT',
    /digestMethod/,
  ],
  'fewer files than attachments': [
    one({ attachments: [attachment(true), attachment(false, 'upfile2')] }),
    'INVALID_INPUT',
    /^Json Attachments number is inconsistent with number of parts$/,
  ],
  'more files than attachments': [
    one({}, filePart('upfile1'), filePart('upfile2')),
    'INVALID_INPUT',
    /inconsistent with number of parts/,
  ],
  'a file of another name': [
    one({}, filePart('upfile2')),
    'INVALID_INPUT',
    /^Some json attachment info do not match any file upload part$/,
  ],
  'two attachments of one file': [
    one({ attachments: [attachment(true), attachment(false)] }, filePart('upfile1'), filePart('upfile2')),
    'INVALID_INPUT',
    /do not match any file upload part/,
  ],
  'seven files': [
    one(
      { attachments: seven.map((name, at) => attachment(at === 0, name)) },
      ...seven.map((name) => filePart(name)),
    ),
    'INVALID_INPUT',
    /More than 6 files/,
  ],
  'a file without a name': [
    [jsonPart(letter()), { name: 'upfile1', type: 'application/octet-stream', content: PDF }],
    'INVALID_INPUT',
    /^Missing mediaType or fileName in part$/,
  ],
  'a part that is no file': [
    [jsonPart(letter()), { name: 'upfile1', content: 'text' }],
    'INVALID_INPUT',
    /Missing mediaType or fileName/,
  ],
  'a media type that is not in the contract': [
    named({ type: 'application/x-msdownload' }),
    'INVALID_INPUT',
    /Attachment mime type is not valid/,
  ],
  'a name with letters outside ISO-8859-1': [
    named({ fileName: 'Wiśniewski.pdf' }),
    'INVALID_INPUT',
    /ISO-8859-1/,
  ],
  'a name with a path': [named({ fileName: '..%2Fetc%2Fpasswd' }), 'INVALID_INPUT', /path/],
  'a name of 256 characters': [named({ fileName: `${'x'.repeat(252)}.pdf` }), 'INVALID_INPUT', /too many/],
  'a name that shows otherwise than it is': [
    named({ fileName: encodeURIComponent('x\u202efdp.exe') }),
    'INVALID_INPUT',
    /printed/,
  ],
  'an empty file': [named({ content: '' }), 'INVALID_INPUT', /empty/],
  'a PDF that is none': [named({ content: 'MZ' }), 'INVALID_INPUT', /not a PDF/],
  'a PDF with a script': [
    pdfWith('/OpenAction<</S/JavaScript/JS(x)>>'),
    'INVALID_INPUT',
    /active content: JavaScript/,
  ],
  'a PDF that starts a program': [pdfWith('/A<</S/L#61unch>>'), 'INVALID_INPUT', /active content: Launch/],
  'an encrypted PDF': [pdfWith('/Encrypt 2 0 R'), 'INVALID_INPUT', /encrypted/],
  'no JSON part': [[filePart('upfile1')], 'INVALID_INPUT', /messageToPublish/],
  'two JSON parts': [
    [jsonPart(letter()), jsonPart(letter()), filePart('upfile1')],
    'INVALID_INPUT',
    /several/,
  ],
  'a JSON part that is no JSON': [[jsonPart('{'), filePart('upfile1')], 'INVALID_INPUT', /not JSON/],
  'a JSON part with a name twice': [
    [jsonPart('{"a":1,"a":2}'), filePart('upfile1')],
    'INVALID_INPUT',
    /messageToPublish/,
  ],
  'a JSON part that is no object': [
    [jsonPart('[]'), filePart('upfile1')],
    'INVALID_INPUT',
    /messageToPublish/,
  ],
};

describe('a database that does not answer', () => {
  it('leaves a message whole that was committed though nobody heard of it', async (t) => {
    const { services } = scene.service.service.composition;
    const transaction = services.database.transaction.bind(services.database);
    t.mock.method(services.database, 'transaction', loseAnswerOf(transaction, /delete from pending_object/));
    const key = `"${randomUUID()}"`;
    const sending = { path: PUBLISH_3, key } as const;
    const parts = [filePart('upfile1'), jsonPart(letter3())];
    const lost = await send(scene, parts, sending);
    assert.equal(lost.status, 503, lost.bytes.toString());
    t.mock.reset();
    const again = await send(scene, parts, sending);
    assert.equal(again.status, 409);
    const path = `${INBOX}/${again.headers.location?.split('/').at(-1)}`;
    const { body: message } = await scene.api.get(path, lena);
    const [{ attachmentId }] = message.attachments.items;
    const { status, bytes } = await scene.api.get(`${path}/attachments/${attachmentId}/content`, lena);
    assert.deepEqual([status, bytes], [200, PDF]);
  });
});

/** Commits, and then says that the database went away, where a statement was among those that were run. */
function loseAnswerOf(transaction: Database['transaction'], statement: RegExp): Database['transaction'] {
  return async (work, patienceMs) => {
    let isLost = false;
    const result = await transaction(
      (connection) =>
        work({
          ...connection,
          query: (text, values, name) => {
            isLost ||= statement.test(text);
            return connection.query(text, values, name);
          },
        }),
      patienceMs,
    );
    if (isLost) throw new ServiceError('databaseUnavailable', 'the answer to a commit was lost');
    return result;
  };
}

describe('what is refused', () => {
  for (const [what, [parts, code, words]] of Object.entries(REFUSED)) {
    it(`${what}: ${code}, and nothing is left of it`, async () => {
      const before = await countKept(scene);
      const { status, body } = await send(scene, parts);
      assert.deepEqual([status, body.code], [400, code], JSON.stringify(body));
      assert.match(body.message, words);
      assert.deepEqual(await countKept(scene), before);
    });
  }

  it('names no value, and no SSIN', async () => {
    const ssin = demoSsin('lena');
    const { body } = await send(scene, one({ [ssin]: 1, messageTypeId: { nl: ssin } }));
    assert.ok(!JSON.stringify(body).includes(ssin));
  });
});

describe('version 3', () => {
  it('takes the same in other names', async () => {
    const { message, answer } = await publish([jsonPart(letter3()), filePart('upfile1')], 3);
    assert.equal(message.senderOrganizationId, CITY);
    assert.equal(
      answer.headers.location,
      `${scene.service.url}/ebox/citizen/v2/ebox/messages/${message.messageId}`,
    );
  });

  const cases: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, string]>> = {
    'names of version 2': [letter(), 'INVALID_INPUT'],
    'an enterprise': [
      letter3({ recipient: { eboxType: 'enterprise', enterpriseNumber: '0852093431' } }),
      'NOT_IMPLEMENTED',
    ],
    'another partition': [
      letter3({ sender: { eboxType: 'enterprise', enterpriseNumber: CITY, partition: 'Other' } }),
      'INVALID_SENDER',
    ],
    'registered mail': [letter3({ isRegisteredMail: true }), 'INVALID_INPUT'],
    'two languages': [letter3({ bodyContent: { fr: 'Texte' } }), 'NOT_IMPLEMENTED'],
  };
  for (const [what, [message, code]] of Object.entries(cases)) {
    it(`refuses ${what}: ${code}`, async () => {
      const { status, body } = await send(scene, [jsonPart(message), filePart('upfile1')], {
        path: PUBLISH_3,
      });
      assert.deepEqual([status, body.code], [400, code]);
    });
  }
});

describe('a form', () => {
  const whole = () => formOf([jsonPart(letter()), filePart('upfile1')]);
  const broken: Readonly<Record<string, () => readonly [Buffer, string]>> = {
    'that ends inside a file': () => [whole().subarray(0, whole().length - 60), FORM_TYPE],
    'that ends inside the JSON': () => [whole().subarray(0, 200), FORM_TYPE],
    'without its last boundary': () => [whole().subarray(0, -6), FORM_TYPE],
    'of another boundary': () => [whole(), 'multipart/form-data; boundary=another'],
    'without a boundary': () => [whole(), 'multipart/form-data'],
    'that is empty': () => [Buffer.alloc(0), FORM_TYPE],
    'of thirteen parts': () => [
      formOf([
        jsonPart(letter()),
        ...Array.from({ length: 12 }, (_, at) => ({ name: `x${at}`, content: 'x' })),
      ]),
      FORM_TYPE,
    ],
  };
  for (const [what, make] of Object.entries(broken)) {
    it(`${what} is refused, and nothing is left of it`, async () => {
      const before = await countKept(scene);
      const [form, type] = make();
      const { status, body } = await send(scene, form, { type });
      assert.deepEqual([status, body.code], [400, 'INVALID_INPUT'], JSON.stringify(body));
      assert.deepEqual(await countKept(scene), before);
    });
  }

  it('with a file of more than ten megabytes is refused while it streams', async () => {
    const before = await countKept(scene);
    const content = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    const { status, body } = await send(scene, [filePart('upfile1', { content }), jsonPart(letter())]);
    assert.deepEqual([status, body.code], [413, 'PAYLOAD_TOO_LARGE']);
    assert.deepEqual(await countKept(scene), before);
  });

  it('of one gigabyte is refused before it is sent', async () => {
    const token = await scene.service.clientToken('city', 'ebox:publish');
    let sent = 0;
    const stream = new ReadableStream({
      pull: (controller) => {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const response = await fetch(`${scene.service.url}/ebox/citizen/v2/publishMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': FORM_TYPE },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    // What begins with no boundary is looked through up to the limit of the whole form.
    assert.equal(response.status, 413);
    assert.ok(sent < 300 * 1024 * 1024, `${sent} bytes were taken`);
  });
});

describe('visibility', () => {
  const patch = (body: unknown, token = lena, type = 'application/merge-patch+json') =>
    scene.api.call('patch', INBOX, { token, type, body: JSON.stringify(body) });

  it('is set for all messages that are named, or for none', async () => {
    const { path, message } = await publish([jsonPart(letter()), filePart('upfile1')]);
    const isVisible = async () => (await scene.api.get(path, lena)).body.visible;
    const hide = { messageId: message.messageId, visible: false };
    assert.equal((await patch({ items: [hide] })).status, 200);
    assert.equal(await isVisible(), false);
    const unknown = { messageId: '01935b1e-7c00-7000-8000-000000000001', visible: true };
    assert.equal((await patch({ items: [{ ...hide, visible: true }, unknown] })).status, 404);
    assert.equal(await isVisible(), false);
    const amelie = await scene.service.personToken('amelie');
    assert.equal((await patch({ items: [{ ...hide, visible: true }] }, amelie)).status, 404);
    for (const bad of [{}, { items: [] }, { items: [hide, hide] }, { items: [{ ...hide, read: true }] }])
      assert.equal((await patch(bad)).status, 400, JSON.stringify(bad));
  });
});

describe('reference data', () => {
  const PATH = '/ebox/citizen/v2/referenceData';

  it('is the same until it changes: kept for a day, and not sent again', async () => {
    for (const path of [
      'messageTypes',
      'senderApplications/city-letters',
      `senderOrganizations/${CITY}/images/logo/content`,
    ]) {
      const first = await scene.api.get(`${PATH}/${path}`);
      assert.equal(first.status, 200);
      assert.equal(first.headers['cache-control'], 'public, no-transform, proxy-revalidate, max-age=86400');
      const headers = { 'If-None-Match': `"other", ${first.headers.etag}` };
      const again = await scene.api.get(`${PATH}/${path}`, undefined, headers);
      assert.deepEqual([again.status, again.bytes.length, again.headers.etag], [304, 0, first.headers.etag]);
    }
  });

  it('comes in pages, and says 404 of what is not there', async () => {
    const { body } = await scene.api.get(`${PATH}/messageTypes?page=2&pageSize=1`);
    assert.deepEqual([body.items.length, body.totalItems], [1, 10]);
    assert.equal((await scene.api.get(`${PATH}/messageTypes?pageSize=101`)).status, 400);
    for (const path of [
      'messageTypes/none',
      'senderOrganizations/0206731645',
      `senderApplications/social-attestations/images/logo/content`,
    ])
      assert.equal((await scene.api.get(`${PATH}/${path}`)).status, 404, path);
  });
});
