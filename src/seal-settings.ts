/** The settings of the seal's level: what they mean, and how they go together. */
import type { SealLevel } from './domain/verification.ts';
import { choice, objectIdentifier, type Setting, setting, text, urls } from './setting.ts';

/** How much the seals prove by themselves, and with whose help. */
export interface LevelConfig {
  readonly sealLevel: SealLevel;
  readonly batchSealLevel: SealLevel;
  readonly whenLevelAway: 'wait' | 'issueBB';
  /** Whose time-stamps seals get; none where no level asks for one. */
  readonly timeStamps:
    | { readonly kind: 'embedded' | 'none' }
    | {
        readonly kind: 'given';
        readonly urls: readonly string[];
        readonly trustFile: string;
        readonly policy: string | undefined;
      };
}

/** Where time-stamps come from, and the certificates of those who may give them, PEM. */
export interface TimeStampAddress {
  readonly urls: readonly string[];
  readonly policy: string | undefined;
  readonly trustPem: string;
}

/** The settings, in the order in which `.env.example` shows them. */
export const SEAL_SETTINGS = {
  embeddedSealKey: setting(
    'EMBEDDED_SEAL_KEY',
    'The kind of key that the embedded development PKI makes for the seal.',
    choice('p-256', 'p-384', 'rsa-2048', 'rsa-3072'),
    'p-256',
    'p-256',
  ),
  sealLevel: setting(
    'SEAL_LEVEL',
    'The PAdES level of single attestations: B-B, B-T (with a time-stamp) or B-LT (with revocation data too). Nothing is issued below it.',
    choice('B-B', 'B-T', 'B-LT'),
    'B-T',
    'B-LT',
  ),
  batchSealLevel: setting(
    'BATCH_SEAL_LEVEL',
    'The same for attestations of batches.',
    choice('B-B', 'B-T', 'B-LT'),
    'B-B',
    'B-T',
  ),
  whenLevelAway: setting(
    'SEAL_WHEN_TSA_AWAY',
    'What happens while the level cannot be reached: wait (attestations are issued once it can be) or issueBB.',
    choice('wait', 'issueBB'),
    'wait',
    'wait',
  ),
  tsaUrls: setting(
    'TSA_URLS',
    'Time-stamping authorities (RFC 3161), tried in this order. Default: that of the embedded development PKI, with its seal.',
    urls('https:', 'http:'),
    undefined,
    'https://tsa.example.be/rfc3161,https://tsa2.example.be',
  ),
  tsaTrustFile: setting(
    'TSA_TRUST_FILE',
    'The roots of these authorities, and of former ones, PEM.',
    text,
    undefined,
    '/etc/citizen-ebox/tsa-roots.crt',
  ),
  tsaPolicy: setting(
    'TSA_POLICY',
    'The policy that time-stamps must name, an object identifier. Default: any.',
    objectIdentifier,
    undefined,
    '0.4.0.2023.1.1',
  ),
} as const;

type Values = {
  readonly [Name in keyof typeof SEAL_SETTINGS]: (typeof SEAL_SETTINGS)[Name] extends Setting<
    infer T,
    infer Fallback
  >
    ? T | (undefined extends Fallback ? undefined : never)
    : never;
};

/**
 * Puts the values together, and adds to `faults` what is missing. With the embedded seal comes the embedded authority; a
 * seal of the institution's own wants one of its own, or no level that needs one.
 */
export function readLevels(values: Values, isEmbedded: boolean, faults: string[]): LevelConfig {
  const { sealLevel, batchSealLevel, whenLevelAway } = values;
  return { sealLevel, batchSealLevel, whenLevelAway, timeStamps: readTimeStamps(values, isEmbedded, faults) };
}

function readTimeStamps(values: Values, isEmbedded: boolean, faults: string[]): LevelConfig['timeStamps'] {
  const { tsaUrls, tsaTrustFile: trustFile, tsaPolicy: policy } = values;
  if (tsaUrls !== undefined && trustFile !== undefined)
    return { kind: 'given', urls: tsaUrls, trustFile, policy };
  const levels = { SEAL_LEVEL: values.sealLevel, BATCH_SEAL_LEVEL: values.batchSealLevel };
  const [wanting] = Object.entries(levels).filter(([, level]) => level !== 'B-B');
  if (tsaUrls !== undefined) faults.push('TSA_TRUST_FILE is missing; TSA_URLS needs it.');
  else if (trustFile !== undefined) faults.push('TSA_URLS is missing; TSA_TRUST_FILE belongs to it.');
  else if (!isEmbedded && wanting !== undefined)
    faults.push(`TSA_URLS is missing; ${wanting.join(' ')} needs it, unless it is set to B-B.`);
  return { kind: isEmbedded ? 'embedded' : 'none' };
}
