/** The code printed on a document, asked over the API: what the register says of it, and to whom it says nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codeOf } from '../../src/workflows/prepare.ts';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import { attestEachState, type Scene, startScene } from './scene.ts';

const PATH = '/verifications/v1/verifications/code';

let scene: Scene;

before(async () => {
  scene = await startScene();
  await attestEachState(scene);
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

function ask(body: unknown): Promise<Answer> {
  return scene.api.call('post', PATH, { body });
}

/** The code and number of the attestation that is in a state. */
async function inState(state: string): Promise<{ code: string; number: string; id: string }> {
  const [row] = await query<{ id: string; number: string }>(
    'select attestation_id as id, number from attestation where state = $1',
    [state],
  );
  const { id, number } = row ?? { id: '', number: '' };
  return { id, number, code: codeOf(scene.service.service.composition.services.vault, id) };
}

describe('a code of ours', () => {
  it('is answered with the status and what is printed on the document', async () => {
    const { code, number } = await inState('issued');
    const { status, body } = await ask({ code });
    assert.equal(status, 200);
    assert.deepEqual([body.status, body.attestation.number], ['valid', number]);
    assert.deepEqual(Object.keys(body).sort(), ['attestation', 'checkedAt', 'conclusion', 'status']);
    assert.deepEqual(
      body.attestation.days.map(({ date }: { date: string }) => date),
      ['2020-09-01', '2020-09-02'],
    );
  });

  it('is superseded or revoked once its attestation is', async () => {
    const [newer, older, ended] = await Promise.all(['issued', 'superseded', 'revoked'].map(inState));
    const superseded = (await ask({ code: older?.code })).body;
    assert.deepEqual([superseded.status, superseded.attestation.supersededBy], ['superseded', newer?.number]);
    const revoked = (await ask({ code: ended?.code })).body;
    assert.equal(revoked.status, 'revoked');
    assert.ok(revoked.attestation.endedAt);
  });

  it('shows the SSIN masked', async () => {
    const { bytes, body } = await ask({ code: (await inState('issued')).code });
    assert.equal(body.attestation.holder.ssin, '88.03.14-***.**');
    assert.ok(
      !bytes
        .toString('utf8')
        .replace(/[.\- ]/g, '')
        .includes(demoSsin('lena')),
    );
  });

  it('stands in evidence with each answer, and in no log', async () => {
    const { code, id } = await inState('issued');
    const entries = () =>
      query(
        `select actor_kind as kind, ground, object, trace_id as "traceId" from audit_entry
         where action = 'attestation.verify' order by audit_entry_id`,
      );
    const count = (await entries()).length;
    const { headers } = await ask({ code });
    assert.deepEqual((await entries()).slice(count), [
      { kind: 'anonymous', ground: 'holder', object: id, traceId: headers['belgov-trace-id'] },
    ]);
    assert.ok(!scene.service.logLines.some((line) => line.includes(code)));
  });
});

describe('another code', () => {
  it('is unknown, whatever its form, and leaves no evidence', async () => {
    const [before] = await query('select count(*)::int as count from audit_entry');
    const { code } = await inState('issued');
    const others = ['x', code.slice(0, -1), `${code}A`, code.toLowerCase(), '\u0000', '%', 'x'.repeat(100)];
    for (const one of others) {
      const { status, body } = await ask({ code: one });
      assert.deepEqual([status, body.status, body.attestation], [200, 'unknown', undefined]);
    }
    assert.deepEqual(await query('select count(*)::int as count from audit_entry'), [before]);
  });

  it('is refused when it is no text, too long, or comes with more', async () => {
    const bodies = [{}, [], 'x', { code: '' }, { code: 7 }, { code: null }, { code: 'x'.repeat(1001) }];
    for (const body of [...bodies, { code: 'x', more: 1 }]) {
      const { status, body: problem } = await ask(body);
      assert.deepEqual([status, problem.type], [400, 'urn:problem-type:belgif:badRequest']);
    }
    assert.equal((await ask({ code: 'x'.repeat(3000) })).status, 413);
  });
});
