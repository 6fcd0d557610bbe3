/** Verification over the wire: every kind of file, what is told of it, and what is kept of having told it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { needsTool } from '../support/needs.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner } from '../support/pki.ts';
import { demoSsin } from '../support/service.ts';
import { runTool } from '../support/tools.ts';
import type { Answer } from './api.ts';
import { attestEachState, type Scene, startScene } from './scene.ts';

const PATH = '/verifications/v1/verifications';
const MIB = 2 ** 20;

let scene: Scene;
/** The attestation of two days, and the one of the first day alone that it replaced. */
let genuine: Buffer;
let superseded: Buffer;
let revoked: Buffer;

before(async () => {
  scene = await startScene();
  ({ genuine, superseded, revoked } = await attestEachState(scene));
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

function send(pdf: Buffer, type = 'application/pdf'): Promise<Answer> {
  return scene.api.call('post', PATH, { type, body: pdf });
}

async function verify(pdf: Buffer): Promise<Answer['body']> {
  const { status, body } = await send(pdf);
  assert.equal(status, 200);
  return body;
}

/** Checks what is told of a file that is none of ours. */
async function assertUnknown(pdf: Buffer, indication: string, subIndication: string): Promise<void> {
  const { signature, status, attestation } = await verify(pdf);
  assert.deepEqual([signature.indication, signature.subIndication], [indication, subIndication]);
  assert.equal(status, 'unknown');
  assert.equal(attestation, undefined);
}

describe('a genuine attestation', () => {
  it('is valid, and its seal passes', async () => {
    const { signature, status, attestation } = await verify(genuine);
    assert.deepEqual([signature.indication, status], ['TOTAL_PASSED', 'valid']);
    assert.ok(!('endedAt' in attestation) && !('supersededBy' in attestation));
    assert.deepEqual(
      attestation.days.map(({ date }: { date: string }) => date),
      ['2020-09-01', '2020-09-02'],
    );
  });

  it('is superseded once another one took its place, and names it', async () => {
    const [now, then] = [await verify(genuine), await verify(superseded)];
    assert.deepEqual([then.signature.indication, then.status], ['TOTAL_PASSED', 'superseded']);
    assert.equal(then.attestation.supersededBy, now.attestation.number);
    assert.ok(Date.parse(then.attestation.endedAt) >= Date.parse(then.attestation.issuedAt));
  });

  it('is revoked once its ground is gone', async () => {
    const { signature, status, attestation } = await verify(revoked);
    assert.deepEqual([signature.indication, status], ['TOTAL_PASSED', 'revoked']);
    assert.ok(attestation.endedAt);
    assert.ok(!('supersededBy' in attestation));
  });

  it('is shown with what is printed on it and nothing more', async (t) => {
    if (!needsTool(t, 'pdftotext')) return;
    const folder = mkdtempSync(join(tmpdir(), 'printed-'));
    writeFileSync(join(folder, 'file.pdf'), genuine);
    const { output: printed } = await runTool('pdftotext', ['-raw', 'file.pdf', '-'], folder);
    rmSync(folder, { recursive: true });
    const { attestation } = await verify(genuine);
    const { holder, employer, days } = attestation;
    const shown = [attestation.number, holder.familyName, holder.givenName, ...Object.values(employer)];
    const digits = printed.replace(/[\s.]/g, '');
    for (const text of [...shown, ...days.map(({ reference }: { reference: string }) => reference)])
      assert.ok(digits.includes(String(text).replace(/[\s.]/g, '')), `${text} is not printed`);
    assert.deepEqual(Object.keys(attestation).sort(), [
      'attestationId',
      'days',
      'employer',
      'holder',
      'issuedAt',
      'month',
      'number',
      'type',
    ]);
    for (const day of days) {
      assert.deepEqual(Object.keys(day).sort(), ['date', 'jointCommittee', 'reference']);
      assert.ok(printed.includes(day.jointCommittee));
    }
  });

  it('is shown with the SSIN masked', async () => {
    const { bytes, body } = await send(genuine);
    assert.equal(body.attestation.holder.ssin, '88.03.14-***.**');
    assert.ok(
      !bytes
        .toString('utf8')
        .replace(/[.\- ]/g, '')
        .includes(demoSsin('lena')),
    );
  });
});

describe('another file', () => {
  it('that was an attestation before a byte was changed fails', async () => {
    for (const at of [20, 2000, genuine.length >> 1, genuine.length - 10]) {
      const altered = Buffer.from(genuine);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      const { signature, status, attestation } = await verify(altered);
      assert.equal(signature.indication, 'TOTAL_FAILED', `byte ${at}`);
      assert.deepEqual([status, attestation], ['unknown', undefined]);
    }
    await assertUnknown(Buffer.concat([genuine, Buffer.from('\n')]), 'TOTAL_FAILED', 'FORMAT_FAILURE');
  });

  it('that carries no seal fails', async () => {
    const unsigned = await createPdf(1000, { signature: { ByteRange: undefined } });
    await assertUnknown(unsigned, 'TOTAL_FAILED', 'FORMAT_FAILURE');
  });

  it('that somebody else sealed is undecided', async () => {
    const issuing = createAuthority('Foreign issuing', createAuthority('Foreign root'));
    const signer = createSigner({ authority: issuing });
    const foreign = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
    await assertUnknown(foreign, 'INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('that is no PDF, or nothing at all, fails', async () => {
    const files = ['', 'hello', '%PDF-', '%PDF-1.7\n%%EOF\n', '<html>', '\0'.repeat(1000)];
    for (const text of files) await assertUnknown(Buffer.from(text), 'TOTAL_FAILED', 'FORMAT_FAILURE');
  });

  it('may have 20 MiB and not a byte more', async () => {
    const large = Buffer.alloc(20 * MIB + 1, genuine);
    await assertUnknown(large.subarray(0, 20 * MIB), 'TOTAL_FAILED', 'FORMAT_FAILURE');
    const { status, body } = await send(large);
    assert.deepEqual([status, body.limit], [413, 20 * MIB]);
  });

  it('is taken as a PDF only', async () => {
    for (const type of ['application/json', 'application/octet-stream', 'multipart/form-data; boundary=x'])
      assert.equal((await send(genuine, type)).status, 415);
  });
});

describe('the evidence log', () => {
  function entries() {
    return query<Record<string, unknown>>(
      `select actor_kind as kind, actor_id as id, actor_organization as organization, ground, family_name as "familyName",
         object, trace_id as "traceId" from audit_entry left join person using (person_id)
       where action = 'attestation.verify' order by audit_entry_id`,
    );
  }

  it('has that a known document was verified, by whoever holds it', async () => {
    const before = (await entries()).length;
    const { headers, body } = await send(genuine);
    assert.deepEqual((await entries()).slice(before), [
      {
        kind: 'anonymous',
        id: 'holder',
        organization: null,
        ground: 'holder',
        familyName: 'Vermeulen',
        object: body.attestation.attestationId,
        traceId: headers['belgov-trace-id'],
      },
    ]);
  });

  it('has that one was verified to which something was added', async () => {
    const before = (await entries()).length;
    const { body } = await send(Buffer.concat([genuine, Buffer.from('\n')]));
    assert.deepEqual([body.conclusion.verdict, body.alteration], ['altered', 'bytesAfter']);
    assert.ok(!('attestation' in body));
    assert.equal((await entries()).length, before + 1);
  });

  it('has nothing of any other file', async () => {
    const before = (await entries()).length;
    await send(Buffer.from('hello'));
    await send(genuine.subarray(0, genuine.length - 1));
    assert.equal((await entries()).length, before);
  });
});
