/** Properties of records that are not text, in forms that only have text. */

const TRUTH = new Set(['hasEbox', 'isExclusivelyElectronic', 'withdrawn']);
const LISTS = new Set(['replaces', 'establishmentUnits', 'jointCommittees']);

/** Tells whether a property is `true` or `false`. */
export function isTruth(name: string): boolean {
  return TRUTH.has(name);
}

/** Tells whether a property has several values. */
export function isList(name: string): boolean {
  return LISTS.has(name);
}
