/** Dossiers: an organisation registers of whom it has one, where a deliberation covers nobody else. */
import { z } from 'zod';
import { stateOf } from '../../domain/mandate.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { consultDossier, type DossierRow, endDossier, registerDossier } from '../../workflows/dossier.ts';
import type { Services } from '../../workflows/services.ts';
import { deliberatedAccessOf, dossierAccessOf } from '../callers.ts';
import { checkSsin, legalContext, localDate, ssinText } from '../fields.ts';
import { badRequest, inputIssue, notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { accessAddress, accessCommon, BODY_LIMIT } from './access-common.ts';
import { deliberationRefused } from './status-query.ts';

type DossierServices = Pick<Services, 'database' | 'vault' | 'newId' | 'clock' | 'settings'>;

/** The routes of dossiers. */
export function dossierRoutes(services: DossierServices): Route[] {
  return [registerRoute(services), findRoute(services), closeRoute(services)];
}

const PATH = '/access/v1/dossiers';
const oneDossier = z.strictObject({
  dossierId: z.uuid().meta({ description: 'From the `Location` of the dossier' }),
});
const newDossierSchema = z
  .strictObject({
    deliberationId: z.uuid().meta({ description: 'The deliberation that is for own dossiers' }),
    legalContext,
    ssin: ssinText('Of whom'),
    validFrom: localDate('The first day', '2026-01-01'),
    validUntil: localDate('The last day; missing: until it is closed', '2027-12-31').optional(),
  })
  .meta({ id: 'NewDossier' });

const dossierSchema = z
  .object({
    dossierId: z.uuid(),
    deliberationId: z.uuid(),
    state: z.enum(['future', 'inForce', 'expired', 'closed']),
    validFrom: z.string().meta({ format: 'date' }),
    validUntil: z.string().optional().meta({ format: 'date' }),
    registeredAt: z.string().meta({ format: 'date-time' }),
    closedAt: z.string().optional().meta({ format: 'date-time' }),
  })
  .meta({ id: 'Dossier' });

function registerRoute(services: DossierServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: PATH,
    operationId: 'registerDossier',
    summary: 'Register that the organisation has a dossier of a person',
    description:
      'A deliberation may be for those only of whom the organisation registered a dossier for it. 403 unless the one that is named is in force, of the organisation and for its own dossiers. The person finds it among the accesses to their data. One that is open already is left as it is, and its address given again.',
    body: { kind: 'json', schema: newDossierSchema, limit: BODY_LIMIT },
    answers: { 201: { description: 'It is registered', headers: { Location: 'The dossier' } } },
    handle: async (request) => {
      // The route's schema read it.
      const { ssin, validFrom, validUntil, ...named } = request.body as z.output<typeof newDossierSchema>;
      const given = { ssin: checkSsin(ssin, 'ssin', services.clock()), validFrom, validUntil };
      const outcome = await registerDossier(services, deliberatedAccessOf(request, named), given);
      switch (outcome.kind) {
        case 'notAllowed':
          throw deliberationRefused();
        case 'unknownPerson':
          throw invalid('ssin', 'is not in the register');
        case 'periodInverted':
          throw invalid('validUntil', 'lies before the first day');
        case 'registered': {
          const location = accessAddress(services, `dossiers/${outcome.dossierId}`);
          return { status: 201, headers: { Location: location } };
        }
      }
    },
  };
}

function invalid(name: string, detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'body', name, detail)]));
}

function findRoute(services: DossierServices): Route {
  return {
    ...accessCommon,
    method: 'get',
    path: `${PATH}/{dossierId}`,
    operationId: 'getDossier',
    summary: 'A dossier of the caller’s organisation, without the person',
    params: oneDossier,
    body: { kind: 'none' },
    answers: { 200: { description: 'The dossier', schema: dossierSchema } },
    handle: async (request) => {
      const row = await consultDossier(services, dossierAccessOf(request), request.params.dossierId ?? '');
      if (row === undefined) throw new Refusal(resourceNotFound('dossierId'));
      return { status: 200, body: toDossier(row) };
    },
  };
}

function toDossier(row: DossierRow): z.input<typeof dossierSchema> {
  const { dossierId, deliberationId, validFrom, validUntil, registeredAt, closedAt, today } = row;
  const term = { validFrom, ...(validUntil !== null && { validUntil }) };
  const state = stateOf(term, closedAt !== null, today);
  return {
    dossierId,
    deliberationId,
    state: state === 'revoked' ? 'closed' : state,
    ...term,
    registeredAt: brusselsDateTime(registeredAt),
    ...(closedAt !== null && { closedAt: brusselsDateTime(closedAt) }),
  };
}

function closeRoute(services: DossierServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: `${PATH}/{dossierId}/closure`,
    operationId: 'closeDossier',
    summary: 'Close a dossier: the deliberation covers the person no more',
    params: oneDossier,
    body: { kind: 'none' },
    answers: { 204: { description: 'It is closed' } },
    handle: async (request) => {
      const outcome = await endDossier(services, dossierAccessOf(request), request.params.dossierId ?? '');
      if (outcome === 'notFound') throw new Refusal(resourceNotFound('dossierId'));
      if (outcome === 'closedBefore') throw new Refusal(notInThisState('It was closed before'));
      return { status: 204 };
    },
  };
}
