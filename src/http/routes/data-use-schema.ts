/** What is used of the register, on the wire: requests ask for it and deliberations allow it. */
import { z } from 'zod';
import type { DataUse } from '../../domain/deliberation.ts';
import type { UseIssue } from '../../workflows/data-use.ts';
import { freeText, legalContext, localDate } from '../fields.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';

const names = (pattern: RegExp, expected: string, description: string, example: readonly string[]) =>
  z.array(z.string().regex(pattern, expected)).max(100).default([]).meta({ description, example });
const NAME = /^[a-z][A-Za-z]*(-[A-Za-z]+)*$/;

/** The properties of a use. */
export const useShape = {
  legalContext,
  purpose: z
    .strictObject({
      nl: freeText(300),
      fr: freeText(300),
      de: freeText(300),
      en: freeText(300).optional(),
    })
    .meta({ description: 'The purpose in words; citizens read them' }),
  statuses: names(NAME, 'expected the code of a status', 'Statuses that may be asked about', ['quarantine']),
  attestationTypes: names(NAME, 'expected an attestation type', 'Attestation types that may be consulted', [
    'quarantine',
  ]),
  flows: names(NAME, 'expected the name of a flow', 'Flows that may be received', []),
  attributes: names(NAME, 'expected the name of a fact', 'Facts of attestations that may be seen', [
    'month',
    'numberOfDays',
  ]),
  municipalities: z
    .array(z.string().regex(/^\d{5}$/, 'expected a NIS code'))
    .min(1)
    .max(600)
    .optional()
    .meta({
      description: 'Only persons with their domicile there, by NIS code; missing: everybody',
      example: ['24062'],
    }),
  ownDossiers: z.boolean().default(false).meta({
    description: 'Only persons of whom the organisation registered a dossier for the deliberation',
  }),
  validFrom: localDate('The first day', '2026-01-01'),
  validUntil: localDate('The last day', '2027-12-31'),
};

const useSchema = z.strictObject(useShape);

/** An example of a use. */
export const USE_EXAMPLE = {
  legalContext: 'CITY:SUPPORT_GRANT',
  purpose: {
    nl: 'Toekennen van een gemeentelijke steun',
    fr: 'Octroi d’une aide communale',
    de: 'Gewährung einer kommunalen Beihilfe',
  },
  statuses: ['quarantine'],
  attestationTypes: ['quarantine'],
  attributes: ['month', 'numberOfDays'],
  municipalities: ['24062'],
  validFrom: '2026-01-01',
  validUntil: '2027-12-31',
};

/** Reads the use that a body holds among others. */
export function readUse(body: z.output<typeof useSchema>): DataUse {
  const { purpose, municipalities } = body;
  const { en, ...official } = purpose;
  return {
    legalContext: body.legalContext,
    purpose: { ...official, ...(en !== undefined && { en }) },
    statuses: body.statuses,
    attestationTypes: body.attestationTypes,
    flows: body.flows,
    attributes: body.attributes,
    ...(municipalities !== undefined && { municipalities }),
    ownDossiers: body.ownDossiers,
    validFrom: body.validFrom,
    validUntil: body.validUntil,
  };
}

const text = z.string();
const texts = z.array(text);

/** The properties of a use in an answer. */
export const shownUseShape = {
  legalContext: text,
  purpose: z.object({ nl: text, fr: text, de: text, en: text.optional() }),
  statuses: texts,
  attestationTypes: texts,
  flows: texts,
  attributes: texts,
  municipalities: texts.optional(),
  ownDossiers: z.boolean(),
  validFrom: text.meta({ format: 'date' }),
  validUntil: text.meta({ format: 'date' }),
};

/** Writes a use. */
export function toUse(use: DataUse) {
  const { legalContext, purpose, statuses, attestationTypes, flows, attributes } = use;
  const { municipalities, ownDossiers, validFrom, validUntil } = use;
  const named = { legalContext, purpose, statuses, attestationTypes, flows, attributes };
  return { ...named, ...(municipalities && { municipalities }), ownDossiers, validFrom, validUntil };
}

/** 400 with what is wrong with a use in the light of the catalogue. */
export function useRefused(issues: readonly UseIssue[]): Refusal {
  return new Refusal(
    badRequest(issues.map(({ name, detail }) => inputIssue('invalidInput', 'body', name, detail))),
  );
}
