/**
 * How an anomaly is told on the wire: XML element, REST property, description in three languages.
 * One code is not in the glossary: 90059-003, by which we tell that a form has an element, attribute or text that the
 * schema does not have there; the glossary has for the form (block 90059) only "no data".
 */
import type { AnomalyCode } from '../domain/anomaly.ts';
import type { Action } from '../domain/declaration.ts';
import type { LocalizedString } from '../domain/language.ts';
import { BLOCKS } from './blocks.ts';
import { KIND_TITLES, type KindNumber } from './kind-titles.ts';
import { ZONE_TITLES, type ZoneNumber } from './zone-titles.ts';
import { ZONES } from './zones.ts';

const TAGS: ReadonlyMap<string, string> = new Map(
  [...Object.entries(ZONES), ...Object.entries(BLOCKS)].map(([tag, { code }]) => [code, tag]),
);

/** Where a zone stands in the JSON declaration; what it has no property for is the declaration as a whole. */
const PROPERTIES: Readonly<Partial<Record<ZoneNumber, string>>> = {
  '00011': 'employer.employerId',
  '00014': 'employer.enterpriseNumber',
  '00024': 'worker.ssin',
  '00025': 'worker.familyName',
  '00026': 'worker.givenName',
  '00027': 'worker.initial',
  '00028': 'worker.birthDate',
  '00029': 'worker.sex',
  '00030': 'worker.address.street',
  '00031': 'worker.address.houseNumber',
  '00032': 'worker.address.boxNumber',
  '00033': 'worker.address.postCode',
  '00034': 'worker.address.municipality',
  '00035': 'worker.address.country',
  '00046': 'dimonaIn.features.jointCommissionNumber',
  '00119': 'worker.nationality',
  '00131': 'dimonaIn.features.usingEmployer.enterpriseNumber',
  '00153': 'dimonaIn.features.usingEmployer.name',
  '00168': 'worker.birthPlace',
  '00169': 'worker.birthCountry',
  '00517': 'dimonaIn.features.usingEmployer.address.street',
  '00518': 'dimonaIn.features.usingEmployer.address.houseNumber',
  '00519': 'dimonaIn.features.usingEmployer.address.boxNumber',
  '00520': 'dimonaIn.features.usingEmployer.address.postCode',
  '00522': 'dimonaIn.features.usingEmployer.address.municipality',
  '00523': 'dimonaIn.features.usingEmployer.address.country',
  '00652': 'dimonaIn.features.subEntityNumber',
  '00655': 'dimonaIn.features.workerType',
  '00777': 'dimonaIn.startHour',
  '00778': 'dimonaIn.endHour',
  '00910': 'dimonaIn.startDate',
  '00911': 'dimonaIn.endDate',
  '00913': 'dimonaUpdate.periodId',
  '00948': 'employer.employerId',
  '01017': 'dimonaIn.plannedDays',
  '01135': 'dimonaIn.plannedHours',
  '90017': 'worker',
  '90107': 'dimonaIn.features.usingEmployer',
  '90256': 'employer',
  '90373': 'dimonaIn',
  '90374': 'dimonaIn.features',
  '90378': 'dimonaUpdate',
};

/** The property of the JSON declaration that stands for an action. */
export const ACTION_PROPERTIES = {
  in: 'dimonaIn',
  out: 'dimonaOut',
  update: 'dimonaUpdate',
  cancel: 'dimonaCancel',
} as const satisfies Record<Action, string>;

/** Gives the name of the XML element that an anomaly is about: a zone (`EndingDate`) or a block (`DimonaIn`). */
export function tagOf(code: AnomalyCode): string {
  return TAGS.get(zoneOf(code)) ?? 'Form';
}

/**
 * Gives the path of the JSON property that an anomaly is about, such as `dimonaIn.startDate`; the action declared, where
 * it is known, names the first step. Empty for the declaration as a whole, and for what only the XML form has.
 */
export function propertyOf(code: AnomalyCode, action?: Action): string {
  const path = PROPERTIES[zoneOf(code)] ?? '';
  return action === undefined ? path : path.replace(/^dimona(?:In|Update)/, ACTION_PROPERTIES[action]);
}

/** Says what an anomaly is, in the words of the glossary: zone or block, then what is wrong with it. */
export function describeAnomaly(code: AnomalyCode): LocalizedString {
  const zone = ZONE_TITLES[zoneOf(code)];
  const kind = KIND_TITLES[kindOf(code)];
  return { nl: `${zone[0]} – ${kind[0]}`, fr: `${zone[1]} – ${kind[1]}`, de: `${zone[2]} – ${kind[2]}` };
}

/** A code is five digits, a dash and three digits, which the compiler cannot follow through `slice`. */
function zoneOf(code: AnomalyCode): ZoneNumber {
  return code.slice(0, 5) as ZoneNumber;
}

function kindOf(code: AnomalyCode): KindNumber {
  return code.slice(6) as KindNumber;
}
