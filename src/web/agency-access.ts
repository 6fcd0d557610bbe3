/** From an official's login to who acts, and for which organisation. */
import type { AgencyAccess } from '../workflows/batch-submit.ts';
import type { OfficialVisit } from './route.ts';

/** Officials act in the name of their organisation, and stand in evidence under their own. */
export function agencyAccessOf({ login, traceId }: Pick<OfficialVisit, 'login' | 'traceId'>): AgencyAccess {
  const { actorId, organization, tokenHash } = login;
  return { actor: { kind: 'official', id: actorId, organization, tokenHash }, organization, traceId };
}
