/** What our own checker of PDF/A-3a and PDF/UA-1 says of documents, and that each of its rules can say no. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import { specimenFacts } from '../../src/domain/specimen.ts';
import { fillByteRange } from '../../src/pades/byte-range.ts';
import { checkConformance, RULES } from '../support/pdf-checker/check.ts';
import { closePdf, openPdf } from '../support/pdf-checker/edit.ts';
import { DAMAGES, type Damage } from './damages.ts';
import { type Change, catalogue, daysFrom, OFFLINE_CODE, quarantine, renderer, sample } from './samples.ts';

async function document(change: Change = {}): Promise<Buffer> {
  const pdf = await renderer.render(sample(change));
  assert.ok(fillByteRange(pdf));
  return pdf;
}

const found = (pdf: Buffer) => checkConformance(pdf).map(({ text }) => text);

const month = daysFrom('2020-08-01', 31);
const CHANGES: Readonly<Record<string, Change>> = {
  'on two pages': { days: month },
  'of one day': { days: month.slice(0, 1) },
  'that replaces another': { supersedes: 'QUA-2026-00000041-33' },
  'of a temporary worker': {
    days: month.map((day) => ({ ...day, usingEmployer: 'Boomgaarden Haspengouw BV' })),
  },
  'without an employer': { employer: {} },
  'with a masked number': { type: { ...quarantine, ssin: 'masked' } },
  'with signs of XML in its name': { familyName: 'O’Neill <&> "Søn" ]]>' },
  'drawn without a template': { givenName: 'Ольга', days: month },
};

describe('checkConformance', async () => {
  for (const language of DOCUMENT_LANGUAGES) {
    it(`finds nothing in a document in ${language}`, async () => {
      assert.deepEqual(found(await document({ language })), []);
    });
  }
  for (const [name, change] of Object.entries(CHANGES)) {
    it(`finds nothing in a document ${name}`, async () => {
      assert.deepEqual(found(await document(change)), []);
    });
  }

  // Each type in one of the languages: what differs between languages is words.
  for (const [at, type] of [...catalogue.types.values()].entries()) {
    const language = DOCUMENT_LANGUAGES[at % DOCUMENT_LANGUAGES.length] ?? 'nl';
    it(`finds nothing in a document of ${type.id} in ${language}, with little to say and with much`, async () => {
      for (const isLong of [false, true]) {
        const facts = specimenFacts(type, { isLong, nisCode: '21004' });
        const change = { type, language, facts, ...(type.qr !== 'url' && { offlineCode: OFFLINE_CODE }) };
        assert.deepEqual(found(await document(change)), []);
      }
    });
  }

  const good = await document();
  const opened = openPdf(good);

  it('finds nothing in a document that is opened and closed', () => {
    assert.deepEqual(found(closePdf(opened)), []);
  });

  it('has a damage for each rule', () => {
    const damaged = new Set(DAMAGES.map(({ rule }) => rule));
    assert.deepEqual(
      RULES.map(({ id }) => id).filter((id) => !damaged.has(id)),
      [],
    );
    assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  });

  const damage = ({ on, edit }: Damage): Buffer => {
    const text = on === 'opened' ? opened : good.toString('latin1');
    const edited = edit(text);
    assert.notEqual(edited, text, 'the damage changes nothing');
    return on === 'opened' ? closePdf(edited) : Buffer.from(edited, 'latin1');
  };
  for (const one of DAMAGES) {
    it(`finds ${[one.rule, one.how].filter(Boolean).join(' broken ')}`, () => {
      const ids = checkConformance(damage(one)).map(({ id }) => id);
      assert.ok(ids.includes(one.rule), `found ${ids.join(', ') || 'nothing'}`);
    });
  }
});
