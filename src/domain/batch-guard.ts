/** What keeps a batch that may be a mistake from running by itself: its size, its errors, and how it compares with the last. */

/** A bound for every agency, and those of some by enterprise number; undefined: none. */
export interface AgencyBound {
  readonly usual: number | undefined;
  readonly own: ReadonlyMap<string, number>;
}

export interface BatchGuards {
  /** From so many rows on somebody else than who sent a batch starts it. */
  readonly secondRows: AgencyBound | undefined;
  /** From so many rows with an error on, in per cent. */
  readonly secondErrors: AgencyBound | undefined;
  /** So many per cent more rows than the last batch of the same agency, or fewer, and it waits to be started. */
  readonly jump: AgencyBound | undefined;
  /** More persons than this whom the last batch of the same agency did not reach, and it waits to be started. */
  readonly unseen?: AgencyBound | undefined;
  /** So many rows are issued before the others, which wait until somebody looked at them. */
  readonly canary?: AgencyBound | undefined;
}

/** How many rows of a batch of an agency are issued before the others, where its submission does not say. */
export function usualCanary(guards: BatchGuards | undefined, organization: string): number | undefined {
  return boundOf(guards?.canary, organization);
}

/** How many persons whom the last batch did not reach a batch of an agency may reach and run by itself; undefined: any. */
export function mostUnseen(guards: BatchGuards, organization: string): number | undefined {
  return boundOf(guards.unseen, organization);
}

interface Size {
  readonly rows: number;
  readonly faulty: number;
}

/** Whether a batch is started by somebody else than who sent it. */
export function needsSecond(
  guards: BatchGuards | undefined,
  organization: string,
  { rows, faulty }: Size,
): boolean {
  const mostRows = boundOf(guards?.secondRows, organization);
  const mostErrors = boundOf(guards?.secondErrors, organization);
  return (
    (mostRows !== undefined && rows >= mostRows) ||
    (mostErrors !== undefined && rows > 0 && (faulty * 100) / rows >= mostErrors)
  );
}

/** Whether a batch differs so much from the last one that somebody looks at it before it runs. */
export function isJump(
  guards: BatchGuards | undefined,
  organization: string,
  rows: number,
  lastRows: number,
): boolean {
  const most = boundOf(guards?.jump, organization);
  if (most === undefined || lastRows === 0) return false;
  return (Math.abs(rows - lastRows) * 100) / lastRows > most;
}

function boundOf(bound: AgencyBound | undefined, organization: string): number | undefined {
  return bound?.own.get(organization) ?? bound?.usual;
}
