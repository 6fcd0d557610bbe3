/** The zones of the Dimona message 2022/3: which value each XML element may hold, and the NSSO number of its zone. */
import { JOINT_COMMITTEES, WORKER_TYPES } from '../domain/declaration.ts';
import { parseLocalDate } from '../domain/period.ts';
import { LONGEST } from '../domain/text.ts';

/** Any text of a length in characters; `values` and `pattern` narrow it. */
interface TextZone {
  readonly kind: 'text';
  readonly code: string;
  readonly least?: number;
  readonly most?: number;
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
}

/** A whole number; where there is a pattern, its written form counts (leading zeros). */
interface IntegerZone {
  readonly kind: 'integer';
  readonly code: string;
  readonly digits: number;
  readonly least?: number;
  readonly most?: number;
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
}

/** `yyyy-MM-dd`, or `HH:mm:ss.SSS`. */
interface MomentZone {
  readonly kind: 'date' | 'time';
  readonly code: string;
}

type Zone = TextZone | IntegerZone | MomentZone;

const text = (code: string, rule: Omit<TextZone, 'kind' | 'code'>): Zone => ({ kind: 'text', code, ...rule });
const integer = (code: string, rule: Omit<IntegerZone, 'kind' | 'code'>): Zone => ({
  kind: 'integer',
  code,
  ...rule,
});
const date = (code: string): Zone => ({ kind: 'date', code });
const time = (code: string): Zone => ({ kind: 'time', code });
const country = (code: string): Zone => integer(code, { digits: 5, least: 0, most: 99_999 });
const hour = (code: string): Zone => integer(code, { digits: 4, pattern: /^(?:[01]\d|2[0-3])[0-5]\d$/ });
const planned = (code: string): Zone => integer(code, { digits: 3, least: 1, most: 999 });

/** By element name, as `Dimona_20223.xsd` and the glossary of zones 2023/2 define them. */
export const ZONES = {
  ActivityWithRisk: integer('00041', { digits: 3, least: 0, most: 999 }),
  AttestationStatus: integer('00110', { digits: 1, values: ['0', '1', '3'] }),
  City: text('00522', { most: 40 }),
  CompanyID: integer('00014', { digits: 10, most: 1_999_999_943, pattern: /^\d{9,10}$/ }),
  Country: country('00523'),
  DailyRegistrationId: integer('01085', { digits: 12 }),
  Denomination: text('00776', { most: 96 }),
  DimonaPeriodId: integer('00913', { digits: 12 }),
  EmploymentNature: text('01231', { values: ['EMPLOYEE', 'WORKER'] }),
  EndingDate: date('00911'),
  EndingHour: hour('00778'),
  FirstMonthC32ANbr: integer('00663', { digits: 12 }),
  FormCreationDate: date('00218'),
  FormCreationHour: time('00299'),
  HouseNbr: text('00518', { most: 10 }),
  Identification: text('00296', { values: ['DIMONA'] }),
  INSS: integer('00024', { digits: 11, pattern: /^(?:0|\d{11})$/ }),
  JointCommissionNbr: text('00046', { values: JOINT_COMMITTEES }),
  Nationality: country('00119'),
  NextMonthC32ANbr: integer('00664', { digits: 12 }),
  NOSSRegistrationNbr: integer('00011', { digits: 9, least: 100_006, most: 199_999_934 }),
  PlannedDaysNbr: planned('01017'),
  PlannedHoursNbr: planned('01135'),
  PostBox: text('00519', { most: 4 }),
  ProvisionalNSSONbr: integer('00948', { digits: 10, least: 5_000_000_120, most: 5_999_999_989 }),
  ReferenceNbr: text('00222', { least: 1, most: 20 }),
  ReferenceOrigin: integer('00298', { digits: 1, values: ['1'] }),
  ReferenceType: integer('00221', { digits: 1, values: ['1', '6', '7', '8'] }),
  StartingDate: date('00910'),
  StartingHour: hour('00777'),
  Street: text('00517', { most: 42 }),
  SubEntityNbr: integer('00652', { digits: 10 }),
  TypeForm: text('00297', { values: ['SU'] }),
  UsingEmployerCompanyID: integer('00131', {
    digits: 10,
    least: 0,
    most: 1_999_999_943,
    pattern: /^(?:0|\d{9,10})$/,
  }),
  UsingEmployerName: text('00153', { most: LONGEST.usingEmployerName }),
  WorkerBirthdate: text('00028', { pattern: /^\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}$/u }),
  WorkerBirthplace: text('00168', { most: 40, pattern: /[^ \t\n\r]/ }),
  WorkerBirthplaceCountry: country('00169'),
  WorkerCity: text('00034', { most: 40 }),
  WorkerCountry: country('00035'),
  WorkerFirstName: text('00026', { least: 1, most: LONGEST.declaredGivenName }),
  WorkerHouseNbr: text('00031', { most: 10 }),
  WorkerInitial: text('00027', { pattern: /^\p{L}$/u }),
  WorkerName: text('00025', { least: 1, most: LONGEST.declaredFamilyName }),
  WorkerPostBox: text('00032', { most: 4 }),
  WorkerSex: integer('00029', { digits: 1, least: 1, most: 2 }),
  WorkerStatus: text('00053', { values: ['F1', 'F2'] }),
  WorkerStreet: text('00030', { most: 35 }),
  WorkerType: text('00655', { values: WORKER_TYPES }),
  WorkerZIPCode: text('00033', { most: 9 }),
  ZIPCode: text('00520', { most: 9 }),
} as const satisfies Record<string, Zone>;

