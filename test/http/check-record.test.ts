/** The record of a check: sealed, on the pages and by API, with what was found and nothing more, and known for what it is. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CheckRecord } from '../../src/domain/check-record.ts';
import { readAttachedFile } from '../../src/verify/attached-file.ts';
import { codeOf } from '../../src/workflows/prepare.ts';
import { shareAttestation } from '../../src/workflows/share.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';
import { pdfsig } from '../support/tools.ts';
import { createVisitor, wordsOf } from '../web/visitor.ts';
import type { Answer } from './api.ts';
import { attestEachState, type Scene, type StateDocuments, startScene } from './scene.ts';

const PATH = '/verifications/v1/verifications';

let scene: Scene;
let documents: StateDocuments;
let recorded: Answer;
before(async () => {
  scene = await startScene();
  documents = await attestEachState(scene);
  recorded = await recordFile(documents.genuine, 'language=nl&date=2020-01-01');
});
after(() => scene.stop());

function recordFile(file: Buffer, query: string): Promise<Answer> {
  return scene.api.call('post', `${PATH}/record?${query}`, { type: 'application/pdf', body: file });
}

function recordCode(body: object): Promise<Answer> {
  return scene.api.call('post', `${PATH}/code/record?language=de`, { body });
}

async function verdictOn(pdf: Buffer): Promise<unknown> {
  const { body } = await scene.api.call('post', PATH, { type: 'application/pdf', body: pdf });
  return [body.signature.indication, body.status, body.conclusion.verdict];
}

/** What a record carries for programs. */
function dataOf(pdf: Buffer): CheckRecord {
  // Written by the service.
  return JSON.parse(readAttachedFile(pdf) ?? '') as CheckRecord;
}

async function issued(): Promise<{ id: string; number: string; messageId: string; personId: string }> {
  const [row] = await scene.service.database.query<{
    id: string;
    number: string;
    messageId: string;
    personId: string;
  }>(
    `select attestation_id as id, number, message_id as "messageId", person_id as "personId"
     from attestation where state = 'issued'`,
  );
  assert.ok(row !== undefined);
  return row;
}

async function codeOfIssued(): Promise<string> {
  return codeOf(scene.service.service.composition.services.vault, (await issued()).id);
}

/** A link as the person makes it. */
async function shareCode(): Promise<string> {
  const { services } = scene.service.service.composition;
  const { messageId, personId: subjectId } = await issued();
  const actor = { kind: 'person', id: subjectId } as const;
  const ground = { kind: 'ownData', personId: subjectId } as const;
  const reader = { actor, subjectId, ground, traceId: 'test' };
  const shareId = await shareAttestation(services, reader as never, messageId, 7);
  return services.vault.code(`share/${shareId}`).subarray(0, 16).toString('base64url');
}

