/** The settings of what keeps a batch from running by itself. */
import type { AgencyBound } from './domain/batch-guard.ts';
import { parseEnterpriseNumber } from './domain/enterprise-number.ts';
import { number, type Reader, setting } from './setting.ts';

/** A number for every agency, and numbers of some by enterprise number: `10000,1900045601=500`. */
const byAgency =
  (least: number, most: number): Reader<AgencyBound> =>
  (value) => {
    const expected = `a whole number from ${least} to ${most}, or enterprise numbers with one each, separated by commas`;
    const own = new Map<string, number>();
    let usual: number | undefined;
    for (const part of value.split(',')) {
      const [first = '', second, ...more] = part.trim().split('=');
      const bound = number(least, most)(second ?? first);
      if (typeof bound !== 'number' || more.length > 0) return { expected };
      if (second !== undefined) {
        const organization = parseEnterpriseNumber(first);
        if (organization === undefined) return { expected };
        own.set(organization, bound);
      } else if (usual === undefined) usual = bound;
      else return { expected };
    }
    return { usual, own };
  };

const MOST_ROWS = 5_000_000;

/** They stand among all others in `settings.ts`. */
export const BATCH_SETTINGS = {
  batchSecondRows: setting(
    'BATCH_SECOND_ROWS',
    'From so many rows on, a batch is started by another official or program of the agency than the one that sent it; for some agencies by their enterprise numbers. Empty: by whoever sent it.',
    byAgency(1, MOST_ROWS),
    undefined,
    '100000,1900045601=5000',
  ),
  batchSecondErrors: setting(
    'BATCH_SECOND_ERRORS',
    'The same, from so many rows with an error on, in per cent.',
    byAgency(0, 100),
    undefined,
    '10',
  ),
  batchJump: setting(
    'BATCH_JUMP',
    'A batch with so many per cent more rows than the last one of its agency, or fewer, waits to be started. Empty: none does.',
    byAgency(0, 100_000),
    undefined,
    '50',
  ),
  batchUnseen: setting(
    'BATCH_UNSEEN',
    'A batch that would reach more persons than this whom the last one of its agency did not reach waits to be started. Empty: none does.',
    byAgency(0, MOST_ROWS),
    undefined,
    '10000',
  ),
  batchCanary: setting(
    'BATCH_CANARY',
    'So many rows of a batch are issued first; the others wait until somebody looked at them and lets the batch go on. For some agencies by their enterprise numbers. A batch may say otherwise itself. Empty: none are.',
    byAgency(1, MOST_ROWS),
    undefined,
    '20,1900045601=50',
  ),
} as const;
