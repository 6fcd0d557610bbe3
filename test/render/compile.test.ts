/** A document from a template against the same one drawn by pdfkit alone: nobody may see, hear or copy a difference. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { attestationData } from '../../src/domain/attestation-data.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { compile } from '../../src/render/compile.ts';
import { packData } from '../../src/render/data-file.ts';
import { fill } from '../../src/render/fill.ts';
import { createRenderer, type RenderInput } from '../../src/render/render.ts';
import { needsTool } from '../support/needs.ts';
import { qpdfCheck } from '../support/tools.ts';
import { objectsOf, type PdfJson, type PdfObject, picturesOf, textOf, xmpOf } from './reading.ts';
import {
  type Change,
  catalogue,
  daysFrom,
  layoutOf,
  OFFLINE_CODE,
  quarantine,
  renderer,
  renderPlainly,
  sample,
} from './samples.ts';

const LONG_EMPLOYER =
  'Vennootschap voor de Exploitatie van Land- en Tuinbouwbedrijven in de Zuidelijke Westhoek en de Leiestreek';
const LONG_NAME = {
  familyName: 'van den Broeck-Wolfeschlegelsteinhausenbergerdorff (jr.)',
  givenName: 'Maximiliaan Alexander \\ Bartholomeus Cornelis Desideratus Emmanuel',
};
const month = daysFrom('2020-08-01', 31);

const CHANGES: Readonly<Record<string, Change>> = {
  'in Dutch': {},
  'in French': { language: 'fr' },
  'in German': { language: 'de' },
  'of one day': { days: daysFrom('2020-08-31', 1) },
  'of 31 days, in French': { days: month, language: 'fr' },
  'that replaces another': { supersedes: 'QUA-2026-00000041-33' },
  'without name of the employer': { employer: { nssoNumber: '175110801' }, language: 'de' },
  'without an employer': { employer: {} },
  'with long names': { ...LONG_NAME, employer: { name: LONG_EMPLOYER, enterpriseNumber: '0206731645' } },
  'with long names in every row': {
    ...LONG_NAME,
    language: 'de',
    days: month.map((day) => ({ ...day, jointCommittee: '322', usingEmployer: LONG_EMPLOYER })),
  },
  'with letters of the larger alphabet': { familyName: 'Łęcki-Şahin', givenName: 'Țĳğ' },
  'with a masked number': { type: { ...quarantine, ssin: 'masked' } },
  'with a longer address in its code': {
    verificationUrl: 'https://attestations.social-security.example.be/verify/Zx3fK9qLr7TgUw2PbN5cVA',
  },
  'with an offline code': { type: { ...quarantine, qr: 'offline' }, offlineCode: OFFLINE_CODE },
  'with both codes': { type: { ...quarantine, qr: 'both' }, offlineCode: OFFLINE_CODE, language: 'fr' },
  'for a larger key': { signatureRoom: 3268 },
};

/** Documents in pairs: one compiled for another holder and filled with these facts, one drawn for them alone. */
async function bothOf(change: Change): Promise<[Buffer, Buffer]> {
  const input = sample(change);
  return [await fillLike(input), await renderPlainly(input)];
}

/** Fills a template of which another document was the model, one that shares nothing but the shape. */
async function fillLike(input: RenderInput): Promise<Buffer> {
  const { givenName, familyName } = input.facts.holder;
  const { days } = input.facts;
  const other: RenderInput = {
    ...input,
    number: 'QUA-2026-00000099-55',
    issuedAt: new Date('2026-11-21T09:44:55Z'),
    verificationUrl: turned(input.verificationUrl),
    byHand: { ...input.byHand, code: turned(input.byHand.code) },
    ...(input.offlineCode !== undefined && { offlineCode: input.offlineCode.replaceAll('A', 'B') }),
    ...(input.supersedes !== undefined && { supersedes: 'QUA-2025-00000031-11' }),
    facts: {
      ...input.facts,
      holder: { ssin: '88031499863' as Ssin, givenName: turned(givenName), familyName: turned(familyName) },
      days: days.map((day) => ({ ...day, reference: turned(day.reference) })),
    },
  };
  const [model, own] = [layoutOf(other), layoutOf(input)];
  assert.ok(own.measure.isShared);
  assert.deepEqual(model.key, own.key);
  const template = await compile(model.place(), {
    author: catalogue.issuer.name[input.language],
    language: `${input.language}-BE`,
    conformance: 'PDF/A-3a',
    description: input.type.texts[input.language].title,
  });
  const title = `${input.type.texts[input.language].title} ${input.number}`;
  const data = packData(attestationData(input, catalogue.issuer));
  return fill(template, own.measure, { title, createdAt: input.issuedAt, room: input.signatureRoom, data })
    .bytes;
}

