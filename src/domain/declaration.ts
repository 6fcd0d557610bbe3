/** A Dimona declaration as its declarant wrote it, the period it makes or changes, and the answer it gets. */
import type { AnomalyCode } from './anomaly.ts';
import type { LocalDate } from './period.ts';

export const ACTIONS = ['in', 'out', 'update', 'cancel'] as const;
/** What the declarant asks: open a period, end it, change it, take it back. */
export type Action = (typeof ACTIONS)[number];

/**
 * A accepted, W accepted with a warning, B refused, S waiting.
 * S means here: the SSIN is not yet in our register; the declaration is judged when the person is loaded.
 */
export type Result = 'A' | 'W' | 'B' | 'S';

/** The worker types of the 2022/3 message (zone 00655). */
export const WORKER_TYPES = [
  'A17',
  'BCW',
  'DWD',
  'EXT',
  'FLX',
  'IVT',
  'O17',
  'PMP',
  'QUA',
  'RTA',
  'S17',
  'STU',
  'T17',
  'TEA',
  'TRI',
  'STG',
  'OTH',
] as const;

/** The joint committees of the message (zone 00046); `XXX` stands for every other sector. */
export const JOINT_COMMITTEES = ['124', '140', '144', '145', '149', '302', '320', '322', 'XXX'] as const;

/** The joint committee of temporary work agencies: the worker is lent to a using employer. */
export const AGENCY_COMMITTEE = '322';

/** How the declarant names the employer; each number as received, unchecked. */
export interface EmployerIdentification {
  readonly nssoNumber?: string;
  readonly provisionalNssoNumber?: string;
  readonly enterpriseNumber?: string;
}

export interface Address {
  readonly street?: string;
  readonly houseNumber?: string;
  readonly postBox?: string;
  readonly postCode?: string;
  readonly city?: string;
  readonly country?: string;
}

/** How the declarant names the worker; as received, unchecked. */
export interface DeclaredWorker {
  readonly ssin?: string;
  readonly familyName?: string;
  readonly givenName?: string;
  readonly initial?: string;
  readonly birthDate?: string;
  readonly birthPlace?: string;
  readonly birthCountry?: string;
  readonly sex?: string;
  readonly address?: Address;
  readonly nationality?: string;
}

/** The enterprise a temporary worker is lent to (block 90107). */
export interface UsingEmployer {
  readonly jointCommittee?: string;
  readonly name?: string;
  readonly enterpriseNumber?: string;
  readonly address?: Address;
}

/** The characteristics of an IN (block 90374). */
export interface Features {
  readonly jointCommittee?: string;
  readonly workerType?: string;
  readonly subEntity?: string;
  readonly usingEmployer?: UsingEmployer;
}

/** Blocks that belong to other worker types than QUA; only their presence is kept (90375, 90376, 90594). */
export type OtherBlock = 'controlCards' | 'studentPlaceOfWork' | 'smallStatutes';

/** One declaration; every zone as received, so that all its anomalies can be told at once. */
export interface Declaration {
  /** Missing when the form names none, several or one that this service does not take: `formAnomalies` says which. */
  readonly action?: Action;
  /** When the declarant made it: form creation (XML), receipt (JSON). Orders changes of one period. */
  readonly declaredAt: Date;
  /** The Brussels day of `declaredAt`, on which lateness is judged. */
  readonly declaredOn: LocalDate;
  /** The Brussels day on which the service got it. */
  readonly receivedOn: LocalDate;
  readonly employer?: EmployerIdentification;
  readonly worker?: DeclaredWorker;
  readonly periodId?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  /** `HHmm` */
  readonly startHour?: string;
  /** `HHmm` */
  readonly endHour?: string;
  readonly plannedHours?: string;
  readonly plannedDays?: string;
  readonly features?: Features;
  readonly otherBlocks?: readonly OtherBlock[];
  /** Anomalies that the wire form itself has, found while it was read. */
  readonly formAnomalies: readonly Anomaly[];
}

export interface Anomaly {
  readonly code: AnomalyCode;
}

/** The period that an accepted IN opens: one employment of a worker with an employer. */
export interface DimonaPeriod {
  readonly periodId: string;
  readonly personId?: string;
  readonly employerId: string;
  readonly workerType: string;
  readonly jointCommittee?: string;
  readonly usingEmployer?: UsingEmployer;
  readonly startDate: LocalDate;
  readonly endDate?: LocalDate;
  readonly startHour?: string;
  readonly endHour?: string;
  readonly isCancelled: boolean;
  /** `declaredAt` of the last declaration that made or changed it. */
  readonly changedAt: Date;
}

/** The days of a period, as a declaration left them. */
export type PeriodDays = Pick<DimonaPeriod, 'startDate' | 'endDate' | 'startHour' | 'endHour'>;

/** What an accepted declaration did to a period: an IN has no `before`, a CANCEL no `after`. */
export interface PeriodImpact {
  readonly features: Pick<DimonaPeriod, 'workerType' | 'jointCommittee' | 'usingEmployer'>;
  readonly before?: PeriodDays;
  readonly after?: PeriodDays;
}

/** Makes a DimonaPeriodId of twelve digits: ten of the number, then number mod 97, where 0 is written 97. */
export function periodIdOf(number: bigint): string {
  const check = number % 97n;
  return `${String(number).padStart(10, '0')}${String(check === 0n ? 97n : check).padStart(2, '0')}`;
}

/** Tells whether twelve digits carry the check number of a DimonaPeriodId (zone 00913). */
export function isPeriodId(text: string): boolean {
  return /^\d{12}$/.test(text) && periodIdOf(BigInt(text.slice(0, 10))) === text;
}
