/** From the caller of a request to who acts, and on which ground: the only way from a token to a workflow. */
import type { Actor } from '../domain/evidence.ts';
import type { AgencyAccess } from '../workflows/batch-submit.ts';
import type { DeclarantAccess } from '../workflows/consult.ts';
import type { DeliberatedAccess } from '../workflows/deliberated.ts';
import type { DossierAccess } from '../workflows/dossier.ts';
import { identifyPerson } from '../workflows/identify.ts';
import { asInstitution, type InstitutionAccess, type OrganizationAccess } from '../workflows/institution.ts';
import type { SourceAccess } from '../workflows/load.ts';
import type { TableAccess } from '../workflows/make-table.ts';
import type { Sender } from '../workflows/report.ts';
import type { Services } from '../workflows/services.ts';
import type { SupervisorAccess } from '../workflows/supervise.ts';
import type { SenderAccess } from '../workflows/track.ts';
import type { KnownHolder } from '../workflows/verify-many.ts';
import { mandateIdOf } from './mandate-id.ts';
import { missingPermission, Refusal } from './problems.ts';
import type { Request } from './route.ts';

/** The client behind a request. Throws a `Refusal` when it is none, which the route's access rules out. */
function clientOf({ caller }: Request) {
  if (caller?.kind !== 'client') throw new Refusal(missingPermission('This operation is for organisations'));
  return caller;
}

function clientActor(request: Request): Actor {
  const client = clientOf(request);
  const { clientId: id, organization } = client;
  return { kind: 'client', id, organization, ...tokenOf(request) };
}

/** The token stands in evidence by its hash. */
function tokenOf({ tokenHash }: Request): Pick<Actor, 'tokenHash'> {
  return tokenHash === undefined ? {} : { tokenHash };
}

/** The organisation that declares, and the mandate by which it does so for an employer, where it names one. */
export function senderOf(request: Request): Sender {
  const { organization, clientId } = clientOf(request);
  const mandateId = mandateIdOf(request);
  const agent = { kind: 'organization', organization } as const;
  return {
    organization,
    clientId,
    ...tokenOf(request),
    ...(mandateId && { mandate: { kind: 'mandate', mandateId, agent, right: 'declare' } }),
    traceId: request.traceId,
  };
}

/** The organisation that reads the answers to what it declared. */
export function declarantAccessOf(request: Request): DeclarantAccess {
  const { organization } = clientOf(request);
  return {
    actor: clientActor(request),
    ground: { kind: 'declarant', organization },
    traceId: request.traceId,
  };
}

/** The organisation that asks what became of its messages. */
export function senderAccessOf(request: Request): SenderAccess {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), ground: { kind: 'sender', organization }, traceId: request.traceId };
}

/** The authentic source that loads the register. */
export function sourceAccessOf(request: Request): SourceAccess {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), ground: { kind: 'source', organization }, traceId: request.traceId };
}

/** The agency that sends and follows batches. */
export function agencyAccessOf(request: Request): AgencyAccess {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), organization, traceId: request.traceId };
}

/** The organisation that supervises. */
export function supervisorAccessOf(request: Request): SupervisorAccess {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), organization, traceId: request.traceId };
}

/** An organisation that names the deliberation on which it asks. */
export function deliberatedAccessOf(
  request: Request,
  { deliberationId, legalContext }: Pick<DeliberatedAccess, 'deliberationId' | 'legalContext'>,
): DeliberatedAccess {
  const { organization } = clientOf(request);
  const named = { deliberationId, legalContext };
  return { actor: clientActor(request), organization, ...named, traceId: request.traceId };
}

/** The organisation that asks for counts; on a deliberation where it names one. */
export function tableAccessOf(
  request: Request,
  named: Pick<DeliberatedAccess, 'deliberationId' | 'legalContext'> | undefined,
): TableAccess {
  const { organization } = clientOf(request);
  const deliberated = named && deliberatedAccessOf(request, named);
  return { actor: clientActor(request), organization, traceId: request.traceId, deliberated };
}

/** The organisation that registered a dossier. */
export function dossierAccessOf(request: Request): DossierAccess {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), organization, traceId: request.traceId };
}

/** An organisation that asks for access, or manages it. */
export function organizationAccessOf(request: Request): OrganizationAccess {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), organization, traceId: request.traceId };
}

/** The institution, which alone decides on access. Throws a `Refusal` (403) for any other organisation. */
export function institutionOf(services: Pick<Services, 'catalogue'>, request: Request): InstitutionAccess {
  const institution = asInstitution(services, organizationAccessOf(request));
  if (institution !== undefined) return institution;
  throw new Refusal(missingPermission('This operation is for the institution that runs the service'));
}

/** The person behind a request; undefined when the register does not know them. */
export async function personOf(
  services: Pick<Services, 'database' | 'vault'>,
  request: Request,
): Promise<Actor | undefined> {
  const { caller } = request;
  if (caller?.kind !== 'person') throw new Refusal(missingPermission('This operation is for persons'));
  const id = await identifyPerson(services, caller.ssin);
  return id === undefined ? undefined : { kind: 'person', id, ...tokenOf(request) };
}

/** An organisation that holds documents, and says who it is. */
export function knownHolderOf(request: Request): KnownHolder {
  const { organization } = clientOf(request);
  return { actor: clientActor(request), organization, traceId: request.traceId };
}

/** Whoever holds a document: known or not, it makes no difference to what they are told. */
export function holderOf(request: Request): { readonly actor: Actor; readonly traceId: string } {
  return { actor: { kind: 'anonymous', id: 'holder' }, traceId: request.traceId };
}
