/** A type that is data only, from its templates to what two readers of PDF find on its pages. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Catalogue, loadCatalogue } from '../../src/catalogue/catalogue.ts';
import type { AttestationFacts, AttestedPeriod } from '../../src/domain/attestation.ts';
import type { AttestationData } from '../../src/domain/attestation-data.ts';
import { attestationSchema } from '../../src/domain/attestation-schema.ts';
import type { DocumentLanguage } from '../../src/domain/language.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { ServiceError } from '../../src/errors.ts';
import { fillByteRange } from '../../src/pades/byte-range.ts';
import { createRenderer, type Renderer, type RenderInput } from '../../src/render/render.ts';
import { needsTool } from '../support/needs.ts';
import { checkConformance } from '../support/pdf-checker/check.ts';
import { PERIODS, periodFacts, SECOND_TYPE, writeTemplates } from '../support/second-type.ts';
import { pdfdetach } from '../support/tools.ts';
import { overlapping, placedWords, textByMutool, textInOrder, textOf } from './reading.ts';

/** What stands on the page, in the order it is read. */
const EXPECTED: Readonly<Record<DocumentLanguage, readonly string[]>> = {
  nl: [
    'Attest van verhoogde tegemoetkoming',
    'Nummer VTI-2026-00000042-',
    'Uitgereikt op 21 november 2026, 16:04 (UTC+01:00)',
    'An Peeters volgens Ziekenfonds De Brug recht had op',
    'Naam, voornaam Peeters, An',
    '81.05.00-***.**',
    'Naam Ziekenfonds De Brug',
    'Adres Kerkstraat 12 bus 3, 1000 Brussel',
    'Periodes',
    'Vanaf Tot en met Grond Gezinsleden Inkomensgrens',
    '1 januari 2019 31/12/2019 Inkomen 3 € 19.105,58',
    '1 september 2021 – Statuut 1.024 € 1.200,00',
    'Aantal periodes 2',
    'Wat dit attest niet zegt Dit attest zegt niets over de gezondheid van deze persoon.',
    'Controleer dit attest',
  ],
  fr: [
    'Attestation d’intervention majorée',
    'Numéro VTI-2026-00000042-',
    'selon Ziekenfonds De Brug, An Peeters avait droit',
    'Nom, prénom Peeters, An',
    '81.05.00-***.**',
    'Nom Ziekenfonds De Brug',
    'Adresse Kerkstraat 12 bte 3, 1000 Bruxelles',
    'Périodes',
    'À partir du Jusqu’au Motif Membres du ménage Plafond de revenus',
    '1er janvier 2019 31/12/2019 Revenus 3 19 105,58 €',
    '1er septembre 2021 – Statut 1 024 1 200,00 €',
    'Nombre de périodes 2',
    'Cette attestation ne dit rien de la santé de cette personne.',
    'Vérifiez cette attestation',
  ],
  de: [
    'Bescheinigung über die erhöhte Beteiligung',
    'Nummer VTI-2026-00000042-',
    'An Peeters laut Ziekenfonds De Brug in den Zeiträumen unten',
    'Name, Vorname Peeters, An',
    '81.05.00-***.**',
    'Name Ziekenfonds De Brug',
    'Adresse Kerkstraat 12 box 3, 1000 Brüssel',
    'Zeiträume',
    'Ab Bis einschließlich Grund Haushaltsmitglieder Einkommensgrenze',
    '1. Januar 2019 31.12.2019 Einkommen 3 19.105,58 €',
    '1. September 2021 – Statut 1.024 1.200,00 €',
    'Anzahl Zeiträume 2',
    'Diese Bescheinigung sagt nichts über die Gesundheit dieser Person aus.',
    'Prüfen Sie diese Bescheinigung',
  ],
};

const ajv = new Ajv2020({ strict: true, allErrors: true });
// The package's types describe its CommonJS form.
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);

const sixty = (change: Readonly<Record<string, string>> = {}): AttestedPeriod[] =>
  Array.from({ length: 60 }, (_, at) => {
    const month = `${1960 + at}-01`;
    return {
      period: { startDate: `${month}-01` as LocalDate, endDate: `${month}-31` as LocalDate },
      source: '1900012343',
      attributes: {
        institution: 'De Brug',
        ground: 'income',
        household: '2',
        ceiling: `${10_000 + at}.5`,
        ...change,
      },
    };
  });

