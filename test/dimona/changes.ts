/** Random forms for contract tests: whole ones with optional elements left out, and ones with a single change. */
import * as fc from 'fast-check';
import type { Tree } from '../support/declarations.ts';
import { EDGE_VALUES } from './edge-values.ts';
import { WHOLE_ACTIONS, wholeForm } from './trees.ts';

/** Elements that every instance must keep. */
const MANDATORY: Readonly<Record<string, readonly string[]>> = {
  Form: ['Identification', 'FormCreationDate', 'FormCreationHour', 'AttestationStatus', 'TypeForm'],
  Reference: ['ReferenceType', 'ReferenceOrigin', 'ReferenceNbr'],
  DimonaIn: ['StartingDate', 'NaturalPerson'],
  DimonaOut: ['DimonaPeriodId', 'EndingDate'],
  DimonaUpdate: ['DimonaPeriodId'],
  DimonaCancel: ['DimonaPeriodId'],
  DailyRegistrationDeclaration: ['AttestationStatus'],
  DimonaFeatures: ['WorkerType'],
  Address: ['Street', 'HouseNbr', 'ZIPCode', 'City', 'Country'],
  ConstructionControlCards: ['FirstMonthC32ANbr', 'NextMonthC32ANbr'],
  SmallStatutesInformation: ['EmploymentNature', 'WorkerStatus'],
};

/** Forms that the schema takes: a whole one with any optional elements left out. */
export const validForms: fc.Arbitrary<Tree> = fc
  .constantFrom(...WHOLE_ACTIONS)
  .chain((action) => thinned(wholeForm(action)));

function thinned([name, content]: Tree): fc.Arbitrary<Tree> {
  if (typeof content === 'string') return fc.constant([name, content]);
  const children = content.map((child) => {
    const kept = thinned(child);
    return MANDATORY[name]?.includes(child[0])
      ? kept.map((tree) => [tree])
      : fc.oneof(
          kept.map((tree) => [tree]),
          fc.constant([]),
        );
  });
  return fc.tuple(...children).map((kept) => [name, kept.flat()]);
}

/** A form with one change that may or may not break it. */
export const changedForms: fc.Arbitrary<Tree> = fc
  .record({
    form: validForms,
    place: fc.nat(),
    other: fc.nat(),
    change: fc.constantFrom('drop', 'repeat', 'swap', 'rename', 'insert', 'value', 'text'),
    name: fc.constantFrom(
      'INSS',
      'Foo',
      'SIS',
      'NOSSLPARegistrationNbr',
      'Reference',
      'DimonaCancel',
      'EndingDate',
      'Street',
      'PlannedDaysNbr',
      'CompanyID',
    ),
    value: fc.constantFrom(...EDGE_VALUES),
  })
  .map(({ form, ...fault }) => breakAt(form, fault));

interface Fault {
  readonly place: number;
  readonly other: number;
  readonly change: string;
  readonly name: string;
  readonly value: string;
}

function breakAt(form: Tree, fault: Fault): Tree {
  const paths = pathsOf(form).slice(1);
  const path = paths[fault.place % paths.length] ?? [];
  return editParent(form, path, (siblings, index) => {
    const node = siblings[index] as Tree;
    const other = fault.other % siblings.length;
    switch (fault.change) {
      case 'drop':
        return siblings.toSpliced(index, 1);
      case 'repeat':
        return siblings.toSpliced(index, 0, node);
      case 'swap':
        return siblings.with(index, siblings[other] as Tree).with(other, node);
      case 'rename':
        return siblings.with(index, [fault.name, node[1]]);
      case 'insert':
        return siblings.toSpliced(other, 0, [fault.name, fault.value]);
      case 'value':
        return typeof node[1] === 'string' ? siblings.with(index, [node[0], fault.value]) : siblings;
      default:
        return siblings.with(index, [node[0], fault.value]);
    }
  });
}

function pathsOf([, content]: Tree): number[][] {
  if (typeof content === 'string') return [[]];
  return [[], ...content.flatMap((child, index) => pathsOf(child).map((path) => [index, ...path]))];
}

function editParent(
  [name, content]: Tree,
  path: readonly number[],
  edit: (siblings: Tree[], index: number) => Tree[],
): Tree {
  const [index = 0, ...rest] = path;
  const children = [...(content as readonly Tree[])];
  if (rest.length === 0) return [name, edit(children, index)];
  return [name, children.with(index, editParent(children[index] as Tree, rest, edit))];
}
