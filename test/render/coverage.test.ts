/** The typeface is held against the templates before the first document is due. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRenderer } from '../../src/render/render.ts';
import { catalogue, quarantine } from './samples.ts';

describe('createRenderer', () => {
  it('takes the templates of this checkout', () => assert.doesNotThrow(() => createRenderer(catalogue)));

  it('refuses words that the typeface lacks, with type, language and key', () => {
    const { texts } = quarantine;
    const words = { ...texts.fr.words, number: 'Numéro 王 {number}' };
    const spoiled = { ...quarantine, texts: { ...texts, fr: { ...texts.fr, words } } };
    assert.throws(
      () => createRenderer({ ...catalogue, types: new Map([[quarantine.id, spoiled]]) }),
      (error: Error & { code?: string }) =>
        error.code === 'templateInvalid' && /quarantine, fr, key number/.test(error.message),
    );
  });

  it('refuses a name of the issuer that the typeface lacks', () => {
    const { issuer } = catalogue;
    const name = { ...issuer.name, de: 'Dienst für مثال' };
    assert.throws(() => createRenderer({ ...catalogue, issuer: { ...issuer, name } }), {
      code: 'templateInvalid',
    });
  });
});
