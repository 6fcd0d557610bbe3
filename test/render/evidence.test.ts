/** The evidence of a message as a document: conformant in each language, and over several pages. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import type { EvidenceStatement } from '../../src/domain/message-evidence.ts';
import { ETSI_EVENTS, RECEIPT_KINDS } from '../../src/domain/receipt.ts';
import { fillByteRange } from '../../src/pades/byte-range.ts';
import { createRenderer, type Renderer } from '../../src/render/render.ts';
import { readAttachedFile } from '../../src/verify/attached-file.ts';
import { projectRoot } from '../support/needs.ts';
import { checkConformance } from '../support/pdf-checker/check.ts';

let renderer: Renderer;
let catalogue: Awaited<ReturnType<typeof loadCatalogue>>;
before(async () => {
  catalogue = await loadCatalogue(join(projectRoot, 'templates'));
  renderer = createRenderer(catalogue);
});

/** A statement with so many receipts of each kind. */
function statementOf(times: number): EvidenceStatement {
  const kinds = Array.from({ length: times }, () => RECEIPT_KINDS).flat();
  return {
    messageId: '01935b1e-7c00-7000-8000-000000000001',
    messageTypeId: 'letter',
    senderOrganizationId: '0206731645',
    senderApplicationId: 'app',
    receivedAt: '2026-03-01T08:00:00.000Z',
    expiresAt: '2029-03-01T08:00:00.000Z',
    attachments: [
      { sha256: 'ab'.repeat(32), bytes: 1000, mediaType: 'application/pdf', isMainContent: true },
    ],
    receipts: kinds.map((kind, at) => {
      const etsiEvent = ETSI_EVENTS[kind];
      return {
        eventId: `01935b1e-7c00-7000-8000-${String(at).padStart(12, '0')}`,
        kind,
        ...(etsiEvent !== undefined && { etsiEvent }),
        eventTime: '2026-03-01T08:00:00.123456Z',
        recordedTime: '2026-03-01T08:00:01.123456Z',
        ...(kind === 'printed' && { reportedBy: '0206731645' }),
      };
    }),
    state: 'read',
  };
}

async function render(language: (typeof DOCUMENT_LANGUAGES)[number], times: number) {
  const statement = statementOf(times);
  const evidence = { v: 1, statement, seal: 'x', proofs: [] };
  const frame = catalogue.frameWords[language];
  const issuedAt = new Date('2026-03-05T08:00:00Z');
  const input = { statement, evidence, language, frame, issuedAt, signatureRoom: 5000 };
  const { bytes: pdf } = await renderer.renderEvidence(input);
  assert.ok(fillByteRange(pdf));
  return { evidence, pdf };
}

describe('the evidence of a message', () => {
  for (const language of DOCUMENT_LANGUAGES)
    it(`is PDF/A-3a and PDF/UA-1 in ${language}, with the evidence attached`, async () => {
      const { pdf, evidence } = await render(language, 1);
      assert.deepEqual(checkConformance(pdf), []);
      assert.deepEqual(JSON.parse(readAttachedFile(pdf) ?? ''), evidence);
    });

  it('goes on over pages', async () => {
    const { pdf } = await render('nl', 12);
    assert.deepEqual(checkConformance(pdf), []);
    assert.ok((pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length > 1);
  });
});
