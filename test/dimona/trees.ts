/** Forms as trees for the contract tests: whole ones of every action, random ones, and ones with a single fault. */
import fc from 'fast-check';
import { formOf, referenceOf, type Tree } from '../support/declarations.ts';

const ADDRESS: Tree = [
  'Address',
  [
    ['Street', 'Kouter'],
    ['HouseNbr', '1'],
    ['PostBox', 'A'],
    ['ZIPCode', '9000'],
    ['City', 'Gent'],
    ['Country', '150'],
  ],
];

const WORKER: readonly Tree[] = [
  ['INSS', '81050003552'],
  ['WorkerName', 'Peeters & Söhne'],
  ['WorkerFirstName', 'An'],
  ['WorkerInitial', 'É'],
  ['WorkerBirthdate', '1981-05-00'],
  ['WorkerBirthplace', 'Gent'],
  ['WorkerBirthplaceCountry', '150'],
  ['WorkerSex', '2'],
  ['WorkerStreet', 'Kouter'],
  ['WorkerHouseNbr', '1'],
  ['WorkerPostBox', 'A'],
  ['WorkerZIPCode', '9000'],
  ['WorkerCity', 'Gent'],
  ['WorkerCountry', '150'],
  ['Nationality', '150'],
];

const HOURS = (planned: 'PlannedHoursNbr' | 'PlannedDaysNbr'): readonly Tree[] => [
  ['StartingDate', '2020-09-01'],
  ['StartingHour', '0800'],
  ['EndingDate', '2020-09-01'],
  ['EndingHour', '1630'],
  [planned, '8'],
];

const EMPLOYER = (number: Tree): Tree => ['EmployerId', [number, ['CompanyID', '0206731645']]];

const ID: Tree = ['DimonaPeriodId', '600027876089'];
const INSS: Tree = ['INSS', '81050003552'];

/** One form of every action with everything it may hold; choices appear in both ways. */
export const WHOLE_ACTIONS: readonly Tree[] = [
  [
    'DimonaIn',
    [
      ...HOURS('PlannedHoursNbr'),
      EMPLOYER(['NOSSRegistrationNbr', '175110801']),
      ['NaturalPerson', WORKER],
      [
        'DimonaFeatures',
        [
          ['JointCommissionNbr', '322'],
          ['WorkerType', 'QUA'],
          ['SubEntityNbr', '12'],
          [
            'UsingEmployer',
            [
              ['JointCommissionNbr', '145'],
              ['UsingEmployerName', 'Hoeve'],
              ['UsingEmployerCompanyID', '0'],
              ADDRESS,
            ],
          ],
        ],
      ],
      [
        'ConstructionControlCards',
        [
          ['FirstMonthC32ANbr', '1'],
          ['NextMonthC32ANbr', '2'],
        ],
      ],
      ['StudentPlaceOfWork', [['Denomination', 'Werf'], ADDRESS]],
      [
        'SmallStatutesInformation',
        [
          ['EmploymentNature', 'WORKER'],
          ['ActivityWithRisk', '1'],
          ['WorkerStatus', 'F1'],
        ],
      ],
    ],
  ],
  ['DimonaOut', [ID, ['EndingDate', '2020-09-01'], INSS, EMPLOYER(['ProvisionalNSSONbr', '5000000120'])]],
  [
    'DimonaUpdate',
    [
      ID,
      ...HOURS('PlannedDaysNbr').slice(0, 4),
      INSS,
      ['PlannedDaysNbr', '5'],
      EMPLOYER(['NOSSRegistrationNbr', '70500472']),
    ],
  ],
  ['DimonaCancel', [ID, INSS, ['EmployerId', []]]],
  [
    'DailyRegistrationDeclaration',
    [['AttestationStatus', '0'], ['DailyRegistrationId', '1'], ID, ...HOURS('PlannedDaysNbr').slice(0, 4)],
  ],
];

export const REFERENCES: readonly Tree[] = ['1', '6', '7', '8'].map((type) =>
  referenceOf(type, `ref ${type}`),
);

/** A whole form: head, four references, action. */
export function wholeForm(action: Tree): Tree {
  const [name, content] = formOf(action);
  return [name, [...(content as readonly Tree[]).slice(0, 5), ...REFERENCES, action]];
}

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

/** Values that lie on the edges of the zones' rules, for any zone. */
export const EDGE_VALUES: readonly string[] = [
  ...[
    '',
    ' ',
    '\t',
    '0',
    '00',
    '000',
    '-0',
    '+0',
    '-1',
    '+1',
    '1',
    '01',
    '2',
    '3',
    '6',
    '7',
    '8',
    '9',
    '10',
    '1.0',
    '1e2',
  ],
  ...[
    '99',
    '999',
    '1000',
    '9999',
    '99999',
    '100000',
    '100005',
    '100006',
    '199999934',
    '199999935',
    '1999999943',
  ],
  ...[
    '1999999944',
    '5000000119',
    '5000000120',
    '5999999989',
    '5999999990',
    '+175110801',
    ' 175110801 ',
    '0175110801',
  ],
  ...[
    '123456789',
    '0123456789',
    '01234567890',
    '123456789012',
    '1234567890123',
    '0000123456789012',
    '-123456789012',
  ],
  ...[
    '81050003552',
    '８１０５０００３５５２',
    '٢٠٢٠-٠٩-٠١',
    '2020-09-01',
    ' 2020-09-01\n',
    '2020-02-30',
    '2020-9-1',
    '0000-01-01',
  ],
  ...[
    '0001-01-01',
    '9999-12-31',
    '-2020-09-01',
    '12020-09-01',
    '2020-09-01Z',
    '2020-09-01+02:00',
    '1981-00-00',
  ],
  ...[
    '08:00:00.000',
    '08:00:00',
    '08:00:00.00',
    '08:00:00,000',
    '08:00:60.000',
    '23:59:59.999',
    '24:00:00.001',
    '08:00:00.000Z',
  ],
  ...['0800', ' 0800', '+0800', '2359', '2400', '1260', '800', '08000', '080a'],
  ...[
    'DIMONA',
    'dimona',
    ' DIMONA',
    'SU',
    'su',
    'QUA',
    'QUA ',
    '\tQUA',
    'qua',
    'EXT',
    'STX',
    'ALT',
    'F1',
    'F3',
    'WORKER',
    'EMPLOYEE',
  ],
  ...[
    '124',
    '140',
    '144',
    '145',
    '149',
    '302',
    '320',
    '322',
    'XXX',
    'xxx',
    '144.01',
    'É',
    'É',
    '1',
    '𝒜',
    '_',
  ],
  ...[1, 2, 4, 5, 9, 10, 11, 20, 21, 24, 25, 35, 36, 40, 41, 42, 43, 48, 49, 96, 97].map((length) =>
    'x'.repeat(length),
  ),
  ...[4, 5, 10, 11, 48, 49].map((length) => '😀'.repeat(length)),
];

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

/** Gives the form with one zone, wherever it stands, holding a value. */
export function withValue([name, content]: Tree, zone: string, value: string): Tree {
  if (name === zone && typeof content === 'string') return [name, value];
  return [
    name,
    typeof content === 'string' ? content : content.map((child) => withValue(child, zone, value)),
  ];
}