/** The element name of a zone. */
export type ZoneTag = keyof typeof ZONES;

/** Tells whether an element name is that of a zone. */
export function isZoneTag(name: string): name is ZoneTag {
  return Object.hasOwn(ZONES, name);
}

/** Tells whether a zone may hold a value, by its form alone. */
export function isZoneValue(tag: ZoneTag, value: string): boolean {
  const zone: Zone = ZONES[tag];
  switch (zone.kind) {
    case 'text':
      return isText(zone, value);
    case 'integer':
      return isInteger(zone, collapse(value));
    case 'date': {
      const day = collapse(value);
      return parseLocalDate(day) !== undefined && !day.startsWith('0000');
    }
    case 'time':
      return /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}$/.test(collapse(value));
  }
}

/**
 * Gives the value that a text stands for: text as it is, other zones without the white space around them, numbers
 * without sign and leading zeros unless the zone fixes how many digits are written.
 */
export function readZone(tag: ZoneTag, value: string): string {
  const zone: Zone = ZONES[tag];
  if (zone.kind === 'text') return value;
  const collapsed = collapse(value);
  const isNumber = zone.kind === 'integer' && zone.pattern === undefined && /^[+-]?\d+$/.test(collapsed);
  return isNumber ? canonical(collapsed) : collapsed;
}

function isText(zone: TextZone, value: string): boolean {
  const { length } = Array.from(value);
  if (length < (zone.least ?? 0) || length > (zone.most ?? Number.POSITIVE_INFINITY)) return false;
  return (zone.values?.includes(value) ?? true) && (zone.pattern?.test(value) ?? true);
}

function isInteger(zone: IntegerZone, value: string): boolean {
  if (!/^[+-]?\d+$/.test(value)) return false;
  const plain = canonical(value);
  if (plain.replace('-', '').length > zone.digits) return false;
  const number = Number(plain);
  if (number < (zone.least ?? -Infinity) || number > (zone.most ?? Infinity)) return false;
  return (zone.values?.includes(plain) ?? true) && (zone.pattern?.test(value) ?? true);
}

/** Drops plus sign and leading zeros, and the minus of nought. */
function canonical(integerText: string): string {
  return integerText
    .replace(/^([+-]?)0*(?=\d)/, (_, sign: string) => (sign === '-' ? '-' : ''))
    .replace(/^-0$/, '0');
}

/** White space as XML Schema collapses it: at both ends, of four characters; in one pass, however much there is. */
function collapse(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value, start)) start += 1;
  while (end > start && isSpace(value, end - 1)) end -= 1;
  return value.slice(start, end);
}

function isSpace(value: string, index: number): boolean {
  return ' \t\n\r'.includes(value.charAt(index));
}
