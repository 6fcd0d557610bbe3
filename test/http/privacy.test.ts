/** What is kept and told of a person beside the answers themselves: nothing by number, and every access in evidence. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DEMO_CITIZENS } from '../../src/embedded/demo.ts';
import { quaIn, quaXml } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { contentPath, INBOX, linesOf, type Scene, startScene } from './scene.ts';

const STATUS = '/ebox/citizen/v2/searchMessageStatus';
const VERIFICATIONS = '/verifications/v1/verifications';
const SSINS = DEMO_CITIZENS.flatMap(({ ssin, replaces = [] }) => [ssin, replaces].flat());

let scene: Scene;
let payroll: string;
let lena: string;
let issuer: string;
let ssin: string;

before(async () => {
  scene = await startScene();
  payroll = await scene.service.clientToken('payroll', 'dimona:declare dimona:consult');
  issuer = await scene.service.clientToken('issuer', 'ebox:publish');
  lena = await scene.service.personToken('lena');
  ssin = demoSsin('lena');
  await scene.declareDays('lena', ['2020-09-01', '2020-10-01']);
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

interface Entry {
  readonly action: string;
  readonly actor: string;
  readonly ground: string;
  readonly person: string | null;
  readonly object: string | null;
  readonly traceId: string | null;
}

/** Runs a call and gives what the evidence log gained by it. */
async function entriesOf(call: () => Promise<unknown>): Promise<readonly Entry[]> {
  const [last] = await query<{ id: string }>('select max(audit_entry_id) as id from audit_entry');
  await call();
  return query<Entry>(
    `select action, actor_kind || ' ' || coalesce(actor_organization, case actor_id when person_id::text then 'themselves' else actor_id end) as actor,
       ground, given_name as person, object, trace_id as "traceId"
     from audit_entry left join person using (person_id) where audit_entry_id > $1 order by audit_entry_id`,
    [last?.id],
  );
}

describe('each read of personal data', () => {
  it('is in evidence with who read, on which ground, of whom, in which call', async () => {
    const { body } = await scene.api.get(INBOX, lena);
    const [message] = body.items;
    const path = `${INBOX}/${message.messageId}`;
    const attachment = `${path}/attachments/${message.attachments.items[0].attachmentId}`;
    const pdf = (await scene.api.get(contentPath(message), lena)).bytes;
    const declaration = await scene.client.declare(quaIn({ ssin, day: '2020-11-02' }));
    const asked = [{ messageId: message.messageId, eboxId: { eboxType: 'citizen', eboxIdValue: ssin } }];
    const own = 'person themselves ownData Lena';
    const reads = [
      ['message.list', own, () => scene.api.get('/ebox/citizen/v2/ebox', lena)],
      ['message.list', own, () => scene.api.get(`${INBOX}?pageSize=1`, lena)],
      ['message.consult', own, () => scene.api.get(path, lena)],
      ['message.consult', own, () => scene.api.get(`${path}/attachments`, lena)],
      ['message.consult', own, () => scene.api.get(attachment, lena)],
      ['message.consult', own, () => scene.api.call('head', `${attachment}/content`, { token: lena })],
      ['message.read', own, () => scene.api.get(`${attachment}/content`, lena)],
      ['message.read', own, () => scene.api.get(`${attachment}/content`, lena, { Range: 'bytes=9-' })],
      [
        'message.status',
        'client 1912345694 sender Lena',
        () => scene.api.call('post', STATUS, { token: issuer, body: asked }),
      ],
      [
        'declaration.consult',
        'client 1900045601 declarant Lena',
        () => scene.api.get(`/dimona/v2/declarations/${declaration.declarationId}`, payroll),
      ],
      [
        'attestation.verify',
        'anonymous holder holder Lena',
        () => scene.api.call('post', VERIFICATIONS, { type: 'application/pdf', body: pdf }),
      ],
    ] as const;
    await scene.client.settled();
    for (const [action, who, call] of reads) {
      let traceId: string | undefined;
      const entries = await entriesOf(async () => {
        const answer = await call();
        assert.ok(answer.status < 300, `${action} answered ${answer.status}`);
        traceId = answer.headers['belgov-trace-id'];
      });
      assert.deepEqual(
        entries.map((one) => [one.action, `${one.actor} ${one.ground} ${one.person}`, one.traceId]),
        [[action, who, traceId]],
      );
    }
  });

  it('that found nothing is not', async () => {
    const amelie = await scene.service.personToken('amelie');
    const { body } = await scene.api.get(INBOX, lena);
    const path = `${INBOX}/${body.items[0].messageId}`;
    const entries = await entriesOf(async () => {
      await scene.api.get(path, amelie);
      await scene.api.get(contentPath(body.items[0]), amelie);
      await scene.api.get('/dimona/v2/declarations/01935b1e-7c00-7000-8000-000000000001', payroll);
      await scene.api.get(contentPath(body.items[0]), lena, { Range: 'bytes=99999999-' });
    });
    assert.deepEqual(entries, []);
  });
});

