/** What a campaign is asked for, and what it tells. */
import { FAILPOINTS, type Failpoint } from '../../../src/failpoint.ts';
import type { Finding } from './finding.ts';

export interface CampaignWish {
  readonly seconds: number;
  readonly seed: number;
  /** How long the work may take to come to its end once nothing strikes any more. */
  readonly drainSeconds: number;
  readonly apis?: number;
  readonly workers?: number;
  /** What processes of the service, and that of the store, are started with; default: as they are here. */
  readonly program?: readonly string[];
  readonly storeProgram?: readonly string[];
  /** Done to the database once its schema stands. */
  readonly statements?: readonly string[];
  readonly say?: (line: string) => void;
}

export interface CampaignReport {
  readonly seed: number;
  readonly seconds: number;
  readonly runtime: string;
  readonly workerKills: number;
  readonly apiKills: number;
  readonly databaseKills: number;
  readonly networkFaults: number;
  readonly pauses: number;
  readonly skewedClocks: number;
  readonly fullDisks: number;
  readonly declarations: number;
  readonly duplicates: number;
  readonly disordered: number;
  readonly cancelled: number;
  /** Cases whose only day was cancelled once their attestation was issued. */
  readonly takenBack: number;
  readonly batches: number;
  readonly recalls: number;
  readonly letters: number;
  readonly readings: number;
  readonly attestations: number;
  /** Mails that came twice where nobody could know whether the first had arrived. */
  readonly repeatedMails: number;
  readonly violations: number;
  readonly findings: readonly Finding[];
  readonly drainedSeconds: number | undefined;
  /** How long work of a dead worker waited at most, beside its lease. */
  readonly longestTakeUpSeconds: number;
  readonly byFailpoint: Readonly<Record<string, number>>;
  readonly notRun: readonly string[];
}

/** Struck elsewhere: the examining process speaks to nobody, flows have a campaign of their own, and the one recall is one chunk. */
export const STRUCK_ELSEWHERE: Readonly<Partial<Record<Failpoint, string>>> = {
  'verify.begun': 'test/workflows/verifiers.test.ts',
  'flow.stored': 'test/http/flows.test.ts',
  'flow.closed': 'test/http/flows.test.ts',
  'recall.chunk': 'test/faults/batch.test.ts',
};

/** Failpoints that nothing struck. */
export function unstruck({ byFailpoint }: Pick<CampaignReport, 'byFailpoint'>): Failpoint[] {
  return FAILPOINTS.filter((name) => STRUCK_ELSEWHERE[name] === undefined && byFailpoint[name] === 0);
}
