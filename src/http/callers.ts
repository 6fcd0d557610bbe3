/** From the caller of a request to who acts, and on which ground: the only way from a token to a workflow. */
import type { Actor } from '../domain/evidence.ts';
import type { AgencyAccess } from '../workflows/batch-submit.ts';
import type { DeclarantAccess } from '../workflows/consult.ts';
import { identifyPerson } from '../workflows/identify.ts';
import type { SourceAccess } from '../workflows/load.ts';
import type { Reader } from '../workflows/read.ts';
import type { Sender } from '../workflows/report.ts';
import type { Services } from '../workflows/services.ts';
import type { SupervisorAccess } from '../workflows/supervise.ts';
import type { SenderAccess } from '../workflows/track.ts';
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

/** The organisation that declares. */
export function senderOf(request: Request): Sender {
  const client = clientOf(request);
  const { organization, clientId } = client;
  return { organization, clientId, ...tokenOf(request), traceId: request.traceId };
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

/** The person who reads what is theirs; undefined when the register does not know them, so that they have nothing. */
export async function readerOf(
  services: Pick<Services, 'database' | 'vault'>,
  request: Request,
): Promise<Reader | undefined> {
  const { caller } = request;
  if (caller?.kind !== 'person') throw new Refusal(missingPermission('This operation is for persons'));
  const personId = await identifyPerson(services, caller.ssin);
  if (personId === undefined) return undefined;
  return {
    actor: { kind: 'person', id: personId, ...tokenOf(request) },
    ground: { kind: 'ownData', personId },
    traceId: request.traceId,
  };
}

/** Whoever holds a document: known or not, it makes no difference to what they are told. */
export function holderOf(request: Request): { readonly actor: Actor; readonly traceId: string } {
  return { actor: { kind: 'anonymous', id: 'holder' }, traceId: request.traceId };
}
