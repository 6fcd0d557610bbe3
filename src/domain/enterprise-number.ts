/** Identifiers of enterprises and employers, each with its check digits. */

/** Ten digits of the Crossroads Bank for Enterprises, the first 0 or 1. */
export type EnterpriseNumber = string & { readonly __enterpriseNumber: never };

/** A definitive (zone 00011) or provisional (zone 00948) NSSO number, without leading zeros. */
export type NssoNumber = string & { readonly __nssoNumber: never };

/** Reads nine or ten digits (a lost leading zero is put back); undefined when the check digits are wrong. */
export function parseEnterpriseNumber(text: string): EnterpriseNumber | undefined {
  if (!/^\d{9,10}$/.test(text)) return undefined;
  const padded = text.padStart(10, '0');
  if (!/^[01]/.test(padded)) return undefined;
  return hasCbeCheck(padded) ? (padded as EnterpriseNumber) : undefined;
}

/** Tells whether ten digits are an establishment unit number (first digit 2 to 8). */
export function isEstablishmentUnitNumber(text: string): boolean {
  return /^[2-8]\d{9}$/.test(text) && hasCbeCheck(text);
}

/** Writes an enterprise number as people know it, `0206.731.645`. */
export function formatEnterpriseNumber(number: EnterpriseNumber): string {
  return `${number.slice(0, 4)}.${number.slice(4, 7)}.${number.slice(7)}`;
}

/** Reads a definitive NSSO number in [100006;199999934] (zone 00011). */
export function parseNssoNumber(text: string): NssoNumber | undefined {
  return parseInRange(text, 100_006, 199_999_934);
}

/** Reads a provisional NSSO number in [5000000120;5999999989] (zone 00948). */
export function parseProvisionalNssoNumber(text: string): NssoNumber | undefined {
  return parseInRange(text, 5_000_000_120, 5_999_999_989);
}

function parseInRange(text: string, least: number, most: number): NssoNumber | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  if (value < least || value > most || !hasNssoCheck(value)) return undefined;
  return String(value) as NssoNumber;
}

/** Last two digits = 97 − (the first eight mod 97). */
function hasCbeCheck(tenDigits: string): boolean {
  return 97 - (Number(tenDigits.slice(0, 8)) % 97) === Number(tenDigits.slice(8));
}

/** Last two digits = 96 − (the rest times 100, mod 97), where 0 is written 97. */
function hasNssoCheck(value: number): boolean {
  const radix = Math.floor(value / 100);
  const check = 96 - ((radix * 100) % 97);
  return (check === 0 ? 97 : check) === value % 100;
}