/** Another text of the same words and width. */
function turned(text: string): string {
  return text.replace(/[\p{L}\d]+/gu, (word) => Array.from(word).toReversed().join(''));
}

/** Objects without what may differ: how fonts and streams are written. */
async function comparable(pdf: Buffer): Promise<Map<string, PdfJson>> {
  const { objects } = await objectsOf(pdf);
  return new Map(
    [...objects].map(([reference, value]) => [reference, isDictionary(value) ? strip(value) : value]),
  );
}

function isDictionary(value: PdfJson): value is PdfObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strip(value: PdfObject): PdfObject {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !['/Length', '/Length1', '/W'].includes(key)),
  );
}

const each = (sentence: string, check: (t: TestContext, change: Change) => Promise<void>) => {
  describe(sentence, () => {
    for (const [name, change] of Object.entries(CHANGES)) it(name, (t) => check(t, change));
  });
};

describe('a document from a template', () => {
  each('is drawn the same to the last pixel', async (t, change) => {
    if (!needsTool(t, 'pdftoppm')) return;
    const [filled, plain] = await Promise.all((await bothOf(change)).map(picturesOf));
    assert.ok(filled && plain && filled.length > 0);
    assert.ok(filled.length === plain.length && filled.every((page, index) => plain[index]?.equals(page)));
  });

  each('says the same', async (t, change) => {
    if (!needsTool(t, 'pdftotext')) return;
    const [filled, plain] = await bothOf(change);
    for (const order of ['-layout', '-raw', '-bbox'] as const)
      assert.equal(await textOf(filled, order), await textOf(plain, order));
    assert.equal(xmpOf(filled), xmpOf(plain));
  });

  each('has the same objects, structure and catalogue', async (t, change) => {
    if (!needsTool(t, 'qpdf')) return;
    const [filled, plain] = await bothOf(change);
    assert.deepEqual(await comparable(filled), await comparable(plain));
    const { exitCode, output } = await qpdfCheck(filled);
    assert.equal(exitCode, 0, output);
  });
});

describe('render', () => {
  it('takes the whole face for a character that the shared faces lack', async () => {
    const input = sample({ givenName: 'Ольга' });
    assert.ok((await renderer.render(input)).equals(await renderPlainly(input)));
  });
  it('gives the same bytes whether the shape is new or known', async () => {
    const input = sample({ familyName: 'Van Acker' });
    const fresh = createRenderer(catalogue);
    const first = await fresh.render(input);
    await fresh.render(sample({ familyName: 'De Smet', number: 'QUA-2026-00000099-55' }));
    assert.ok(first.equals(await fresh.render(input)));
    assert.ok(first.equals(await fillLike(input)));
  });
  it('names the page of each document, whichever the one before named', async () => {
    const known = await renderer.render(sample());
    const other = sample({ byHand: { page: 'https://other.example.org/check', code: '7K3QM-9XPT2' } });
    const expected = await createRenderer(catalogue).render(other);
    assert.ok((await renderer.render(other)).equals(expected));
    assert.ok((await renderer.render(sample())).equals(known));
  });
  it('hands on the hash of the beginning that documents of a shape share', async () => {
    for (const familyName of ['Peeters', 'Janssens']) {
      const { bytes, prefixBytes, prefixHash } = await renderer.renderToSeal(sample({ familyName }));
      assert.ok(prefixBytes > 20_000 && prefixBytes < bytes.length);
      const expected = createHash('sha256').update(bytes.subarray(0, prefixBytes)).digest();
      assert.deepEqual(prefixHash.copy().digest(), expected);
    }
  });
  it('renders a new shape for two at a time', async () => {
    const fresh = createRenderer(catalogue);
    const inputs = ['Peeters', 'Janssens'].map((familyName) => sample({ familyName }));
    const together = await Promise.all(inputs.map((input) => fresh.render(input)));
    for (const [index, input] of inputs.entries())
      assert.ok(together[index]?.equals(await createRenderer(catalogue).render(input)));
  });
});
