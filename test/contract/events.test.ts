/** Events as the federation's own contract wants them (event service 1.1.1). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { RECEIPT_KINDS } from '../../src/domain/receipt.ts';
import { FEDERATION_KINDS, toFederationEvents } from '../../src/domain/sender-event.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';

const CONTRACT = 'ebox/event-1.1.1.yaml';

it('an event is as the contract says, but for the citizen it names', (t) => {
  if (!needsSpec(t, CONTRACT)) return;
  const { definitions } = parse(
    readFileSync(join(specsFolder, CONTRACT), 'utf8').replace(/^---[\s\S]*?---\n/, ''),
  );
  const { required, ...event } = definitions.EboxEnterpriseDocumentEvent;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ definitions }, 'events');
  // The contract is of enterprises; a citizen stands in the place of the enterprise.
  const schema = {
    ...event,
    required: required.map((name: string) => (name === 'enterpriseId' ? 'ssin' : name)),
  };
  const validate = ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', '"events#/definitions/')),
  );
  const at = new Date('2026-03-01T08:00:00Z');
  const told = RECEIPT_KINDS.flatMap((kind) => {
    const events = toFederationEvents(
      {
        eventId: 'c1493fcf-601b-453d-80b8-9db1b226199f',
        kind,
        messageId: '3b06011b-071d-4e9c-b879-b260523247cb',
        messageTypeId: 'letter',
        senderOrganizationId: '0206731645',
        senderApplicationId: 'app',
        receivedAt: at,
        expiresAt: at,
        eventTime: at,
        recordedTime: at,
        leafIndex: 1,
      },
      '81050003552' as Ssin,
    );
    return events ?? [];
  });
  assert.equal(told.length, FEDERATION_KINDS.length);
  for (const one of told) assert.ok(validate(one), ajv.errorsText(validate.errors));
  assert.equal(validate({ ...told[0], eventType: 'newLetter' }), false);
});
