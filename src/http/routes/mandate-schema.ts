/** Mandates on the wire: to organisations with their parties, to a person with the other one. */
import { z } from 'zod';
import { MANDATE_KINDS, stateOf } from '../../domain/mandate.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import type { MandateRow, PersonalMandateRow } from '../../workflows/mandate.ts';

const dateTime = z.string().meta({ format: 'date-time' });
const date = z.string().meta({ format: 'date' });
const shape = {
  mandateId: z.uuid(),
  kind: z.enum(MANDATE_KINDS),
  state: z.enum(['future', 'inForce', 'expired', 'revoked']),
  rights: z.array(z.string().meta({ example: 'consult' })),
  validFrom: date,
  validUntil: date.optional(),
  recordedAt: dateTime,
};

export const mandateSchema = z
  .object({
    ...shape,
    agent: z.string().optional().meta({ description: 'The organisation that acts', example: '1900045601' }),
    employer: z.string().optional().meta({ description: 'For whom', example: '0206731645' }),
    agentPersonId: z.uuid().optional().meta({ description: 'The person who acts; never an SSIN' }),
    representedPersonId: z.uuid().optional(),
    revoked: z.object({ at: dateTime, reasons: z.string() }).optional(),
  })
  .meta({ id: 'Mandate' });

export const ownMandatesSchema = z
  .object({
    items: z.array(
      z
        .object({
          ...shape,
          role: z.enum(['agent', 'represented']).meta({ description: 'What the caller is in it' }),
          other: z.object({ familyName: z.string(), givenName: z.string() }),
          revokedAt: dateTime.optional(),
        })
        .meta({ id: 'OwnMandate' }),
    ),
  })
  .meta({ id: 'OwnMandates' });

function common(row: MandateRow) {
  const { mandateId, kind, rights, validFrom, validUntil, revokedAt, recordedAt, today } = row;
  const term = { validFrom, ...(validUntil !== null && { validUntil }) };
  const state = stateOf(term, revokedAt !== null, today);
  return { mandateId, kind, state, rights: [...rights], ...term, recordedAt: brusselsDateTime(recordedAt) };
}

/** Writes a mandate. */
export function toMandate(row: MandateRow): z.input<typeof mandateSchema> {
  const { agentOrganization, employer, agentPersonId, representedPersonId, revokedAt, revocationReasons } =
    row;
  return {
    ...common(row),
    ...(agentOrganization !== null && { agent: agentOrganization }),
    ...(employer !== null && { employer }),
    ...(agentPersonId !== null && { agentPersonId }),
    ...(representedPersonId !== null && { representedPersonId }),
    ...(revokedAt !== null && {
      revoked: { at: brusselsDateTime(revokedAt), reasons: revocationReasons ?? '' },
    }),
  };
}

/** Writes a mandate for one of its persons. */
export function toOwnMandate(row: PersonalMandateRow) {
  const { isAgent, otherFamilyName: familyName, otherGivenName: givenName, revokedAt } = row;
  return {
    ...common(row),
    role: isAgent ? 'agent' : 'represented',
    other: { familyName, givenName },
    ...(revokedAt !== null && { revokedAt: brusselsDateTime(revokedAt) }),
  };
}
