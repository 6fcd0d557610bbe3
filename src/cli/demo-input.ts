/** What the demonstration feeds in: a register file, a Dimona file of several forms, and declarations one by one. */
import { DEMO_CITIZENS } from '../embedded/demo.ts';

/** The growers and the agency for which the demo persons work; made up, from unassigned numbers. */
const FARM = '1900012343';
const NURSERY = '1900101227';
const AGENCY = '1934567802';

/** Comes to the register only after a declaration for them has arrived. */
const LATE_CITIZEN = {
  ssin: '85122499755',
  givenName: 'Håkon',
  familyName: 'De Smet',
  birthDate: '1985-12-24',
  language: 'nl',
  municipality: { nisCode: '44021' },
  email: 'hakon@example.org',
  hasEbox: true,
};

/** The register file: enterprises and persons, one JSON record a line. */
export function registerFile(): string {
  const enterprises = [
    { enterpriseNumber: FARM, name: 'Boomgaarden Haspengouw BV' },
    { enterpriseNumber: NURSERY, name: 'Pépinières de la Meuse SRL' },
    { enterpriseNumber: AGENCY, name: 'Interim Seizoen NV' },
  ];
  const persons = DEMO_CITIZENS.map(({ personId: _personId, nisCode, replaces, ...person }) => ({
    ...person,
    municipality: { nisCode },
    hasEbox: true,
    ...(replaces !== undefined && { replaces: [replaces] }),
  }));
  return lines([...enterprises, ...persons]);
}

/** The register file that brings the person a declaration waits for. */
export function lateRegisterFile(): string {
  return lines([LATE_CITIZEN]);
}

function lines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function ssinOf(personId: string): string {
  return DEMO_CITIZENS.find((citizen) => citizen.personId === personId)?.ssin ?? '';
}

interface QuarantineForm {
  readonly reference: string;
  readonly createdOn: string;
  readonly day: string;
  readonly person: string;
  readonly employer: string;
  readonly committee: string;
  readonly startHour?: string;
  /** For temporary workers: committee and number of the enterprise they are lent to. */
  readonly user?: { readonly committee: string; readonly enterpriseNumber: string };
}

const FORMS: readonly QuarantineForm[] = [
  ...['2020-09-01', '2020-09-02', '2020-09-03'].map((day) => ({
    reference: `LENA-${day}`,
    createdOn: '2020-09-01',
    day,
    person: 'lena',
    employer: FARM,
    committee: '145',
  })),
  {
    reference: 'AMELIE-2020-10-12',
    createdOn: '2020-10-12',
    day: '2020-10-12',
    person: 'amelie',
    employer: AGENCY,
    committee: '322',
    user: { committee: '144', enterpriseNumber: NURSERY },
  },
  ...['2021-03-29', '2021-03-30'].map((day) => ({
    reference: `LUKASZ-${day}`,
    createdOn: '2021-03-29',
    day,
    person: 'lukasz',
    employer: NURSERY,
    committee: '145',
  })),
  // Refused: hours are forbidden, and the hotel trade has no such declaration.
  {
    reference: 'LENA-REFUSED',
    createdOn: '2020-09-07',
    day: '2020-09-07',
    person: 'lena',
    employer: FARM,
    committee: '302',
    startHour: '0800',
  },
];

/** The Dimona file, in the schema 2022/3. */
export function dimonaFile(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Dimona xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="Dimona_20223.xsd">
${FORMS.map(writeForm).join('\n')}
</Dimona>
`;
}

function writeForm(form: QuarantineForm): string {
  const user = form.user
    ? `<UsingEmployer><JointCommissionNbr>${form.user.committee}</JointCommissionNbr><UsingEmployerCompanyID>${form.user.enterpriseNumber}</UsingEmployerCompanyID></UsingEmployer>`
    : '';
  const hour = form.startHour === undefined ? '' : `<StartingHour>${form.startHour}</StartingHour>`;
  return `  <Form>
    <Identification>DIMONA</Identification>
    <FormCreationDate>${form.createdOn}</FormCreationDate>
    <FormCreationHour>08:15:00.000</FormCreationHour>
    <AttestationStatus>0</AttestationStatus>
    <TypeForm>SU</TypeForm>
    <Reference><ReferenceType>1</ReferenceType><ReferenceOrigin>1</ReferenceOrigin><ReferenceNbr>${form.reference}</ReferenceNbr></Reference>
    <DimonaIn>
      <StartingDate>${form.day}</StartingDate>${hour}<EndingDate>${form.day}</EndingDate>
      <EmployerId><CompanyID>${form.employer}</CompanyID></EmployerId>
      <NaturalPerson><INSS>${ssinOf(form.person)}</INSS></NaturalPerson>
      <DimonaFeatures><JointCommissionNbr>${form.committee}</JointCommissionNbr><WorkerType>QUA</WorkerType>${user}</DimonaFeatures>
    </DimonaIn>
  </Form>`;
}

/** A declaration for the REST v2 interface. */
export type DeclarationBody = Readonly<Record<string, unknown>>;

function quarantineIn(
  ssin: string,
  day: string,
  extra: Readonly<Record<string, unknown>> = {},
): DeclarationBody {
  return {
    employer: { enterpriseNumber: FARM },
    worker: { ssin },
    dimonaIn: {
      startDate: day,
      endDate: day,
      features: { jointCommissionNumber: '145', workerType: 'QUA' },
      ...extra,
    },
  };
}

/** Declarations one by one: accepted with a warning because late, waiting for its person, and refused. */
export const DECLARATIONS = {
  /** Under the BIS number that the person had before. */
  serban: quarantineIn(
    DEMO_CITIZENS.find(({ personId }) => personId === 'serban')?.replaces ?? '',
    '2021-06-14',
  ),
  hakon: quarantineIn(LATE_CITIZEN.ssin, '2021-02-01'),
  afterTheCrisis: quarantineIn(ssinOf('serban'), '2023-01-02'),
  wrongDays: quarantineIn(ssinOf('amelie'), '2021-06-15', { endDate: '2021-06-16', startHour: '0800' }),
} as const;

/** A day in quarantine of a demo citizen. */
export function quarantineOf(personId: string, day: string): DeclarationBody {
  return quarantineIn(ssinOf(personId), day);
}

/** Moves a period to another day. */
export function update(periodId: number, day: string): DeclarationBody {
  return { dimonaUpdate: { periodId, startDate: day, endDate: day } };
}

/** Takes a period back. */
export function cancel(periodId: number): DeclarationBody {
  return { dimonaCancel: { periodId } };
}
