/** What a column of a flow can hold: of the person, of a period of a status, of a count, or an attribute of the source. */

/** Of the person. */
const PERSON_FIELDS = [
  'ssin',
  'familyName',
  'givenName',
  'birthDate',
  'language',
  'municipality',
  'householdSize',
] as const;
/** What follows from those: worked out of what is read. */
const DERIVED_FIELDS = ['sex', 'ageClass', 'municipalityName', 'region'] as const;
/** Of one period of a status. */
const PERIOD_FIELDS = [
  'status',
  'source',
  'reference',
  'from',
  'until',
  'days',
  'enterpriseNumber',
  'enterpriseName',
] as const;
/** Of the persons and periods that a row of counts stands for. */
const COUNT_FIELDS = ['persons', 'periods', 'totalDays'] as const;

export type ReadField = (typeof PERSON_FIELDS)[number] | (typeof PERIOD_FIELDS)[number];
export type DerivedField = (typeof DERIVED_FIELDS)[number];
export type CountField = (typeof COUNT_FIELDS)[number];
/** `attributes.days`: what the source adds to a fact by that name. */
export type AttributeField = `attributes.${string}`;
export type FlowField = ReadField | DerivedField | CountField | AttributeField;

/** What a row stands for: a person, one period of a status, or the persons and periods that have the columns in common. */
export const ROW_KINDS = ['person', 'period', 'count'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

const ATTRIBUTE = /^attributes\.[a-zA-Z][A-Za-z0-9]{0,39}$/;

function isIn<T extends string>(list: readonly T[], field: string): field is T {
  return (list as readonly string[]).includes(field);
}

export function isAttribute(field: string): field is AttributeField {
  return ATTRIBUTE.test(field);
}

export function isCount(field: string): field is CountField {
  return isIn(COUNT_FIELDS, field);
}

export function isDerived(field: string): field is DerivedField {
  return isIn(DERIVED_FIELDS, field);
}

/** Tells whether a text names a field that rows of a kind have. */
export function isFieldOf(row: RowKind, field: string): field is FlowField {
  if (isIn(PERSON_FIELDS, field) || isDerived(field)) return row !== 'count' || !NAMING.has(field);
  if (row === 'person') return false;
  return isIn(PERIOD_FIELDS, field) || isAttribute(field)
    ? row !== 'count' || !NAMING.has(field)
    : row === 'count' && isCount(field);
}

/** A count under these would be one of a single person. */
const NAMING: ReadonlySet<string> = new Set([
  'ssin',
  'familyName',
  'givenName',
  'birthDate',
  'householdSize',
  'reference',
]);

/** From what a derived field follows. */
const FROM: Readonly<Record<DerivedField, readonly ReadField[]>> = {
  sex: ['ssin'],
  ageClass: ['birthDate'],
  municipalityName: ['municipality'],
  region: ['municipality'],
};

/** Lists what is read of the register for some fields, each once. */
export function readFor(fields: readonly FlowField[]): readonly (ReadField | AttributeField)[] {
  const read = fields.flatMap((field): readonly (ReadField | AttributeField)[] => {
    if (isDerived(field)) return FROM[field];
    if (field === 'totalDays') return ['days' as const];
    return isCount(field) ? [] : [field];
  });
  return [...new Set(read)];
}

/**
 * The name under which a deliberation allows a field: its own, of an attribute that of the source, and a count none, as
 * it says nothing of anybody.
 */
export function attributeNames(fields: readonly FlowField[]): readonly string[] {
  const names = fields
    .filter((field) => !isCount(field))
    .map((field) => (isAttribute(field) ? field.slice('attributes.'.length) : field));
  return [...new Set(names)];
}
