/** Checks of a declaration's zones by themselves, without the register (NSSO glossary of zones 2023/2). */
import type { AnomalyCode } from './anomaly.ts';
import {
  type Address,
  AGENCY_COMMITTEE,
  type DeclaredWorker,
  type EmployerIdentification,
  type Features,
  isPeriodId,
  JOINT_COMMITTEES,
  type OtherBlock,
  type UsingEmployer,
  WORKER_TYPES,
} from './declaration.ts';
import { parseEnterpriseNumber, parseNssoNumber, parseProvisionalNssoNumber } from './enterprise-number.ts';
import { END_OF_TIME, type LocalDate, parseLocalDate } from './period.ts';
import { parseSsin } from './ssin.ts';

/** The joint committee of the building trade, whose workers carry control cards. */
const BUILDING_COMMITTEE = '124';

/** Codes found, and the dates that could be read. */
export interface CheckedDates {
  readonly codes: readonly AnomalyCode[];
  readonly startDate?: LocalDate;
  readonly endDate?: LocalDate;
}

/** Zones 00910 and 00911: form and general domain; `9999-12-31` only where a period may be reopened. */
export function checkDates(
  zones: { readonly startDate?: string; readonly endDate?: string },
  today: LocalDate,
  mayReopen: boolean,
): CheckedDates {
  const codes: AnomalyCode[] = [];
  const latest = `${Number(today.slice(0, 4)) + 10}-01-01`;
  const startDate = zones.startDate === undefined ? undefined : parseLocalDate(zones.startDate);
  const endDate = zones.endDate === undefined ? undefined : parseLocalDate(zones.endDate);
  if (zones.startDate !== undefined) {
    if (startDate === undefined) codes.push('00910-003');
    else if (startDate < '1920-01-01' || startDate >= latest) codes.push('00910-008');
  }
  if (zones.endDate !== undefined) {
    if (endDate === undefined) codes.push('00911-003');
    else if (endDate === END_OF_TIME ? !mayReopen : endDate < '1999-01-01' || endDate >= latest)
      codes.push('00911-008');
  }
  if (startDate !== undefined && endDate !== undefined && endDate < startDate) codes.push('00911-014');
  return { codes, ...(startDate && { startDate }), ...(endDate && { endDate }) };
}

/** Zones 00777 and 00778: `HHmm`, and the end not before the start of the same day. */
export function checkHours(zones: {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly startHour?: string;
  readonly endHour?: string;
}): AnomalyCode[] {
  const codes: AnomalyCode[] = [];
  const isHour = (text: string) => /^([01]\d|2[0-3])[0-5]\d$/.test(text);
  const { startHour, endHour } = zones;
  if (startHour !== undefined && !isHour(startHour)) codes.push('00777-003');
  if (endHour !== undefined && !isHour(endHour)) codes.push('00778-003');
  if (codes.length > 0 || startHour === undefined || endHour === undefined) return codes;
  return zones.startDate === zones.endDate && endHour < startHour ? ['00778-345'] : [];
}

/** Block 90256: at least one number, each with its check digits. */
export function checkEmployer(
  employer: EmployerIdentification | undefined,
  isRequired: boolean,
): AnomalyCode[] {
  const { nssoNumber, provisionalNssoNumber, enterpriseNumber } = employer ?? {};
  const codes: AnomalyCode[] = [];
  if (nssoNumber !== undefined && !parseNssoNumber(nssoNumber)) codes.push('00011-003');
  if (provisionalNssoNumber !== undefined && !parseProvisionalNssoNumber(provisionalNssoNumber))
    codes.push('00948-003');
  if (enterpriseNumber !== undefined && !parseEnterpriseNumber(enterpriseNumber)) codes.push('00014-003');
  if (isRequired && (nssoNumber ?? provisionalNssoNumber ?? enterpriseNumber) === undefined)
    codes.push('90256-364');
  return codes;
}

/** Block 90017: an SSIN, or every zone that identifies a person without one; each zone with its form. */
export function checkWorker(worker: DeclaredWorker | undefined, today: LocalDate): AnomalyCode[] {
  const { ssin, birthDate } = worker ?? {};
  const codes: AnomalyCode[] = [];
  if (ssin !== undefined && parseSsin(ssin, today) === undefined) codes.push('00024-003');
  if (birthDate !== undefined && !isBirthDate(birthDate, today)) codes.push('00028-003');
  if (ssin === undefined && !isIdentified(worker)) codes.push('90017-363');
  return codes;
}

/** The zones that are mandatory where zone 00024 is absent; initial and post box are not among them. */
function isIdentified(worker: DeclaredWorker | undefined): boolean {
  const { familyName, givenName, birthDate, birthPlace, birthCountry, sex, nationality, address } =
    worker ?? {};
  const zones = [familyName, givenName, birthDate, birthPlace, birthCountry, sex, nationality];
  const { street, houseNumber, postCode, city, country } = address ?? {};
  return [...zones, street, houseNumber, postCode, city, country].every((zone) => zone !== undefined);
}

