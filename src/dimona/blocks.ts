/** The blocks of the Dimona message 2022/3: which elements each holds, in which order and how often. */
import type { ZoneTag } from './zones.ts';

/** One place in a block: one of some elements, so many times. */
export interface Slot {
  readonly names: readonly (ZoneTag | BlockTag)[];
  readonly least: 0 | 1;
  readonly most: number;
}

interface Block {
  /** The NSSO number of the functional block. */
  readonly code: string;
  readonly slots: readonly Slot[];
}

type Name = Slot['names'][number];
const one = (name: Name): Slot => ({ names: [name], least: 1, most: 1 });
const maybe = (...names: readonly Name[]): Slot => ({ names, least: 0, most: 1 });
const upTo = (most: number, name: Name): Slot => ({ names: [name], least: 0, most });

/** The blocks of which a form has at most one; the schema lets it have none. */
export const ACTION_TAGS = [
  'DimonaIn',
  'DimonaOut',
  'DimonaUpdate',
  'DimonaCancel',
  'DailyRegistrationDeclaration',
] as const;

/** Every element that holds others. */
export type BlockTag =
  | 'Form'
  | 'Reference'
  | (typeof ACTION_TAGS)[number]
  | 'EmployerId'
  | 'NaturalPerson'
  | 'DimonaFeatures'
  | 'UsingEmployer'
  | 'Address'
  | 'ConstructionControlCards'
  | 'StudentPlaceOfWork'
  | 'SmallStatutesInformation';

/** By element name, as `Dimona_20223.xsd` defines them; what its `maxOccurs="0"` rules out is left out. */
export const BLOCKS: Readonly<Record<BlockTag, Block>> = {
  Form: {
    code: '90059',
    slots: [
      one('Identification'),
      one('FormCreationDate'),
      one('FormCreationHour'),
      one('AttestationStatus'),
      one('TypeForm'),
      upTo(4, 'Reference'),
      maybe(...ACTION_TAGS),
    ],
  },
  Reference: { code: '90082', slots: [one('ReferenceType'), one('ReferenceOrigin'), one('ReferenceNbr')] },
  DimonaIn: {
    code: '90373',
    slots: [
      one('StartingDate'),
      maybe('StartingHour'),
      maybe('EndingDate'),
      maybe('EndingHour'),
      maybe('PlannedHoursNbr', 'PlannedDaysNbr'),
      maybe('EmployerId'),
      one('NaturalPerson'),
      maybe('DimonaFeatures'),
      maybe('ConstructionControlCards'),
      maybe('StudentPlaceOfWork'),
      maybe('SmallStatutesInformation'),
    ],
  },
  DimonaOut: {
    code: '90377',
    slots: [one('DimonaPeriodId'), one('EndingDate'), maybe('INSS'), maybe('EmployerId')],
  },
  DimonaUpdate: {
    code: '90378',
    slots: [
      one('DimonaPeriodId'),
      maybe('StartingDate'),
      maybe('StartingHour'),
      maybe('EndingDate'),
      maybe('EndingHour'),
      maybe('INSS'),
      maybe('PlannedHoursNbr', 'PlannedDaysNbr'),
      maybe('EmployerId'),
    ],
  },
  DimonaCancel: { code: '90379', slots: [one('DimonaPeriodId'), maybe('INSS'), maybe('EmployerId')] },
  DailyRegistrationDeclaration: {
    code: '90480',
    slots: [
      one('AttestationStatus'),
      maybe('DailyRegistrationId'),
      maybe('DimonaPeriodId'),
      maybe('StartingDate'),
      maybe('StartingHour'),
      maybe('EndingDate'),
      maybe('EndingHour'),
    ],
  },
  EmployerId: {
    code: '90256',
    slots: [maybe('NOSSRegistrationNbr', 'ProvisionalNSSONbr'), maybe('CompanyID')],
  },
  NaturalPerson: {
    code: '90017',
    slots: [
      maybe('INSS'),
      maybe('WorkerName'),
      maybe('WorkerFirstName'),
      maybe('WorkerInitial'),
      maybe('WorkerBirthdate'),
      maybe('WorkerBirthplace'),
      maybe('WorkerBirthplaceCountry'),
      maybe('WorkerSex'),
      maybe('WorkerStreet'),
      maybe('WorkerHouseNbr'),
      maybe('WorkerPostBox'),
      maybe('WorkerZIPCode'),
      maybe('WorkerCity'),
      maybe('WorkerCountry'),
      maybe('Nationality'),
    ],
  },
  DimonaFeatures: {
    code: '90374',
    slots: [maybe('JointCommissionNbr'), one('WorkerType'), maybe('SubEntityNbr'), maybe('UsingEmployer')],
  },
  UsingEmployer: {
    code: '90107',
    slots: [
      maybe('JointCommissionNbr'),
      maybe('UsingEmployerName'),
      maybe('UsingEmployerCompanyID'),
      maybe('Address'),
    ],
  },
  Address: {
    code: '90022',
    slots: [one('Street'), one('HouseNbr'), maybe('PostBox'), one('ZIPCode'), one('City'), one('Country')],
  },
  ConstructionControlCards: { code: '90375', slots: [one('FirstMonthC32ANbr'), one('NextMonthC32ANbr')] },
  StudentPlaceOfWork: { code: '90376', slots: [maybe('Denomination'), maybe('Address')] },
  SmallStatutesInformation: {
    code: '90594',
    slots: [one('EmploymentNature'), maybe('ActivityWithRisk'), one('WorkerStatus')],
  },
};

/** Tells whether an element name is that of a block. */
export function isBlockTag(name: string): name is BlockTag {
  return Object.hasOwn(BLOCKS, name);
}
