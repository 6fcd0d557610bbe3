/** A case: the person, the attestation type and the keys that together get one attestation at a time. */
import { monthOf } from './period.ts';
import type { Status } from './status.ts';

/** What may split the facts of one person into cases, as `type.yaml` names it. */
export const CASE_KEYS = ['employer', 'month', 'rule'] as const;
export type CaseKey = (typeof CASE_KEYS)[number];

export interface Case {
  readonly type: string;
  readonly personId: string;
  readonly keys: Readonly<Partial<Record<CaseKey, string>>>;
}

/**
 * Finds the case that a fact belongs to. A fact of several months belongs to the one it starts in; of types that are kept
 * apart by rule it belongs to one case for each rule that looks at it.
 */
export function caseOf(type: string, caseKeys: readonly CaseKey[], status: Status, rule = ''): Case {
  const keys: Partial<Record<CaseKey, string>> = {};
  for (const key of caseKeys) {
    switch (key) {
      case 'employer':
        keys.employer = status.employerId ?? '';
        break;
      case 'month':
        keys.month = monthOf(status.period.startDate);
        break;
      case 'rule':
        keys.rule = rule;
        break;
    }
  }
  return { type, personId: status.personId, keys };
}

/** Writes a case as one text, the same for the same case: what is locked, deduplicated and counted. */
export function caseIdOf({ type, personId, keys }: Case): string {
  return [
    type,
    personId,
    ...CASE_KEYS.filter((key) => key in keys).map((key) => `${key}=${keys[key] ?? ''}`),
  ].join('/');
}

/** Reads what `caseIdOf` wrote; undefined for any other text. */
export function parseCaseId(text: string): Case | undefined {
  const [type, personId, ...rest] = text.split('/');
  if (!type || !personId) return undefined;
  const keys: Partial<Record<CaseKey, string>> = {};
  for (const part of rest) {
    const key = CASE_KEYS.find((known) => part.startsWith(`${known}=`));
    if (key === undefined) return undefined;
    keys[key] = part.slice(key.length + 1);
  }
  const read = { type, personId, keys };
  // Only one text names a case: it is what is locked and deduplicated.
  return caseIdOf(read) === text ? read : undefined;
}
