/** What an organisation is called, where the register of employers knows it. */
import { listEmployers } from '../database/employers.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Services } from './services.ts';

/** Gives the name of an organisation; undefined when the register has none. */
export async function nameOrganization(
  { database }: Pick<Services, 'database'>,
  enterpriseNumber: EnterpriseNumber,
): Promise<string | undefined> {
  const numbers = { enterpriseNumber, nssoNumber: null, provisionalNssoNumber: null };
  const [employer] = await database.transaction((connection) => listEmployers(connection, numbers));
  return employer?.name ?? undefined;
}