describe('an SSIN', () => {
  before(async () => {
    const { api } = scene;
    const token = await scene.service.clientToken('population', 'register:report');
    const written = `${ssin.slice(0, 6)}-${ssin.slice(6, 9)}.${ssin.slice(9)}`;
    const type = 'application/x-ndjson';
    const lines = linesOf([
      { ssin, familyName: written },
      { ssin, [ssin]: 1 },
      { ssin: `${ssin}0`, email: ssin },
    ]);
    await api.call('post', '/register/v1/files', { token, type, body: lines });
    // Mistakes that callers make: the number in a path, a query, a header, as a name, in a broken body.
    await api.get(`/dimona/v2/declarations/${ssin}`, payroll);
    await api.get(`/dimona/v2/declarations?ssin=${ssin}`, payroll);
    await api.get(`/nobody/${written}`);
    await api.get(`${INBOX}?senderOrganizationId=${ssin}&${ssin}=1`, lena);
    await api.get(`${INBOX}/${ssin}`, lena);
    await api.get('/health', undefined, { 'BelGov-Trace-Id': ssin });
    for (const body of [
      { [ssin]: { [written]: 1 } },
      `{"worker":{"ssin":${ssin}}`,
      { worker: { ssin: `${ssin}1` } },
    ])
      await api.call('post', '/dimona/v2/declarations', { token: payroll, body });
    for (const body of [`<Dimona><Form><INSS>${ssin}`, `<x${ssin}/>`, quaXml([`<Form ${ssin}="1"/>`])])
      await api.call('post', '/dimona/v2/files', { token: payroll, type: 'text/xml', body });
    await api.call('post', STATUS, {
      token: issuer,
      body: [{ messageId: ssin, eboxId: { eboxType: 'citizen', eboxIdValue: ssin } }],
    });
    // A sender may key its declarations as it likes.
    const headers = { 'Idempotency-Key': ssin };
    const keyed = await api.call('post', '/dimona/v2/declarations', {
      token: payroll,
      headers,
      body: quaIn({ ssin, day: '2020-12-02' }),
    });
    assert.equal(keyed.status, 201);
    // A fault inside, while the number is being worked with.
    await query('alter table declaration_content rename column body to body_gone');
    const failed = await api.call('post', '/dimona/v2/declarations', {
      token: payroll,
      body: quaIn({ ssin, day: '2020-12-01' }),
    });
    await query('alter table declaration_content rename column body_gone to body');
    assert.equal(failed.status, 500);
    await scene.client.settled();
  });

  it('is in no log line', () => {
    assert.ok(scene.service.logLines.length > 20);
    assertNone(scene.service.logLines);
  });

  it('is in no header and no address that the service gives', () => {
    assert.ok(scene.api.answers.length > 20);
    const addresses = scene.api.answers.flatMap(
      ({ bytes }) => bytes.toString('utf8').match(/https?:\/\/[^"\s<]+/g) ?? [],
    );
    assert.ok(addresses.length > 10);
    assertNone([...addresses, ...scene.api.answers.map(({ headers }) => JSON.stringify(headers))]);
  });

  it('is in no error', () => {
    const errors = scene.api.answers.filter(({ status }) => status >= 400);
    assert.ok(errors.length > 12);
    assertNone(errors.map(({ bytes }) => bytes.toString('utf8')));
  });

  it('is in no object key, nor in the name of any file', async () => {
    const rows = await query<{ key: string }>('select object_key as key from attestation');
    assert.ok(rows.length >= 2);
    for (const { key } of rows) assert.match(key, /^[a-z\d/-]+$/);
    const names = readdirSync(scene.service.dataDir, { recursive: true, encoding: 'utf8' });
    assertNone([...rows.map(({ key }) => key), ...names]);
  });

  it('is in no mail', () => {
    const folder = join(scene.service.dataDir, 'mails');
    const mails = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    // One mail may tell of several messages.
    assert.ok(mails.length > 0);
    assertNone(mails.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')));
  });

  it('is in no row of the register, as text or as bytes', async () => {
    const tables = await query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    assert.ok(tables.length > 15);
    for (const { name } of tables) {
      const rows = await query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
      assertNone(
        rows.map(({ row }) => row),
        name,
      );
    }
  });
});

/** Looks for each number: plain, with whatever between its digits, and as the bytes of its digits. */
function assertNone(texts: readonly string[], place = ''): void {
  for (const text of texts) {
    const plain = text.replace(/[\s./-]/g, '');
    for (const number of SSINS) {
      const isThere = plain.includes(number) || plain.includes(Buffer.from(number).toString('hex'));
      assert.ok(!isThere, `${place} ${text.slice(0, 300)}`);
    }
  }
}
