/** What must be right between the facts of a type and the blocks of its page. */
import { DAY_ATTRIBUTES, DAY_FORMATS, type Fact, factsOf, type TypeFacts } from '../domain/fact.ts';
import type { FactUse, LayoutBlock } from '../domain/page-layout.ts';
import type { KeyPath } from './yaml-file.ts';

/** A key of the file and what is wrong with it. */
export interface Fault {
  readonly key: KeyPath;
  readonly problem: string;
}

/**
 * Lists what is wrong with the facts of a type: an attribute may not take the name of a fact that every type has, and a
 * day carries few.
 */
export function faultsOfFacts(type: Parameters<typeof factsOf>[0]): Fault[] {
  const { row, attributes } = type.facts;
  const own = factsOf({ ...type, facts: { row, attributes: {} } satisfies TypeFacts });
  return Object.keys(attributes).flatMap((name) => {
    const key = ['facts', 'attributes', name];
    if (own.has(name)) return [{ key, problem: 'is the name of a fact already' }];
    if (row === 'period' || DAY_ATTRIBUTES.some((one) => one === name)) return [];
    return [{ key, problem: `is nothing that a day carries; it has ${DAY_ATTRIBUTES.join(', ')}` }];
  });
}

/** Lists what is wrong with a layout; every fault, in order of the blocks. */
export function faultsOfLayout(
  layout: readonly LayoutBlock[],
  facts: ReadonlyMap<string, Fact>,
): readonly Fault[] {
  return [
    ...layout.flatMap((block, at) => [
      ...faultsOfUses(block, facts).map((fault) => under(['layout', at], fault)),
      ...faultsOfPlace(layout, at).map((fault) => under(['layout', at], fault)),
    ]),
    ...faultsOfCheck(layout),
    ...faultsOfSeal(layout),
  ];
}

function under(around: KeyPath, { key, problem }: Fault): Fault {
  return { key: [...around, ...key], problem };
}

function faultsOfUses(block: LayoutBlock, facts: ReadonlyMap<string, Fact>): Fault[] {
  if (block.kind === 'fields')
    return block.fields.flatMap((use, at) =>
      faultsOfUse(use, facts).map((one) => under(['fields', at], one)),
    );
  if (block.kind !== 'table') return [];
  const { columns, total } = block;
  const faults = columns.flatMap((use, at) => {
    const isOfRow = facts.get(use.fact)?.of !== 'attestation';
    const found = isOfRow
      ? faultsOfUse(use, facts)
      : [{ key: [], problem: `names ${use.fact}, of which there is only one for the attestation` }];
    return found.map((one) => under(['columns', at], one));
  });
  if (total === undefined) return faults;
  if (facts.get(total)?.of === 'attestation') return faults;
  const problem = facts.has(total)
    ? `names ${total}, of which there is one for each row`
    : unknown(total, facts);
  return [...faults, { key: ['total'], problem }];
}

function faultsOfUse({ fact: name, format }: FactUse, facts: ReadonlyMap<string, Fact>): Fault[] {
  const fact = facts.get(name);
  if (fact === undefined) return [{ key: [], problem: unknown(name, facts) }];
  const isDay = DAY_FORMATS.some((one) => one === fact.format);
  if (format === undefined || isDay) return [];
  return [{ key: ['format'], problem: `is for days, but ${name} is none` }];
}

function unknown(name: string, facts: ReadonlyMap<string, Fact>): string {
  return `names ${name}, which is no fact of this type; it has ${[...facts.keys()].join(', ')}`;
}

/** Only what has a fixed height stands side by side, two at most; a heading needs something below it. */
function faultsOfPlace(layout: readonly LayoutBlock[], at: number): Fault[] {
  const [before, block, next] = [layout[at - 1], layout[at], layout[at + 1]];
  if (block?.kind === 'heading') {
    const problem = 'is a heading with nothing below it that lacks one';
    const isHeading = next === undefined || next.kind === 'heading' || next.kind === 'check';
    return isHeading || (next.kind === 'table' && next.heading !== undefined)
      ? [{ key: ['kind'], problem }]
      : [];
  }
  if ((block?.kind !== 'fields' && block?.kind !== 'notice') || block.beside !== true) return [];
  const mayPair = (before?.kind === 'fields' || before?.kind === 'notice') && before.beside !== true;
  return mayPair
    ? []
    : [{ key: ['beside'], problem: 'needs a block of fields or a notice before it, alone there' }];
}

/** Without code and address nobody could check the document; at the foot of the page it ends what is read. */
function faultsOfCheck(layout: readonly LayoutBlock[]): Fault[] {
  const places = layout.flatMap(({ kind }, at) => (kind === 'check' ? [at] : []));
  const [first, second] = places;
  if (first === undefined) return [{ key: ['layout'], problem: 'has no block of kind check' }];
  if (second !== undefined)
    return [{ key: ['layout', second, 'kind'], problem: 'is check a second time; one is expected' }];
  const block = layout[first];
  const isLast = layout.slice(first + 1).every(({ kind }) => kind === 'seal');
  if (block?.kind !== 'check' || block.place === 'here' || isLast) return [];
  const problem = 'is check at the foot of the page: only the seal may follow it, or place: here is meant';
  return [{ key: ['layout', first, 'kind'], problem }];
}

/** The field of the seal hangs in the structure of the page where the seal is explained. */
function faultsOfSeal(layout: readonly LayoutBlock[]): Fault[] {
  const [first, second] = layout.flatMap(({ kind }, at) => (kind === 'seal' ? [at] : []));
  if (first === undefined)
    return [{ key: ['layout'], problem: 'has no block of kind seal, so no place for the field of the seal' }];
  return second === undefined
    ? []
    : [{ key: ['layout', second, 'kind'], problem: 'is seal a second time; one is expected' }];
}
