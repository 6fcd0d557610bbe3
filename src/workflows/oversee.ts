/** What an operator sees at a glance: the queue, evidence, the seal, and the parts that the service depends on. */
import { type SealStanding, standingsOf } from '../keys/seal-keys.ts';
import { type Gauges, readGauges } from './gauges.ts';
import type { SealProbe } from './seal-level.ts';
import type { Services } from './services.ts';

export type { SealProbe };

type OverseeServices = Pick<
  Services,
  'database' | 'archive' | 'sealKeys' | 'sealing' | 'verifiers' | 'registry' | 'clock'
>;

export interface OverseenKey {
  readonly name: string;
  readonly standing: SealStanding;
  readonly startsAt: Date;
  readonly notAfter: Date;
  /** Whole days until it expires; negative once it has. */
  readonly daysLeft: number;
}

export interface Overview {
  readonly gauges: Gauges;
  /** The one that seals first. */
  readonly keys: readonly OverseenKey[];
  readonly levels: Services['sealing']['levels'];
  /** Since when the level of seals is out of reach. */
  readonly awaySince: Date | undefined;
  readonly isArchiveUp: boolean;
  readonly verifiers: Services['verifiers']['standing'];
  /** Messages lie in another registry. */
  readonly usesRegistry: boolean;
}

const DAY_MS = 86_400_000;
const ORDER: readonly SealStanding[] = ['current', 'next', 'former'];

/** Reads all of it; an archive that is away is told, a database that is throws `databaseUnavailable`. */
export async function oversee(services: OverseeServices): Promise<Overview> {
  const { archive, sealing, verifiers, registry } = services;
  const [gauges, isArchiveUp] = await Promise.all([readGauges(services), archive.isUp()]);
  return {
    gauges,
    keys: keysOf(services),
    levels: sealing.levels,
    awaySince: sealing.awaySince(),
    isArchiveUp,
    verifiers: verifiers.standing,
    usesRegistry: registry !== undefined,
  };
}

function keysOf({ sealKeys, clock }: Pick<Services, 'sealKeys' | 'clock'>): readonly OverseenKey[] {
  const now = clock();
  const standings = standingsOf(sealKeys.all, now, ({ signer }) => signer !== undefined);
  return [...standings]
    .map(([{ name, startsAt, notAfter }, standing]) => ({
      name,
      standing,
      startsAt,
      notAfter,
      daysLeft: Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS),
    }))
    .sort((one, other) => ORDER.indexOf(one.standing) - ORDER.indexOf(other.standing));
}
