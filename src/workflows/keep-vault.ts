/** One turn of keeping the vault: which versions are in use is read anew, and older declarations get their keys. */
import { hasUnkeyed } from '../database/rekey.ts';
import { followVersions } from './open-vault.ts';
import { queueRekey } from './rekey.ts';
import type { Services } from './services.ts';

/** Follows the register. Throws `keyUnfit` where the version of now is one that this process has no secret of. */
export async function keepVault(services: Pick<Services, 'database' | 'vault'>): Promise<void> {
  await services.database.transaction(async (connection) => {
    await followVersions(services, connection);
    if (await hasUnkeyed(connection)) await queueRekey(connection);
  });
}
