/** Reads the settings out of an environment: from their variables, or from the files that hold secrets. */
import { readFileSync } from 'node:fs';
import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

/** Variables and their texts. */
export type Environment = Readonly<Record<string, string | undefined>>;
/** What each setting was read as. */
export type Values = {
  readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name] extends Setting<infer T, infer Fallback>
    ? T | (undefined extends Fallback ? undefined : never)
    : never;
};

/** Reads every setting; what is wrong is added to `faults`, one sentence each. */
export function readValues(environment: Environment, faults: string[]): Values {
  const read = Object.entries(SETTINGS).map(([key, setting]) => [
    key,
    readSetting(setting as Setting<unknown>, environment, faults),
  ]);
  // Each entry was read by the reader of its own setting.
  return Object.fromEntries(read) as Values;
}

/** Stands for a setting that is there but wrong: it was named already, and is not missing as well. */
const WRONG = '';

function readSetting(setting: Setting<unknown>, environment: Environment, faults: string[]): unknown {
  const given = readText(setting, environment, faults);
  if (given === undefined || given === WRONG) return given ?? setting.fallback;
  const value = setting.read(given);
  if (typeof value === 'object' && value !== null && 'expected' in value) {
    faults.push(`${setting.name} must be ${String(value.expected)}.`);
    return setting.fallback ?? WRONG;
  }
  return value;
}

/** Gives the text of a setting, from its variable or from the file that holds a secret; an empty one is not given. */
function readText(
  { name, isSecret }: Setting<unknown>,
  environment: Environment,
  faults: string[],
): string | undefined {
  const given = environment[name] || undefined;
  const path = (isSecret && environment[`${name}_FILE`]) || undefined;
  if (path === undefined) return given;
  if (given !== undefined) {
    faults.push(`${name} and ${name}_FILE are both given; set one of them.`);
    return WRONG;
  }
  const secret = readSecret(path);
  if (secret === undefined || secret === '')
    faults.push(`${name}_FILE names ${path}, which ${secret === '' ? 'is empty' : 'cannot be read'}.`);
  return secret ?? WRONG;
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
