/** What a run works with: the flow, what its receiver chose of it, and the day it is. */
import { codesOf, type EntitlementRule } from './entitlement-rule.ts';
import type {
  Flow,
  FlowChoices,
  FlowFormat,
  FlowIssue,
  Places,
  PlannedFile,
  PlannedRule,
  RunPlan,
  WrittenFormat,
} from './flow.ts';
import { type DayRange, daysOf } from './flow-period.ts';
import { type Municipality, municipalityOn } from './municipality.ts';
import type { LocalDate } from './period.ts';

/** What plans are made from. */
export interface PlanView {
  readonly municipalities: ReadonlyMap<string, Municipality>;
  /** The rules of the attestation type that the flow names. */
  readonly typeRules: readonly EntitlementRule[];
  readonly today: LocalDate;
}

/** Lists the statuses that a flow looks at, by itself or by the rules of its attestation type. */
export function codesOfFlow(
  { select }: Pick<Flow, 'select'>,
  typeRules: readonly EntitlementRule[],
): readonly string[] {
  return select.type === undefined
    ? [...select.all, ...select.any, ...select.none]
    : typeRules.flatMap(codesOf);
}

/** Lists what of the choices the flow does not let its receiver choose. */
export function faultsOfChoices(flow: Flow, choices: FlowChoices): readonly FlowIssue[] {
  const { period, statuses, places, age, attributes, columns } = choices;
  const chosen = Object.entries({ period, statuses, places, age, attributes, columns });
  const closed = chosen
    .filter(([name, value]) => value !== undefined && !flow.choose.some((one) => one === name))
    .map(([name]) => ({ name, detail: 'cannot be chosen in this flow' }));
  const known = [...flow.select.any, ...flow.select.all];
  const headings = new Set(flow.columns.map(({ heading }) => heading));
  return [
    ...closed,
    ...beyond('statuses', statuses, (code) => known.includes(code), 'is no status of this flow'),
    ...beyond('columns', columns, (one) => headings.has(one), 'is no column of this flow'),
    ...beyond(
      'attributes',
      Object.keys(attributes ?? {}),
      (name) =>
        name in flow.select.attributes || flow.columns.some(({ field }) => field === `attributes.${name}`),
      'is not looked at in this flow',
    ),
    ...(columns !== undefined && new Set(columns).size < columns.length
      ? [{ name: 'columns', detail: 'names one twice' }]
      : []),
  ];
}

function beyond(
  name: string,
  values: readonly string[] | undefined,
  isKnown: (value: string) => boolean,
  detail: string,
): FlowIssue[] {
  return (values ?? []).flatMap((value, at) => (isKnown(value) ? [] : [{ name: `${name}[${at}]`, detail }]));
}

/** Fixes everything that a run works with. */
export function planRun(
  flow: Flow,
  choices: FlowChoices,
  extent: 'whole' | 'differences',
  view: PlanView,
): RunPlan {
  const { select } = flow;
  const window = daysOf(choices.period ?? select.period, view.today);
  const chosen = choices.statuses;
  const any = chosen === undefined ? select.any : select.any.filter((code) => chosen.includes(code));
  const own: EntitlementRule = {
    ...select,
    id: flow.id,
    any,
    ...window,
    ...(window.from === window.until && { at: window.from }),
    ...((choices.age ?? select.age) ? { age: choices.age ?? select.age ?? {} } : {}),
  };
  const { type } = select;
  const ofType = view.typeRules.filter(({ id }) => type?.rule === undefined || type.rule === id);
  const base = type === undefined ? [own] : ofType;
  const places = placesOf(choices.places ?? select.places, view);
  const rules = base
    .filter(({ at }) => at === undefined || at <= view.today)
    .map(
      (rule): PlannedRule =>
        plan(rule, type === undefined ? undefined : rule.domicile, places, {
          last: type === undefined ? window.until : view.today,
          view,
        }),
    );
  const codes = [...new Set(base.flatMap(codesOf))];
  return {
    flow: flow.id,
    row: flow.row,
    legalContext: flow.legalContext,
    rules,
    statuses: [...new Set(base.flatMap(({ all, any: some }) => [...all, ...some]))],
    codes,
    window: type === undefined ? window : spanOf(base, window),
    attributes: { ...select.attributes, ...choices.attributes },
    enterprise: select.enterprise,
    ...(type && { type }),
    format: formatOf(flow, choices),
    fewest: flow.fewest,
    tellsChanges: flow.differences,
    differences: extent === 'differences',
  };
}

