/** What the key of a document stands for: two that share it share a template, so they may differ in slots alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assert as assertProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  property,
  record,
} from 'fast-check';
import type { Layout } from '../../src/render/layout.ts';
import { leftOf } from '../../src/render/lines.ts';
import type { Mark, Slot } from '../../src/render/sheet.ts';
import { daysFrom, fonts, layoutOf, OFFLINE_CODE, quarantine, sample } from './samples.ts';

const NAMES = [
  'Peeters',
  'Łęcki-Şahin',
  'Ŵyn',
  "D'Hondt (jr.)",
  'van den Broeck-Wolfeschlegelsteinhausenbergerdorff',
  'Maximiliaan Alexander Bartholomeus Cornelis Desideratus Emmanuel',
  'Vennootschap voor de Exploitatie van Land- en Tuinbouwbedrijven in de Zuidelijke Westhoek en de Leiestreek',
];
const numbered = NAMES.map((name) => ({ name, enterpriseNumber: '0206731645' }));

/** Most documents are much alike; any may be unlike the others in anything. */
function mostly<T>(usual: T, ...others: T[]) {
  return oneof({ weight: 9, arbitrary: constant(usual) }, { weight: 1, arbitrary: constantFrom(...others) });
}

const layouts = record({
  language: mostly<'nl' | 'fr' | 'de'>('nl', 'fr', 'de'),
  familyName: mostly('Janssens', ...NAMES),
  givenName: mostly('An', ...NAMES),
  employer: mostly(
    { name: 'De Linde BV', enterpriseNumber: '0206731645' },
    {},
    { nssoNumber: '175110801' },
    ...numbered,
  ),
  first: mostly('2020-08-01', '2020-10-01'),
  count: mostly(2, 1, 3, 31),
  user: mostly('', ...NAMES),
  number: integer({ min: 1, max: 99_999_999 }),
  isReplacing: mostly(false, true),
  isSpecimen: mostly(false, true),
  qr: mostly<'url' | 'offline' | 'both'>('url', 'offline', 'both'),
  ssin: mostly('full', 'masked'),
  page: mostly('https://attestations.example.org/verify', 'https://example.org/v'),
}).map(({ number, first, count, user, isReplacing, qr, ssin, page, ...others }): Layout => {
  const padded = String(number).padStart(8, '0');
  return layoutOf(
    sample({
      ...others,
      type: types[`${qr}, ${ssin}`] ?? quarantine,
      number: `QUA-2026-${padded}-17`,
      verificationUrl: `https://attestations.example.org/v/Zx3fK9qLr7TgUw${padded}`,
      offlineCode: OFFLINE_CODE,
      byHand: { page, code: '7K3QM-9XPT2' },
      days: daysFrom(first, count, user === '' ? {} : { jointCommittee: '322', usingEmployer: user }),
      ...(isReplacing && { supersedes: `QUA-2025-${padded}-11` }),
    }),
  );
});

const types = Object.fromEntries(
  (['url', 'offline', 'both'] as const).flatMap((qr) =>
    (['full', 'masked'] as const).map((ssin) => [`${qr}, ${ssin}`, { ...quarantine, qr, ssin }]),
  ),
);

/** What stands in every document of a key, and in order what fills its slots. */
interface Placed {
  readonly marks: readonly Mark[];
  readonly slots: readonly Slot[];
  readonly alphabets: object;
  readonly filled: readonly unknown[];
}

function placedOf(layout: Layout): Placed {
  const { marks, slots, alphabets } = layout.place();
  const filled: unknown[] = [];
  const strip = (all: readonly Mark[]): Mark[] =>
    all.map((mark): Mark => {
      switch (mark.kind) {
        case 'text':
          if (mark.isFixed) return mark;
          filled.push([mark.x, mark.setting.text]);
          return { ...mark, x: 0, setting: { text: '', width: 0, alphabet: 0, shown: '' } };
        case 'code':
          filled.push(mark.text);
          return { ...mark, text: '' };
        case 'content':
        case 'artifact':
          return { ...mark, marks: strip(mark.marks) };
        case 'element': {
          const { alt } = mark.options;
          return alt?.slot === undefined
            ? mark
            : { ...mark, options: { ...mark.options, alt: { ...alt, text: '' } } };
        }
        case 'field':
          return mark.tooltip.slot === undefined ? mark : { ...mark, tooltip: { ...mark.tooltip, text: '' } };
        case 'page':
        case 'rule':
        case 'box':
        case 'path':
          return mark;
      }
    });
  return { marks: strip(marks), slots, alphabets, filled };
}

/** What a template is filled with, from the measurement alone. */
function filledFrom({ measure }: Layout, slots: readonly Slot[]): unknown[] {
  return slots.map((slot) => {
    if (slot.kind === 'code') return measure.codes[slot.code];
    const lines = measure.texts[slot.text];
    const setting = lines?.settings[slot.line];
    assert.ok(lines && setting);
    return [leftOf(fonts, lines, setting), setting.text];
  });
}

describe('the key of a layout', () => {
  const known = new Map<string, Placed>();
  let shared = 0;

  it('is shared only by documents that differ in slots alone, which it lets fill from what was measured', () => {
    assertProperty(
      property(layouts, (layout) => {
        const placed = placedOf(layout);
        assert.deepEqual(filledFrom(layout, placed.slots), placed.filled);
        const key = layout.key.join();
        const other = known.get(key);
        known.set(key, placed);
        if (other === undefined) return;
        shared += 1;
        assert.deepEqual({ ...placed, filled: [] }, { ...other, filled: [] });
      }),
      { numRuns: 1500 },
    );
  });

  it('is shared by many', () => {
    assert.ok(shared > 100 && known.size > 100, `${shared} of ${known.size}`);
  });
});
