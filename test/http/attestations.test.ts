/** What is attached to a document as the citizen gets it, against the schema as the service publishes it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ATTESTATION_SCHEMA_PATH } from '../../src/domain/attestation-schema.ts';
import { needsTool } from '../support/needs.ts';
import { checkConformance } from '../support/pdf-checker/check.ts';
import { demoSsin } from '../support/service.ts';
import { pdfdetach } from '../support/tools.ts';
import { contentPath, INBOX, type Scene, startScene } from './scene.ts';

let scene: Scene;
let pdf: Buffer;

before(async () => {
  scene = await startScene();
  await scene.declareDays('lena', ['2020-09-01', '2020-09-02']);
  const token = await scene.service.personToken('lena');
  const { body } = await scene.api.get(INBOX, token);
  pdf = (await scene.api.get(contentPath(body.items[0]), token)).bytes;
});
after(() => scene.stop());

describe('a document from the inbox', () => {
  it('carries data that the schema they name describes', async (t) => {
    if (!needsTool(t, 'pdfdetach')) return;
    const { status, headers, bytes } = await scene.api.get(ATTESTATION_SCHEMA_PATH);
    assert.deepEqual([status, headers['content-type']], [200, 'application/schema+json']);
    const schema = JSON.parse(bytes.toString()) as Record<string, string>;
    const ajv = new Ajv2020({ strict: true });
    // The package's types describe its CommonJS form.
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    const data = JSON.parse((await pdfdetach(pdf)).toString()) as Record<string, unknown>;
    assert.equal(data['$schema'], schema['$id']);
    assert.ok(new URL(schema['$id'] ?? '').pathname.endsWith(ATTESTATION_SCHEMA_PATH));
    assert.ok(ajv.validate(schema, data), ajv.errorsText());
    assert.equal((data['holder'] as Record<string, unknown>)['ssin'], demoSsin('lena'));
    assert.equal((data['days'] as unknown[]).length, 2);
  });

  it('keeps the rules of PDF/A-3a and PDF/UA-1 under its seal', () => {
    assert.deepEqual(
      checkConformance(pdf).map(({ text }) => text),
      [],
    );
  });
});
