/** What an official may do at the desk. */
import type { DeskRight } from '../domain/desk-right.ts';
import { isInstitution } from '../workflows/institution.ts';
import type { Services } from '../workflows/services.ts';
import type { OfficialVisit } from './route.ts';

/** What a page asks of an official; nothing: that they act for an organisation. */
export interface Needed {
  readonly right?: DeskRight;
  readonly isForInstitution?: boolean;
}

/** What rests on a right is the organisation's own, and nothing that somebody does by a mandate. */
export function mayDo(
  services: Pick<Services, 'catalogue'>,
  { rights = [], acting, organization }: OfficialVisit['login'],
  { right, isForInstitution }: Needed,
): boolean {
  if (isForInstitution === true && !isInstitution(services, { organization })) return false;
  return right === undefined || (acting === undefined && rights.includes(right));
}
