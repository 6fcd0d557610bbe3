import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  chooseLanguage,
  choosePageLanguage,
  DOCUMENT_LANGUAGES,
  type DocumentLanguage,
  type LanguagePresumption,
} from '../../src/domain/language.ts';
import type { Municipality, NisCode } from '../../src/domain/municipality.ts';
import type { LocalDate } from '../../src/domain/period.ts';

function municipality(language: Municipality['language'], facilities?: DocumentLanguage): Municipality {
  return {
    nisCode: '00000' as NisCode,
    name: { nl: '', fr: '', de: '' },
    region: 'VLG',
    language,
    ...(facilities && { facilities }),
    validFrom: '1977-01-01' as LocalDate,
  };
}

/** Municipalities of each linguistic regime (coordinated acts of 18 July 1966, art. 2 to 8). */
const PLACES = {
  Gent: municipality('nl'),
  Namur: municipality('fr'),
  Etterbeek: municipality('nl-fr'),
  Kraainem: municipality('nl', 'fr'),
  Comines: municipality('fr', 'nl'),
  Malmedy: municipality('fr', 'de'),
  Eupen: municipality('de', 'fr'),
  abroad: undefined,
};

const PRESUMPTION: LanguagePresumption = { brussels: 'fr', facilities: 'own', unknown: 'fr' };

describe('chooseLanguage', () => {
  for (const [place, where] of Object.entries(PLACES)) {
    it(`takes what a person in ${place} chose, whatever is presumed there`, () => {
      for (const language of DOCUMENT_LANGUAGES)
        assert.deepEqual(chooseLanguage(language, where, PRESUMPTION), { language, basis: 'chosen' });
    });
  }

  const table: readonly (readonly [
    Partial<LanguagePresumption>,
    Readonly<Record<keyof typeof PLACES, string>>,
  ])[] = [
    [
      {},
      {
        Gent: 'nl',
        Namur: 'fr',
        Etterbeek: 'fr',
        Kraainem: 'nl',
        Comines: 'fr',
        Malmedy: 'fr',
        Eupen: 'de',
        abroad: 'fr',
      },
    ],
    [
      { brussels: 'nl' },
      {
        Gent: 'nl',
        Namur: 'fr',
        Etterbeek: 'nl',
        Kraainem: 'nl',
        Comines: 'fr',
        Malmedy: 'fr',
        Eupen: 'de',
        abroad: 'fr',
      },
    ],
    [
      { facilities: 'other' },
      {
        Gent: 'nl',
        Namur: 'fr',
        Etterbeek: 'fr',
        Kraainem: 'fr',
        Comines: 'nl',
        Malmedy: 'de',
        Eupen: 'fr',
        abroad: 'fr',
      },
    ],
    [
      { unknown: 'de', brussels: 'nl' },
      {
        Gent: 'nl',
        Namur: 'fr',
        Etterbeek: 'nl',
        Kraainem: 'nl',
        Comines: 'fr',
        Malmedy: 'fr',
        Eupen: 'de',
        abroad: 'de',
      },
    ],
  ];
  for (const [presumption, languages] of table) {
    describe(`when the institution presumes ${JSON.stringify({ ...PRESUMPTION, ...presumption })}`, () => {
      for (const [place, where] of Object.entries(PLACES)) {
        // The keys of both tables are the same.
        const language = languages[place as keyof typeof PLACES];
        it(`presumes ${language} in ${place}`, () =>
          assert.deepEqual(chooseLanguage(undefined, where, { ...PRESUMPTION, ...presumption }), {
            language,
            basis: 'presumed',
          }));
      }
    });
  }
});

describe('choosePageLanguage', () => {
  const cases: readonly (readonly [readonly (string | undefined)[], string])[] = [
    [[], 'en'],
    [[undefined, ''], 'en'],
    [['fr-BE'], 'fr'],
    [['FR'], 'fr'],
    [['es nl-BE fr'], 'nl'],
    [['es', 'de;q=0.5, nl;q=0.6'], 'nl'],
    [['nl;q=0, fr;q=0.1'], 'fr'],
    [['*', 'frisian'], 'en'],
    [['nl;q=abc', 'de'], 'de'],
  ];
  for (const [lists, language] of cases) {
    it(`gives ${language} for ${JSON.stringify(lists)}`, () => {
      assert.equal(choosePageLanguage(...lists), language);
    });
  }
});
