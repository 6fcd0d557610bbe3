/** How a message reaches a person: by the eBox, and on paper where the eBox is not in use. */

/** What a person does with their eBox, as authentic sources report it. */
export type EboxUse =
  /** Chose the eBox and nothing on paper. */
  | 'exclusive'
  /** Accepted its conditions: what lies there was delivered. */
  | 'active'
  /** Never opened it: the registry publishes all the same, and says `NO_DIGITAL_USER`. */
  | 'unused';

/** Why a message is printed. */
export type PrintReason =
  | 'unused'
  | 'noDigitalUser'
  /** The person asked for a copy. */
  | 'asked';

/** Gives what somebody does with their eBox; whoever wants nothing on paper uses it, whatever else is known. */
export function eboxUseOf(person: {
  readonly hasEbox: boolean;
  readonly isExclusivelyElectronic: boolean;
}): EboxUse {
  if (person.isExclusivelyElectronic) return 'exclusive';
  return person.hasEbox ? 'active' : 'unused';
}

/**
 * Gives why a message has to be printed, undefined when it has not. Another registry knows better than we do whether
 * somebody ever opened an eBox there: what it says counts, whatever we were told.
 */
export function printReasonOf(
  use: EboxUse,
  isDigitalUser: boolean | undefined,
): Exclude<PrintReason, 'asked'> | undefined {
  if (isDigitalUser === false) return 'noDigitalUser';
  return isDigitalUser === undefined && use === 'unused' ? 'unused' : undefined;
}
