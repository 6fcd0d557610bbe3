/** Genuine documents of every type, language, level and key, some under keys and authorities of former years. */
import { sealExtensions } from '../../src/embedded/pki/profiles.ts';
import type { SealTrust } from '../../src/verify/seal.ts';
import { type Change, catalogue, daysFrom } from '../render/samples.ts';
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
const MONTH = 30 * 24 * 60 * 60 * 1000;

export interface Genuine {
  readonly pdf: Buffer;
  readonly trust: SealTrust;
  readonly what: string;
}

/** Makes the genuine document of a number; twenty-four in a row have every combination of level, key and age. */
export function genuineOf(lab: Lab): (number: number) => Promise<Genuine> {
  const types = [...catalogue.types.keys()];
  // The facts of a further type have to be made up here too.
  if (types.join() !== 'quarantine') throw new Error(`no facts for the types ${types.join(', ')}`);
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
      what: `${level} ${key} ${language} ${isFormer ? 'former' : 'current'}`,
    };
  };
}

function contentOf(number: number): Change {
  const dice = diceOf(number);
  const pick = (from: readonly string[]) => from[dice(from.length)] ?? '';
  return {
    familyName: pick(NAMES),
    givenName: pick(NAMES),
    employer: { name: pick(EMPLOYERS), enterpriseNumber: '0206731645' },
    days: daysFrom('2020-08-01', dice(31) + 1),
    number: `QUA-2026-${String(number).padStart(8, '0')}-17`,
  };
}
