/** What an official may do at the desk beside sending batches, as their login says it: by the names that scopes have. */

export const DESK_RIGHTS = [
  'register:query',
  'statistics:read',
  'flows:run',
  'events:subscribe',
  'access:manage',
  'operations:manage',
] as const;
export type DeskRight = (typeof DESK_RIGHTS)[number];

/** Reads the claim of a login: a list of names, or names with spaces between. Names that are none of ours are left out. */
export function readDeskRights(claim: unknown): readonly DeskRight[] {
  const names: readonly unknown[] = typeof claim === 'string' ? claim.split(/\s+/) : asList(claim);
  return DESK_RIGHTS.filter((right) => names.includes(right));
}

function asList(claim: unknown): readonly unknown[] {
  return Array.isArray(claim) ? claim : [];
}
