/** Who manages access: the institution that runs the service, and nobody else, whatever scopes a token has. */
import type { Actor, AuditAction, AuditEntry } from '../domain/evidence.ts';
import type { Services } from './services.ts';

/** An organisation that asks, consults or manages. */
export interface OrganizationAccess {
  readonly actor: Actor;
  readonly organization: string;
  readonly traceId: string;
}

/** The institution itself: only `asInstitution` makes one. */
export type InstitutionAccess = OrganizationAccess & { readonly __isInstitution: true };

/** Tells whether an organisation is the institution that runs the service. */
export function isInstitution(
  { catalogue }: Pick<Services, 'catalogue'>,
  { organization }: Pick<OrganizationAccess, 'organization'>,
): boolean {
  return organization === catalogue.issuer.enterpriseNumber;
}

/** Gives the access of the institution; undefined for any other organisation. */
export function asInstitution(
  services: Pick<Services, 'catalogue'>,
  access: OrganizationAccess,
): InstitutionAccess | undefined {
  return isInstitution(services, access) ? { ...access, __isInstitution: true } : undefined;
}

/** Whose records an organisation sees: the institution all, hence undefined, any other its own. */
export function ownOf(services: Pick<Services, 'catalogue'>, access: OrganizationAccess): string | undefined {
  return isInstitution(services, access) ? undefined : access.organization;
}

/** What evidence keeps of a step in managing access. */
export function stepEntry(
  { actor, traceId }: OrganizationAccess,
  action: AuditAction,
  object: string,
): AuditEntry {
  return { actor, action, ground: 'duty', object, traceId };
}

/** Who did it, for the row that keeps it. */
export function recordedBy({ actor, organization }: OrganizationAccess) {
  return { by: actor.id, organization };
}