/** Zone 00028: a day, or a year with month and day 00; the year not more than 120 years ago. */
function isBirthDate(text: string, today: LocalDate): boolean {
  const isYear = /^\d{4}-00-00$/.test(text);
  if (!isYear && parseLocalDate(text) === undefined) return false;
  return text <= today && Number(text.slice(0, 4)) >= Number(today.slice(0, 4)) - 120;
}

/** Block 90374: worker type, joint committee, and with committee 322 the using employer. */
export function checkFeatures(features: Features | undefined): AnomalyCode[] {
  const codes: AnomalyCode[] = [];
  const { workerType, jointCommittee, usingEmployer } = features ?? {};
  if (workerType === undefined) codes.push('00655-001');
  else if (!(WORKER_TYPES as readonly string[]).includes(workerType)) codes.push('00655-003');
  if (jointCommittee === undefined) codes.push('00046-001');
  else if (!(JOINT_COMMITTEES as readonly string[]).includes(jointCommittee)) codes.push('00046-003');
  if (jointCommittee === AGENCY_COMMITTEE) codes.push(...checkUsingEmployer(usingEmployer));
  else if (usingEmployer !== undefined) codes.push(...forbiddenUsingEmployer(usingEmployer));
  return codes;
}

/** Block 90107 beside committee 322: its own committee, and either a number or a name with an address. */
function checkUsingEmployer(user: UsingEmployer | undefined): AnomalyCode[] {
  if (user === undefined) return ['90107-351'];
  const codes: AnomalyCode[] = [];
  if (user.jointCommittee === undefined) codes.push('00046-001');
  else if (!(JOINT_COMMITTEES as readonly string[]).includes(user.jointCommittee)) codes.push('00046-003');
  else if (user.jointCommittee === AGENCY_COMMITTEE) codes.push('00046-005');
  if (user.enterpriseNumber === undefined) {
    if (user.name === undefined) codes.push('90107-351');
    else codes.push(...checkAddress(user.address));
  } else {
    if (parseEnterpriseNumber(user.enterpriseNumber) === undefined) codes.push('00131-003');
    if (user.name !== undefined) codes.push('90107-352');
  }
  return codes;
}

/** Block 90107 beside another committee: forbidden, each zone that was filled in. */
function forbiddenUsingEmployer(user: UsingEmployer): AnomalyCode[] {
  const { jointCommittee, enterpriseNumber, name, address } = user;
  const codes: AnomalyCode[] = [];
  if (jointCommittee !== undefined) codes.push('00046-005');
  if (enterpriseNumber !== undefined) codes.push('00131-005');
  if (name !== undefined) codes.push('00153-005');
  if (address?.street !== undefined) codes.push('00517-005');
  if (address?.houseNumber !== undefined) codes.push('00518-005');
  if (address?.postBox !== undefined) codes.push('00519-005');
  if (address?.postCode !== undefined) codes.push('00520-005');
  if (address?.city !== undefined) codes.push('00522-005');
  if (address?.country !== undefined) codes.push('00523-005');
  return codes.length > 0 ? codes : ['00153-005'];
}

/** Block 90022 in place of an enterprise number: all but the post box. */
function checkAddress(address: Address | undefined): AnomalyCode[] {
  const codes: AnomalyCode[] = [];
  if (address?.street === undefined) codes.push('00517-001');
  if (address?.houseNumber === undefined) codes.push('00518-001');
  if (address?.postCode === undefined) codes.push('00520-001');
  if (address?.city === undefined) codes.push('00522-001');
  if (address?.country === undefined) codes.push('00523-001');
  return codes;
}

const FORBIDDEN_BLOCK: Readonly<Record<OtherBlock, readonly AnomalyCode[]>> = {
  controlCards: ['00663-005', '00664-005'],
  studentPlaceOfWork: ['00776-005'],
  smallStatutes: ['00053-005', '01231-005'],
};

/** Blocks 90375, 90376 and 90594, each forbidden where worker type and joint committee do not ask for it. */
export function checkOtherBlocks(
  features: Features | undefined,
  blocks: readonly OtherBlock[],
): AnomalyCode[] {
  return blocks.flatMap((block) => (isBlockAllowed(block, features ?? {}) ? [] : FORBIDDEN_BLOCK[block]));
}

function isBlockAllowed(block: OtherBlock, features: Features): boolean {
  const { workerType = '', jointCommittee, usingEmployer } = features;
  switch (block) {
    case 'controlCards': {
      const lentTo = usingEmployer?.jointCommittee;
      if (jointCommittee === BUILDING_COMMITTEE || lentTo === BUILDING_COMMITTEE) return true;
      const isLentToUnknown = jointCommittee === AGENCY_COMMITTEE && lentTo === undefined;
      return isLentToUnknown && ['BCW', 'DWD', 'IVT', 'TRI', 'STU'].includes(workerType);
    }
    case 'studentPlaceOfWork':
      return workerType === 'STU';
    case 'smallStatutes':
      return ['IVT', 'TRI', 'STG'].includes(workerType);
  }
}

/** Zone 00913 of a declaration that changes a period. */
export function checkPeriodId(periodId: string | undefined): AnomalyCode[] {
  if (periodId === undefined) return ['00913-001'];
  return isPeriodId(periodId) ? [] : ['00913-003'];
}