function formatOf(flow: Flow, { columns, format, separator }: FlowChoices): FlowFormat {
  const named = columns?.flatMap((heading) => flow.columns.filter((one) => one.heading === heading));
  return {
    kind: format ?? flow.format.kind,
    separator: separator ?? flow.format.separator,
    columns: named ?? flow.columns,
  };
}

/** What stands before a row that says what became of it. */
const CHANGE = { heading: 'change', width: 8 };

/** Gives the form with the column of changes where there is one. */
export function writtenFormatOf({ format, tellsChanges }: RunPlan): WrittenFormat {
  return tellsChanges ? { ...format, columns: [CHANGE, ...format.columns] } : format;
}

/** Age, domicile and household count on the day that the rule names, else on the last of its days that is not to come. */
function plan(
  rule: EntitlementRule,
  domicile: EntitlementRule['domicile'],
  places: readonly string[] | undefined,
  { last, view }: { readonly last: LocalDate; readonly view: PlanView },
): PlannedRule {
  const { domicile: _domicile, ...rest } = rule;
  const until = rule.until ?? last;
  const on = rule.at ?? (until < view.today ? until : view.today);
  const ofRule = domicile && codesIn(view.municipalities, domicile, on);
  const both = ofRule && places ? ofRule.filter((code) => places.includes(code)) : (ofRule ?? places);
  return { ...rest, on, ...(both && { places: both }) };
}

function spanOf(rules: readonly EntitlementRule[], window: DayRange): DayRange {
  const from = rules.map((rule) => rule.at ?? rule.from ?? window.from).sort()[0];
  const until = rules
    .map((rule) => rule.at ?? rule.until ?? window.until)
    .sort()
    .at(-1);
  return { from: from ?? window.from, until: until ?? window.until };
}

function placesOf(
  places: Places | undefined,
  { municipalities, today }: PlanView,
): readonly string[] | undefined {
  return places && codesIn(municipalities, places, today);
}

/** Lists the codes, also of municipalities that were merged, that stand for these places on a day. */
export function codesIn(
  municipalities: ReadonlyMap<string, Municipality>,
  {
    regions,
    municipalities: named,
  }: { readonly regions: readonly string[]; readonly municipalities: readonly string[] },
  day: LocalDate,
): readonly string[] {
  return [...municipalities.keys()].filter((code) => {
    const now = municipalityOn(municipalities, code, day);
    return now !== undefined && (named.includes(now.nisCode) || regions.includes(now.region));
  });
}

/** Lists the files of a run; whoever has no known domicile is in none of a flow that is split. */
export function planFiles(
  { split }: Pick<Flow, 'split'>,
  { rules }: Pick<RunPlan, 'rules'>,
  { municipalities, today }: Pick<PlanView, 'municipalities' | 'today'>,
): readonly PlannedFile[] {
  if (split === undefined) return [{}];
  const meant = rules.every(({ places }) => places !== undefined)
    ? new Set(rules.flatMap(({ places }) => places ?? []))
    : undefined;
  const files = new Map<string, string[]>();
  for (const code of municipalities.keys()) {
    const now = municipalityOn(municipalities, code, today);
    if (now === undefined || (meant !== undefined && !meant.has(code))) continue;
    const part = split === 'region' ? now.region : now.nisCode;
    files.set(part, [...(files.get(part) ?? []), code]);
  }
  return [...files]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([part, places]) => ({ part, places }));
}
