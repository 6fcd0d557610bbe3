/** Forms as trees for the tests of the XML form: one of every action, with everything it may hold. */
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

/** One reference of each type. */
export const REFERENCES: readonly Tree[] = ['1', '6', '7', '8'].map((type) =>
  referenceOf(type, `ref ${type}`),
);

/** A whole form: head, four references, action. */
export function wholeForm(action: Tree): Tree {
  const [name, content] = formOf(action);
  return [name, [...(content as readonly Tree[]).slice(0, 5), ...REFERENCES, action]];
}

/** Gives the form with one zone, wherever it stands, holding a value. */
export function withValue([name, content]: Tree, zone: string, value: string): Tree {
  if (name === zone && typeof content === 'string') return [name, value];
  return [
    name,
    typeof content === 'string' ? content : content.map((child) => withValue(child, zone, value)),
  ];
}
