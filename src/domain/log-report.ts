/** What checking an evidence log found: nothing, or where it is not as it was sealed. */

export const LOG_FAULTS = [
  /** A leaf or its record is another one than was sealed. */
  'edited',
  'deleted',
  'inserted',
  'moved',
  /** The end is missing. */
  'truncated',
  /** Leaves and their hashes were both changed between two heads: no more can be told than between which leaves. */
  'rewritten',
  /** The exported hashes were changed; the leaves stand. */
  'hashesAltered',
  'headMissing',
  'headAltered',
  'timeStampAltered',
  /** An object that does not belong into an export. */
  'foreignObject',
] as const;

/** One place that is not as it was sealed. */
export interface LogFinding {
  readonly fault: (typeof LOG_FAULTS)[number];
  /** The leaf, counted from 0; of a head its number; missing where neither can be told. */
  readonly position?: number;
  /** How many leaves from there on; 1 when missing. */
  readonly count?: number;
  /** In a sentence. */
  readonly detail: string;
}

/** How many heads have a time-stamp, and how many of these were found right; nothing was where they were not checked. */
export interface StampCounts {
  readonly found: number;
  /** By an authority that is relied on, whose certificate is still valid. */
  readonly valid: number;
  /** Right when it was given; its certificate has ended since. */
  readonly ended: number;
}

export interface LogReport {
  readonly isWhole: boolean;
  readonly logId: string | undefined;
  readonly heads: number;
  /** Leaves that a head covers. */
  readonly sealedLeaves: number;
  /** Leaves after the last head: exported already, and not sealed yet. */
  readonly unsealedLeaves: number;
  readonly timeStamps: StampCounts;
  readonly lastHead: { readonly number: number; readonly time: Date; readonly root: string } | undefined;
  /** In the order of the log. */
  readonly findings: readonly LogFinding[];
}
