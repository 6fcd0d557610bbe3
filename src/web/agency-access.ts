/** From an official's login to who acts, and for which organisation. */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { AgencyAccess } from '../workflows/batch-submit.ts';
import type { OrganizationAccess } from '../workflows/institution.ts';
import type { OfficialVisit } from './route.ts';

/** Officials ask and see what is their own organisation's, whomever they send batches for. */
export function deskAccessOf({
  login,
  traceId,
}: Pick<OfficialVisit, 'login' | 'traceId'>): OrganizationAccess & {
  readonly organization: EnterpriseNumber;
} {
  const { actorId: id, organization, tokenHash } = login;
  return { actor: { kind: 'official', id, organization, tokenHash }, organization, traceId };
}

/**
 * Officials act in the name of their organisation, and stand in evidence under their own; by a mandate their organisation
 * acts for an employer.
 */
export function agencyAccessOf({ login, traceId }: Pick<OfficialVisit, 'login' | 'traceId'>): AgencyAccess {
  const { actorId, organization, tokenHash, acting } = login;
  const represented = acting?.employer;
  return {
    actor: { kind: 'official', id: actorId, organization, tokenHash },
    organization,
    ...(represented !== undefined && acting && { acting: { mandateId: acting.mandateId, represented } }),
    traceId,
  };
}