describe('render', () => {
  describe('when the type is data only', () => {
    let folder: string;
    let catalogue: Catalogue;
    let renderer: Renderer;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ebox-templates-'));
      writeTemplates(folder);
      catalogue = await loadCatalogue(folder);
      renderer = createRenderer(catalogue);
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    const inputOf = (language: DocumentLanguage, facts: AttestationFacts): RenderInput => {
      const type = catalogue.types.get(SECOND_TYPE);
      assert.ok(type);
      return {
        type,
        language,
        facts,
        number: 'VTI-2026-00000042-17',
        issuedAt: new Date('2026-11-21T15:04:05Z'),
        verificationUrl: 'https://attestations.example.org/v/Zx3fK9qLr7TgUw2PbN5cVA',
        byHand: { page: 'https://attestations.example.org/verify', code: '7K3QM-9XPT2' },
        schemaUrl: 'https://attestations.example.org/attestations/v1/refData/schemas/attestation',
        signatureRoom: 2620,
      };
    };

    for (const language of ['nl', 'fr', 'de'] as const) {
      it(`prints its facts in ${language}, as two readers find them`, async (t) => {
        if (!needsTool(t, 'pdftotext', 'mutool')) return;
        const pdf = await renderer.render(inputOf(language, periodFacts()));
        for (const read of [textInOrder, textByMutool]) {
          const text = (await read(pdf)).replace(/\s+/g, ' ');
          let at = 0;
          for (const part of EXPECTED[language]) {
            const found = text.indexOf(part, at);
            assert.ok(found >= 0, `${read.name}: ${part} is not in ${text.slice(at)}`);
            at = found + part.length;
          }
        }
      });

      it(`repeats the head of a table of sixty rows on each of its pages in ${language}`, async (t) => {
        if (!needsTool(t, 'pdftotext')) return;
        const pdf = await renderer.render(inputOf(language, periodFacts(sixty())));
        const pages = (await textOf(pdf, '-layout')).split('\f').filter((page) => page !== '');
        assert.equal(pages.length, 3);
        const heads = { nl: 'Inkomensgrens', fr: 'Plafond de revenus', de: 'Einkommensgrenze' };
        for (const page of pages) assert.ok(page.includes(heads[language]), heads[language]);
        const text = pages.join('\n').replace(/\s/g, '');
        for (let at = 0; at < 60; at += 1) {
          const amount =
            language === 'fr'
              ? `10${String(at).padStart(3, '0')},50€`
              : `10.${String(at).padStart(3, '0')},50`;
          assert.equal(text.split(amount).length, 2, amount);
        }
        assert.deepEqual(overlapping(await placedWords(pdf)), []);
      });

      it(`breaks long values into lines without overlap in ${language}`, async (t) => {
        if (!needsTool(t, 'pdftotext')) return;
        const long = 'Landsbond van de Onafhankelijke Voorbeeldziekenfondsen van Laag- en Midden-Haspengouw';
        const facts = periodFacts(
          sixty({ institution: long, household: '123456789012', ceiling: '98765432109876.5' }),
        );
        const words = await placedWords(await renderer.render(inputOf(language, facts)));
        assert.deepEqual(overlapping(words), []);
        for (const { text, left, right, bottom } of words)
          assert.ok(left > 60 && right < 534 && bottom < 825, text);
      });
    }

    it('sets numbers and amounts below each other at their last digit', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const words = await placedWords(await renderer.render(inputOf('nl', periodFacts())));
      const rights = words
        .filter(({ text }) => text === '19.105,58' || text === '1.200,00')
        .map(({ right }) => right);
      assert.equal(rights.length, 2);
      assert.ok(Math.abs((rights[0] ?? 0) - (rights[1] ?? 0)) < 0.1);
    });

    it('gives the same bytes in whatever order documents come', async () => {
      const input = inputOf('fr', periodFacts());
      const first = await createRenderer(catalogue).render(input);
      await renderer.render(inputOf('fr', periodFacts(PERIODS.slice(0, 1))));
      assert.ok(first.equals(await renderer.render(input)));
    });

    it('is PDF/A-3a and PDF/UA-1, and its attached data are the periods it lists', async (t) => {
      const input = inputOf('nl', periodFacts());
      const pdf = await renderer.render(input);
      assert.ok(fillByteRange(pdf));
      assert.deepEqual(checkConformance(pdf), []);
      if (!needsTool(t, 'pdfdetach')) return;
      const data = JSON.parse((await pdfdetach(pdf)).toString()) as AttestationData;
      const validate = ajv.compile(attestationSchema(input.schemaUrl));
      assert.ok(validate(data), ajv.errorsText(validate.errors));
      assert.deepEqual(data.holder, { familyName: 'Peeters', givenName: 'An', ssin: '81.05.00-***.**' });
      assert.equal(data.numberOfPeriods, 2);
      const [first, second] = PERIODS.map(({ attributes }) => attributes);
      assert.deepEqual(data.periods, [
        { startDate: '2019-01-01', endDate: '2019-12-31', attributes: first },
        { startDate: '2021-09-01', attributes: second },
      ]);
    });

    for (const [what, attribute, value] of [
      ['an amount with three decimals', 'ceiling', '1.234'],
      ['a number in words', 'household', 'drie'],
      ['a code that the type does not have', 'ground', 'pension'],
      ['a text where an address is expected', 'office', 'Kerkstraat 12'],
    ] as const) {
      it(`refuses ${what}, naming the field and not the value`, async () => {
        const [period] = PERIODS;
        assert.ok(period);
        const spoiled = { ...period, attributes: { ...period.attributes, [attribute]: value } };
        await assert.rejects(renderer.render(inputOf('nl', periodFacts([spoiled]))), (error) => {
          assert.ok(error instanceof ServiceError);
          assert.equal(error.code, 'renderingFailed');
          assert.ok(error.message.includes(`field ${attribute} `) && !error.message.includes(value));
          return true;
        });
      });
    }
  });
});
