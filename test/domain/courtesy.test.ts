/** Courtesy translations: sentences in the order of the page, with values where they are known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { titleOf, translate } from '../../src/domain/courtesy.ts';
import type { LayoutBlock } from '../../src/domain/page-layout.ts';

const layout: readonly LayoutBlock[] = [
  { kind: 'paragraph', text: 'statement' },
  { kind: 'fields', heading: 'person', fields: [{ fact: 'holder' }] },
  { kind: 'notice', heading: 'limitsHeading', text: 'limits' },
  { kind: 'check', heading: 'checkHeading', text: 'checkText', place: 'foot' },
];
const courtesy = {
  title: 'Attestation',
  subject: 'Your attestation',
  words: {
    statement: 'In {month}, by rule {rule}.',
    limitsHeading: 'Limits',
    limits: 'Call {telephone}.',
    person: 'Person',
  },
};

describe('translate', () => {
  it('says the sentences of the page, and a mark where a value is not known', () => {
    assert.deepEqual(translate({ layout, courtesy }, { month: 'May 2020', telephone: '112' }), {
      title: 'Attestation',
      paragraphs: [{ text: 'In May 2020, by rule ….' }, { heading: 'Limits', text: 'Call 112.' }],
    });
  });

  it('says nothing of a type without a translation', () => {
    assert.equal(translate({ layout }, {}), undefined);
  });
});

describe('titleOf', () => {
  const texts = {
    nl: { title: 'Attest', subject: '', words: {} },
    fr: { title: 'Attestation', subject: '', words: {} },
    de: { title: 'Bescheinigung', subject: '', words: {} },
  };

  it('names a type in the language of the page, in English by its translation', () => {
    const type = { texts, courtesy: { ...courtesy, title: 'Certificate' } };
    assert.deepEqual(
      (['nl', 'fr', 'de', 'en'] as const).map((language) => titleOf(type, language)),
      ['Attest', 'Attestation', 'Bescheinigung', 'Certificate'],
    );
  });

  it('names it in Dutch where there is none', () => assert.equal(titleOf({ texts }, 'en'), 'Attest'));
});
