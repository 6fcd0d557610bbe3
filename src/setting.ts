/** What a setting is made of, and how its text is read. */
import { isIP } from 'node:net';
import { type EnterpriseNumber, parseEnterpriseNumber } from './domain/enterprise-number.ts';
import { wrongFailpoint } from './failpoint.ts';

/** How a text is read: gives the value, or says what it should have been. */
export type Reader<T> = (text: string) => T | { readonly expected: string };

export interface Setting<T, Fallback extends T | undefined = T | undefined> {
  /** The environment variable. */
  readonly name: string;
  readonly description: string;
  readonly read: Reader<T>;
  /** Undefined: the setting may stay away. */
  readonly fallback: Fallback;
  /** Shown in `.env.example`. */
  readonly example: string;
  /** A secret may also be given as a file, under the name with `_FILE`. */
  readonly isSecret: boolean;
}

/** Puts one setting together. */
export function setting<T, Fallback extends T | undefined>(
  name: string,
  description: string,
  read: Reader<T>,
  fallback: Fallback,
  example: string,
  isSecret = false,
): Setting<T, Fallback> {
  return { name, description, read, fallback, example, isSecret };
}

/** Any text. */
export const text: Reader<string> = (value) => value;

/** A URL of one of these protocols, such as `https:`; kept letter by letter. */
export const url =
  (...protocols: readonly string[]): Reader<string> =>
  (value) =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol)
      ? value
      : { expected: `a URL that begins with ${protocols.map((one) => `${one}//`).join(' or ')}` };

/** URLs of these protocols, separated by commas. */
export const urls =
  (...protocols: readonly string[]): Reader<readonly string[]> =>
  (value) => {
    const all = value.split(',').map((one) => one.trim());
    return all.every((one) => url(...protocols)(one) === one)
      ? all
      : {
          expected: `URLs that begin with ${protocols.map((one) => `${one}//`).join(' or ')}, separated by commas`,
        };
  };

/** An object identifier in dots, such as `0.4.0.2023.1.1`. */
export const objectIdentifier: Reader<string> = (value) =>
  /^[0-2](\.(0|[1-9]\d{0,8})){1,20}$/.test(value) ? value : { expected: 'an object identifier in dots' };

/** An address on the web that paths are added to; a slash at its end is dropped. */
export const base: Reader<string> = (value) => url('https:', 'http:')(value.replace(/\/$/, ''));

/** Paths of files, separated by commas. */
export const paths: Reader<readonly string[]> = (value) => {
  const all = value.split(',').map((one) => one.trim());
  return all.includes('') ? { expected: 'paths of files separated by commas' } : all;
};

/** Names as protocols have them, without a space, separated by commas. */
export const names: Reader<readonly string[]> = (value) => {
  const all = value.split(',').map((one) => one.trim());
  return all.every((one) => /^[\x21-\x7e]{1,200}$/.test(one))
    ? all
    : { expected: 'names separated by commas' };
};

/** A whole number within limits, both included. */
export const number =
  (least: number, most: number): Reader<number> =>
  (value) =>
    /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most
      ? Number(value)
      : { expected: `a whole number from ${least} to ${most}` };

/** One of these words. */
export const choice =
  <T extends string>(...values: readonly T[]): Reader<T> =>
  (value) =>
    values.find((one) => one === value) ?? { expected: values.join(' or ') };

/** Some of these words, separated by commas; at least one. */
export const choices =
  <T extends string>(...values: readonly T[]): Reader<readonly T[]> =>
  (value) => {
    const named = value.split(',').map((one) => one.trim());
    const known = values.filter((one) => named.includes(one));
    return named.every((one) => values.some((word) => word === one))
      ? known
      : { expected: `one or more of ${values.join(', ')}, separated by commas` };
  };

/** Addresses of machines, or ranges of them (`10.1.0.0/24`), separated by commas. */
export const addressRanges: Reader<readonly string[]> = (value) => {
  const all = value.split(',').map((one) => one.trim());
  return all.every(isAddressRange) ? all : { expected: 'addresses or ranges of them, separated by commas' };
};

function isAddressRange(range: string): boolean {
  const [address = '', bits, ...others] = range.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isPart = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
  return longest > 0 && isPart && others.length === 0;
}

/** A list of failpoints with what they do, `issue.sealed=kill@1`. */
export const failpoints: Reader<string> = (value) =>
  wrongFailpoint(value) === undefined ? value : { expected: 'a list of name=kill|throw|hang[@hit|%percent]' };

/** Enterprise numbers, separated by commas. */
export const enterpriseNumbers: Reader<readonly EnterpriseNumber[]> = (value) => {
  const numbers = value.split(',').map((one) => parseEnterpriseNumber(one.trim()));
  const valid = numbers.filter((one) => one !== undefined);
  return valid.length === numbers.length ? valid : { expected: 'enterprise numbers separated by commas' };
};