describe('the record of a check', () => {
  it('says what was checked, when, what was found and what the document shows', async () => {
    assert.equal(recorded.status, 200);
    const { number } = await issued();
    const { file, attestation, ...rest } = dataOf(recorded.bytes);
    assert.deepEqual(
      [rest.by, rest.verdict, rest.status, rest.onDay],
      ['file', 'valid', 'valid', { day: '2020-01-01', status: 'notYetValid' }],
    );
    assert.equal(file?.signature.indication, 'TOTAL_PASSED');
    assert.deepEqual([attestation?.number, attestation?.holder?.ssin], [number, '88.03.14-***.**']);
    const text = recorded.bytes.toString('latin1') + JSON.stringify(dataOf(recorded.bytes));
    assert.ok(!text.includes(demoSsin('lena')));
  });

  it('stands in evidence by the reference printed on it', async () => {
    const { reference } = dataOf(recorded.bytes);
    assert.equal(recorded.headers['content-disposition'], `attachment; filename="check-${reference}.pdf"`);
    const rows = await scene.service.database.query<{ object: string }>(
      `select object from audit_entry where action = 'attestation.verify' and trace_id = $1`,
      [reference],
    );
    assert.deepEqual(rows, [{ object: (await issued()).id }]);
  });

  it('is told from an attestation when it is verified itself, and from one that was changed', async () => {
    assert.deepEqual(await verdictOn(recorded.bytes), ['TOTAL_PASSED', 'unknown', 'checkRecord']);
    const changed = Buffer.from(recorded.bytes);
    changed.writeUInt8(changed.readUInt8(3000) ^ 1, 3000);
    assert.deepEqual(await verdictOn(changed), ['TOTAL_FAILED', 'unknown', 'altered']);
  });

  it('is made of a file that is not as we issued it too, and names its fault', async () => {
    const { bytes } = await recordFile(Buffer.concat([documents.genuine, Buffer.from('x')]), 'language=fr');
    const { verdict, file, attestation, language } = dataOf(bytes);
    assert.deepEqual([verdict, language, attestation], ['altered', 'fr', undefined]);
    assert.deepEqual([file?.signature.subIndication, file?.alteration], ['FORMAT_FAILURE', 'bytesAfter']);
  });

  it('is made of a code and of a share, and of no code that is not ours', async () => {
    const ofCode = dataOf((await recordCode({ code: await codeOfIssued() })).bytes);
    const ofShare = dataOf((await recordCode({ code: await shareCode() })).bytes);
    const { number } = await issued();
    for (const [record, by] of [
      [ofCode, 'code'],
      [ofShare, 'share'],
    ] as const)
      assert.deepEqual([record.by, record.attestation?.number, record.file], [by, number, undefined]);
    assert.equal((await recordCode({ code: 'A'.repeat(22) })).status, 404);
    const { status, body } = await recordCode({ code: 'EBA1:XYZ' });
    assert.deepEqual([status, body.issues?.[0]?.name], [400, 'code']);
  });

  it('is asked for in a language that we seal documents in', async () => {
    const { status, body } = await recordFile(documents.genuine, 'language=en');
    assert.deepEqual([status, body.issues?.[0]?.name], [400, 'language']);
  });

  it('is valid for pdfsig too', async (t) => {
    if (!needsTool(t, 'pdfsig') || !needsTool(t, 'certutil')) return;
    const root = scene.service.service.composition.parts.seal.readTrust();
    const { isValid, isTrusted, isWhole, output } = await pdfsig(recorded.bytes, root);
    assert.ok(isValid && isTrusted && isWhole, output);
  });
});

describe('the pages of a check', () => {
  const superseded = () => documents.superseded;

  it('lead to its record: after a file, a code and a share', async () => {
    const visitor = createVisitor(scene.service.url, 'fr');
    const token = await visitor.tokenOn('/verify');
    const { headers } = await visitor.sendFile('/verify', { token, file: superseded() });
    const pages = [headers.location ?? '', `/v/${await codeOfIssued()}`, `/s/${await shareCode()}`];
    const told = [];
    for (const path of pages) {
      const { text } = await visitor.get(path);
      const href = /href="([^"]+\/record\?[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const { status, headers: of, body } = await visitor.get(href);
      assert.deepEqual([status, of['content-type']], [200, 'application/pdf']);
      const { by, verdict, language } = dataOf(body as Buffer);
      told.push([by, verdict, language]);
    }
    assert.deepEqual(told, [
      ['file', 'superseded', 'fr'],
      ['code', 'valid', 'fr'],
      ['share', 'valid', 'fr'],
    ]);
  });

  it('say of a record that it is one, and of an unknown code that there is none', async () => {
    const visitor = createVisitor(scene.service.url);
    const token = await visitor.tokenOn('/verify');
    const { headers } = await visitor.sendFile('/verify', { token, file: recorded.bytes });
    const words = wordsOf(await visitor.get(headers.location ?? ''));
    assert.match(words, /This is a record of a check, not an attestation/);
    assert.equal((await visitor.get(`/v/${'A'.repeat(22)}/record`)).status, 404);
  });
});
