/** The rules of entitlement in a `type.yaml`: their form, and what must be right between them and the rest. */
import { z } from 'zod';
import type { CaseKey } from '../domain/case.ts';
import { codesOf, type EntitlementRule, looksAtPerson } from '../domain/entitlement-rule.ts';
import { type Municipality, REGIONS } from '../domain/municipality.ts';
import { END_OF_TIME, type LocalDate, overlaps } from '../domain/period.ts';
import type { StatusList } from '../domain/status.ts';
import type { Fault } from './layout-rules.ts';
import { localDate } from './shapes.ts';

export const statusCode = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'a status code of letters and digits is expected');
export const codeList = z.array(statusCode).default([]);
export const limits = z
  .strictObject({ from: z.int().min(0).exactOptional(), until: z.int().min(0).exactOptional() })
  .refine(({ from = 0, until = from }) => until >= from, 'it ends before it begins');
export const nisCode = z.string().regex(/^\d{5}$/, 'a code of five digits in quotation marks is expected');

/** One rule; what is left out limits nothing. */
export const entitlementRule: z.ZodType<EntitlementRule> = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,29}$/, 'small letters, digits and dashes in quotation marks are expected'),
  from: localDate.exactOptional(),
  until: localDate.exactOptional(),
  all: codeList,
  any: codeList,
  none: codeList,
  sources: z.record(statusCode, z.array(z.string()).min(1)).default({}),
  at: localDate.exactOptional(),
  days: z.int().min(1).default(1),
  age: limits.exactOptional(),
  domicile: z
    .strictObject({
      regions: z.array(z.enum(REGIONS)).default([]),
      municipalities: z.array(nisCode).default([]),
    })
    .refine((one) => one.regions.length + one.municipalities.length > 0, 'it names nothing')
    .exactOptional(),
  household: limits.exactOptional(),
});

/** What a type says of who is entitled. */
interface Entitling {
  readonly caseKeys: readonly CaseKey[];
  readonly rules: readonly EntitlementRule[];
  /** In place of rules: each fact of this status entitles. */
  readonly status?: string;
}

/** Gives the rules of a type; a single status is the shortest of them. */
export function rulesOf({ rules, status }: Omit<Entitling, 'caseKeys'>): readonly EntitlementRule[] {
  if (status === undefined) return rules;
  return [{ id: 'always', all: [], any: [status], none: [], sources: {}, days: 1 }];
}

/** Lists what is wrong with the rules of a type by themselves. */
export function faultsOfRules({ caseKeys, rules, status }: Entitling): readonly Fault[] {
  if ((status === undefined) === (rules.length === 0))
    return [{ key: ['rules'], problem: 'or a status is expected, and not both' }];
  return rules.flatMap((rule, at) =>
    [...faultsAlone(rule, caseKeys), ...faultsBeside(rule, rules.slice(0, at), caseKeys)].map(
      ({ key, problem }) => ({ key: ['rules', at, ...key], problem }),
    ),
  );
}

function faultsAlone(rule: EntitlementRule, caseKeys: readonly CaseKey[]): Fault[] {
  const faults: Fault[] = [];
  const { from, until, at, days, all, any, none } = rule;
  if (all.length + any.length === 0) faults.push({ key: ['any'], problem: 'names no status that entitles' });
  if (from !== undefined && until !== undefined && until < from)
    faults.push({ key: ['until'], problem: 'lies before the first day' });
  if (at !== undefined && ((from !== undefined && at < from) || (until !== undefined && at > until)))
    faults.push({ key: ['at'], problem: 'lies outside of the days of the rule' });
  if (at !== undefined && days > 1) faults.push({ key: ['days'], problem: 'cannot be counted on one day' });
  if (looksAtPerson(rule) && at === undefined)
    faults.push({ key: ['at'], problem: 'is needed: age, domicile and household are those of one day' });
  const isApart = caseKeys.includes('employer') || caseKeys.includes('month');
  if (isApart && (none.length > 0 || all.length > 1 || (all.length === 1 && any.length > 0)))
    faults.push({
      key: [],
      problem: 'looks at several statuses, though the cases are kept apart by employer or month',
    });
  const codes = codesOf(rule);
  for (const code of codes)
    if (codes.indexOf(code) !== codes.lastIndexOf(code))
      return [...faults, { key: [], problem: `names ${code} twice` }];
  return faults;
}

function faultsBeside(
  rule: EntitlementRule,
  others: readonly EntitlementRule[],
  caseKeys: readonly CaseKey[],
): Fault[] {
  if (others.some(({ id }) => id === rule.id)) return [{ key: ['id'], problem: 'is there twice' }];
  const periodOf = ({ from = '0001-01-01' as LocalDate, until = END_OF_TIME }: EntitlementRule) => ({
    startDate: from,
    endDate: until,
  });
  const isAtOnce = (other: EntitlementRule) => overlaps(periodOf(rule), periodOf(other));
  if (caseKeys.includes('rule') || !others.some(isAtOnce)) return [];
  return [
    {
      key: ['from'],
      problem: 'begins before another rule ends, though the cases are not kept apart by rule',
    },
  ];
}

/** Lists what rules name that the reference lists do not have. */
export function faultsOfNames(
  { rules, status }: Pick<Entitling, 'rules' | 'status'>,
  { statuses, sources }: StatusList,
  municipalities: ReadonlyMap<string, Municipality>,
): readonly Fault[] {
  if (status !== undefined)
    return statuses.has(status)
      ? []
      : [{ key: ['status'], problem: 'is no status of reference/statuses.yaml' }];
  return rules.flatMap((rule, at) => {
    const under = (key: readonly PropertyKey[], problem: string): Fault => ({
      key: ['rules', at, ...key],
      problem,
    });
    const ofStatuses = (['all', 'any', 'none'] as const).flatMap((list) =>
      rule[list].flatMap((code, place) =>
        statuses.has(code) ? [] : [under([list, place], 'is no status of reference/statuses.yaml')],
      ),
    );
    const ofSources = Object.entries(rule.sources).flatMap(([code, names]) =>
      names.flatMap((name, place) =>
        sources.has(name) &&
        codesOf(rule).includes(code) &&
        statuses.get(code)?.sources.includes(name) === true
          ? []
          : [under(['sources', code, place], 'is no source of a status that the rule names')],
      ),
    );
    const ofPlaces = (rule.domicile?.municipalities ?? []).flatMap((code, place) =>
      municipalities.has(code)
        ? []
        : [under(['domicile', 'municipalities', place], 'is no municipality of the list')],
    );
    return [...ofStatuses, ...ofSources, ...ofPlaces];
  });
}
