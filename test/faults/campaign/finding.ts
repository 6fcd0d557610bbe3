/** What a check found wrong, under the rule it breaks. */
export interface Finding {
  readonly rule: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly string[];
}

const EXAMPLES = 3;

/** A finding for what is wrong; none where nothing is. */
export function findingOf(rule: string, wrong: readonly string[]): Finding[] {
  return wrong.length === 0 ? [] : [{ rule, count: wrong.length, examples: wrong.slice(0, EXAMPLES) }];
}
