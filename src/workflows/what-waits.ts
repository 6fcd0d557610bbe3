/** What waits for the officials of an organisation, as counts: nothing here names a person. */
import { countDesk, type DeskCounts } from '../database/desk-counts.ts';
import { ANNOUNCED_DAYS } from '../domain/deliberation.ts';
import { isInstitution, type OrganizationAccess } from './institution.ts';
import type { Services } from './services.ts';

export type Waiting = DeskCounts;

/** Counts what waits; what only the institution decides on is 0 for any other organisation. */
export function whatWaits(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
): Promise<Waiting> {
  const asked = { organization: access.organization, announcedDays: ANNOUNCED_DAYS };
  return services.database.transaction((connection) =>
    countDesk(connection, { ...asked, isInstitution: isInstitution(services, access) }),
  );
}
