/** Genuine documents of every type, language, level and key, some under keys and authorities of former years. */

import { specimenFacts } from '../../src/domain/specimen.ts';
import { sealExtensions } from '../../src/embedded/pki/profiles.ts';
import type { SealTrust } from '../../src/verify/seal.ts';
import { type Change, catalogue, daysFrom, quarantine } from '../render/samples.ts';
import { createAuthority, createCrl, createSigner, NOW } from '../support/pki.ts';
import { YEARS_LATER } from './attacks/trust.ts';
import { KINDS, type Kind, type Lab, LEVELS } from './lab.ts';
import { diceOf } from './mutants.ts';

const LANGUAGES = ['nl', 'fr', 'de'] as const;
const NAMES = [
  'Peeters',
  'Łukasiewicz',
  'Van den Broucke - de Brabandere',
  'O’Neill',
  'Ὀδυσσεύς',
  'Éloïse',
  'Ğül',
  'A',
];
const EMPLOYERS = [
  'Boomkwekerij De Linde BV',
  'Société coopérative à responsabilité limitée des Maraîchers de Wépion',
  'ÖKO',
];
/** Of levels, keys and ages. */
const COMBINATIONS = 24;
const MONTH = 30 * 24 * 60 * 60 * 1000;

export interface Genuine {
  readonly pdf: Buffer;
  readonly trust: SealTrust;
  readonly what: string;
}

/** Makes the genuine document of a number; twenty-four in a row have every combination of level, key and age. */
export function genuineOf(lab: Lab): (number: number) => Promise<Genuine> {
  const former = createAuthority('Former issuing', lab.root);
  const extensions = sealExtensions(lab.addresses);
  const notAfter = new Date(NOW.getTime() + MONTH);
  const make = (key: Kind) => createSigner({ authority: former, key, notAfter, extensions });
  const formerSigners = {
    'p-256': make('p-256'),
    'p-384': make('p-384'),
    'rsa-2048': make('rsa-2048'),
    'rsa-3072': make('rsa-3072'),
  };
  const validationData = {
    ...lab.validationData,
    id: 'former',
    lists: [...lab.lists(), createCrl(former, [], { nextUpdate: YEARS_LATER })],
  };
  const trust = { ...lab.trust, intermediates: [lab.issuing.certificate, former.certificate] };
  return async (number) => {
    const level = LEVELS[number % 3] ?? 'B-B';
    const key = KINDS[Math.floor(number / 3) % 4] ?? 'p-256';
    const isFormer = Math.floor(number / 12) % 2 === 1;
    const language = LANGUAGES[Math.floor(number / 24) % 3] ?? 'nl';
    const signer = (isFormer ? formerSigners : lab.signers)[key];
    const change = { language, ...contentOf(number) };
    const pdf = await lab.seal({ level, signer, change, ...(isFormer && { validationData }) });
    // Without a time-stamp only the register knows when it was issued.
    const at = isFormer && level !== 'B-B' ? YEARS_LATER : NOW;
    return {
      pdf,
      trust: { ...trust, at },
      what: `${change.type.id} ${level} ${key} ${language} ${isFormer ? 'former' : 'current'}`,
    };
  };
}

function contentOf(count: number): Change & Required<Pick<Change, 'type'>> {
  const dice = diceOf(count);
  const pick = (from: readonly string[]) => from[dice(from.length)] ?? '';
  const types = [...catalogue.types.values()];
  // Another one for each combination of level, key and age than the last time.
  const type = types[(count + Math.floor(count / COMBINATIONS)) % types.length] ?? quarantine;
  const number = `${type.numberPrefix}-2026-${String(count).padStart(8, '0')}-17`;
  const names = { familyName: pick(NAMES), givenName: pick(NAMES) };
  if (type === quarantine)
    return {
      ...names,
      type,
      number,
      employer: { name: pick(EMPLOYERS), enterpriseNumber: '0206731645' },
      days: daysFrom('2020-08-01', dice(31) + 1),
    };
  const facts = specimenFacts(type, { isLong: dice(2) === 1, nisCode: '44021' });
  return { type, number, facts: { ...facts, holder: { ...facts.holder, ...names } } };
}
