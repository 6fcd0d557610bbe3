/** The published description of the data attached to every document (JSON Schema, draft 2020-12). */

/** The part of its address after that of the service. A document names it for ever: what it says may grow, not change. */
export const ATTESTATION_SCHEMA_PATH = '/attestations/v1/refData/schemas/attestation';

/** Gives the schema. @param id its address, as the documents name it */
export function attestationSchema(id: string): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: 'Attestation',
    description:
      'What is printed on an attestation, and nothing else. A fact that the page does not show is left out. The seal of the document covers it.',
    ...objectOf(PROPERTIES, [
      '$schema',
      'number',
      'type',
      'title',
      'language',
      'issuer',
      'issuedAt',
      'verificationUrl',
    ]),
  };
}

const text = (description: string, rules: object = {}) => ({
  description,
  type: 'string',
  minLength: 1,
  ...rules,
});

function objectOf(properties: object, required: readonly string[]): object {
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    minProperties: 1,
    properties,
  };
}

const enterpriseNumber = text('Number of the Crossroads Bank for Enterprises, ten digits', {
  pattern: '^[01]\\d{9}$',
});

const HOLDER = {
  familyName: text('As printed'),
  givenName: text('As printed'),
  ssin: text('Social security identification number: eleven digits, or with the last five hidden', {
    pattern: '^(\\d{11}|\\d{2}\\.\\d{2}\\.\\d{2}-\\*{3}\\.\\*{2})$',
  }),
};

const EMPLOYER = {
  name: text('As printed'),
  enterpriseNumber,
  nssoNumber: text('Number of the National Social Security Office, where no enterprise number is known'),
};

const DAY = {
  date: text('The day', { format: 'date' }),
  reference: text('What the source calls the fact: for Dimona the DimonaPeriodId'),
  jointCommittee: text('Number of the joint committee'),
  usingEmployer: text('Name or number of the enterprise that a temporary worker was lent to'),
};

const ADDRESS = {
  street: text('Name of the street'),
  houseNumber: text('As printed'),
  boxNumber: text('As printed'),
  postCode: text('As printed'),
  municipality: text('NIS code, or its name'),
};

const PERIOD = {
  startDate: text('The first day', { format: 'date' }),
  endDate: text('The last day, included; missing while the period is open', { format: 'date' }),
  source: text('Name or enterprise number of who reported it'),
  reference: text('What the source calls the fact'),
  employer: { description: 'The employer as far as known', ...objectOf(EMPLOYER, []) },
  attributes: {
    description: 'What the source adds, by the names that the attestation type declares',
    type: 'object',
    minProperties: 1,
    additionalProperties: {
      anyOf: [text('As the source wrote it'), objectOf(ADDRESS, ['street', 'postCode', 'municipality'])],
    },
  },
};

const PROPERTIES = {
  $schema: text('The address of this schema', { format: 'uri' }),
  number: text('Number of the attestation', { pattern: '^[A-Z]{2,6}-\\d{4}-\\d{8,}-\\d{2}$' }),
  type: text('Id of the attestation type'),
  title: text('Its name in the language of the document'),
  language: { description: 'Language of the document', enum: ['nl', 'fr', 'de'] },
  issuer: {
    description: 'The institution that issued it',
    ...objectOf({ enterpriseNumber, name: text('As printed') }, ['enterpriseNumber', 'name']),
  },
  issuedAt: text('When it was issued', { format: 'date-time' }),
  supersedes: text('Number of the attestation that it replaces'),
  holder: { description: 'Whom it speaks of', ...objectOf(HOLDER, []) },
  employer: { description: 'The employer as far as known', ...objectOf(EMPLOYER, []) },
  rule: text('Which rule the decision was taken by'),
  referenceDate: text('The day that the rule looks at', { format: 'date' }),
  month: text('The month that the days lie in', { pattern: '^\\d{4}-(0[1-9]|1[0-2])$' }),
  numberOfDays: { description: 'How many days it attests', type: 'integer', minimum: 0 },
  days: {
    description: 'The days it attests, in order',
    type: 'array',
    items: objectOf(DAY, []),
  },
  numberOfPeriods: { description: 'How many periods it attests', type: 'integer', minimum: 0 },
  periods: {
    description: 'The periods it attests, in order',
    type: 'array',
    items: { type: 'object', additionalProperties: false, properties: PERIOD },
  },
  verificationUrl: text('Where it can be verified', { format: 'uri' }),
};
