/** Declarations on the wire for tests: JSON bodies, XML forms, and files of forms. */
import type { DeclarationBody } from '../../src/dimona/json-schema.ts';

/** One quarantined day. What is left out is right: an employer of joint committee 144, made on the day itself. */
export interface QuaDay {
  readonly ssin: string;
  readonly day: string;
  readonly enterpriseNumber?: string;
  readonly jointCommittee?: string;
  readonly familyName?: string;
  readonly givenName?: string;
  /** XML only: the declarant's reference, and when the form was made. */
  readonly reference?: string;
  readonly createdOn?: string;
  readonly createdAt?: string;
}

/** A change of a period. */
export interface PeriodChange {
  readonly periodId: string;
  readonly day?: string;
  readonly ssin?: string;
  readonly reference?: string;
  readonly createdOn?: string;
  readonly createdAt?: string;
}

/** The employer of every test that names no other. */
export const EMPLOYER_NUMBER = '0206731645';

/** A JSON IN of a quarantined day. */
export function quaIn(qua: QuaDay): DeclarationBody {
  const { ssin, day, familyName, givenName } = qua;
  return {
    employer: { enterpriseNumber: qua.enterpriseNumber ?? EMPLOYER_NUMBER },
    worker: { ssin, ...(familyName && { familyName }), ...(givenName && { givenName }) },
    dimonaIn: {
      startDate: day,
      endDate: day,
      features: { jointCommissionNumber: qua.jointCommittee ?? '144', workerType: 'QUA' },
    },
  };
}

/** A JSON UPDATE that moves a period to another day. */
export function quaUpdate({ periodId, day }: PeriodChange): DeclarationBody {
  return { dimonaUpdate: { periodId, ...(day && { startDate: day, endDate: day }) } };
}

/** A JSON CANCEL. */
export function quaCancel({ periodId }: PeriodChange): DeclarationBody {
  return { dimonaCancel: { periodId } };
}

/** An element: its name, and its text or its children. */
export type Tree = readonly [name: string, content: string | readonly Tree[]];

/** Writes an element. */
export function writeTree([name, content]: Tree): string {
  const inside = typeof content === 'string' ? escapeXml(content) : content.map(writeTree).join('');
  return `<${name}>${inside}</${name}>`;
}

interface FormMade {
  readonly reference?: string | undefined;
  readonly createdOn?: string | undefined;
  readonly createdAt?: string | undefined;
}

/** A form around an action. */
export function formOf(action: Tree | undefined, made: FormMade = {}): Tree {
  return [
    'Form',
    [
      ['Identification', 'DIMONA'],
      ['FormCreationDate', made.createdOn ?? '2020-09-01'],
      ['FormCreationHour', made.createdAt ?? '08:00:00.000'],
      ['AttestationStatus', '0'],
      ['TypeForm', 'SU'],
      ...(made.reference === undefined ? [] : [referenceOf('1', made.reference)]),
      ...(action === undefined ? [] : [action]),
    ],
  ];
}

/** A reference that the declarant gave. */
export function referenceOf(type: string, number: string): Tree {
  return [
    'Reference',
    [
      ['ReferenceType', type],
      ['ReferenceOrigin', '1'],
      ['ReferenceNbr', number],
    ],
  ];
}

/** An XML form of an IN of a quarantined day. */
export function quaForm(qua: QuaDay): string {
  const action: Tree = [
    'DimonaIn',
    [
      ['StartingDate', qua.day],
      ['EndingDate', qua.day],
      ['EmployerId', [['CompanyID', qua.enterpriseNumber ?? EMPLOYER_NUMBER]]],
      [
        'NaturalPerson',
        [
          ['INSS', qua.ssin],
          ...(qua.familyName ? [['WorkerName', qua.familyName] as const] : []),
          ...(qua.givenName ? [['WorkerFirstName', qua.givenName] as const] : []),
        ],
      ],
      [
        'DimonaFeatures',
        [
          ['JointCommissionNbr', qua.jointCommittee ?? '144'],
          ['WorkerType', 'QUA'],
        ],
      ],
    ],
  ];
  return writeTree(formOf(action, { ...qua, createdOn: qua.createdOn ?? qua.day }));
}

/** An XML form of an UPDATE that moves a period to another day. */
export function updateForm(change: PeriodChange): string {
  const { periodId, day, ssin } = change;
  const dates: Tree[] = day
    ? [
        ['StartingDate', day],
        ['EndingDate', day],
      ]
    : [];
  const worker: Tree[] = ssin ? [['INSS', ssin]] : [];
  return writeTree(formOf(['DimonaUpdate', [['DimonaPeriodId', periodId], ...dates, ...worker]], change));
}

/** An XML form of a CANCEL. */
export function cancelForm(change: PeriodChange): string {
  return writeTree(formOf(['DimonaCancel', [['DimonaPeriodId', change.periodId]]], change));
}

/** A file of forms, given as text or as quarantined days. */
export function quaXml(forms: readonly (string | QuaDay)[]): string {
  const texts = forms.map((form) => (typeof form === 'string' ? form : quaForm(form)));
  return `<?xml version="1.0" encoding="UTF-8"?>
<Dimona xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="Dimona_20223.xsd">
${texts.join('\n')}
</Dimona>
`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
