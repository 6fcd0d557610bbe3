/** Documents to render: the templates of this checkout with facts that nobody has. */
import { fail } from 'node:assert/strict';
import { join } from 'node:path';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { attestationData } from '../../src/domain/attestation-data.ts';
import type { AttestationType } from '../../src/domain/attestation-type.ts';
import type { EntitledDay } from '../../src/domain/entitlement.ts';
import { addDays, type LocalDate, type LocalMonth, monthOf } from '../../src/domain/period.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { packData } from '../../src/render/data-file.ts';
import { loadFonts } from '../../src/render/font.ts';
import { type Layout, layOut } from '../../src/render/layout.ts';
import { drawPlainly } from '../../src/render/plain.ts';
import { createRenderer, type RenderInput } from '../../src/render/render.ts';
import type { Sheet } from '../../src/render/sheet.ts';
import { createWording } from '../../src/render/wording.ts';
import { projectRoot } from '../support/needs.ts';

export const catalogue = await loadCatalogue(join(projectRoot, 'templates'));
export const renderer = createRenderer(catalogue);
export const quarantine: AttestationType =
  catalogue.types.get('quarantine') ?? fail('the quarantine attestation is missing');

export const fonts = loadFonts();

const known = new WeakMap();

/** Lays a document out as the renderer does. */
export function layoutOf(input: RenderInput): Layout {
  return layOut(catalogue, fonts, createWording(input, catalogue, fonts, known), input);
}

/** Places it too. */
export function sheetOf(input: RenderInput): Sheet {
  return layoutOf(input).place();
}

/** Draws a document without a template, each text by pdfkit itself. */
export function renderPlainly(input: RenderInput): Promise<Buffer> {
  const about = {
    title: `${input.type.texts[input.language].title} ${input.number}`,
    author: catalogue.issuer.name[input.language],
    language: `${input.language}-BE`,
    createdAt: input.issuedAt,
    fonts,
    conformance: 'PDF/A-3a',
    description: input.type.texts[input.language].title,
    data: packData(attestationData(input, catalogue.issuer)),
    validationData: input.validationData,
  } as const;
  return drawPlainly(sheetOf(input), about, input.signatureRoom);
}

/** Days that follow each other, each with the joint committee of agriculture and a reference of its own. */
export function daysFrom(first: string, count: number, extra: Partial<EntitledDay> = {}): EntitledDay[] {
  return Array.from({ length: count }, (_, index) => ({
    date: addDays(first as LocalDate, index),
    reference: String(960_002_787_608 + index * 97),
    jointCommittee: '144',
    ...extra,
  }));
}

/** As long as an offline code is. */
export const OFFLINE_CODE = `EBA1:${'6BFOXN.QB*3$7:A+'.repeat(16).slice(0, 249)}`;

/** What differs from the ordinary document; `facts` replace all of its facts. */
export interface Change extends Partial<RenderInput> {
  readonly familyName?: string;
  readonly givenName?: string;
  readonly employer?: RenderInput['facts']['employer'];
  readonly days?: readonly EntitledDay[];
}

/** One document in Dutch with three days, or with the changes asked for. */
export function sample(change: Change = {}): RenderInput {
  const {
    familyName = 'Peeters',
    givenName = 'An',
    employer = { name: 'Boomkwekerij De Linde BV', enterpriseNumber: '0206731645' },
    days = daysFrom('2020-08-24', 3),
    facts,
    ...rest
  } = change;
  const month: LocalMonth | undefined = days[0] && monthOf(days[0].date);
  return {
    type: quarantine,
    language: 'nl',
    number: 'QUA-2026-00000042-17',
    issuedAt: new Date('2026-11-21T15:04:05Z'),
    verificationUrl: 'https://attestations.example.org/v/Zx3fK9qLr7TgUw2PbN5cVA',
    byHand: { page: 'https://attestations.example.org/verify', code: '7K3QM-9XPT2' },
    signatureRoom: 2620,
    schemaUrl: 'https://attestations.example.org/attestations/v1/refData/schemas/attestation',
    ...rest,
    facts: facts ?? {
      holder: { ssin: '81050003552' as Ssin, familyName, givenName },
      employer,
      days,
      ...(month && { month }),
    },
  };
}
