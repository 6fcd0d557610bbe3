/**
 * Started by the test of privacy: one step of it as a process of its own, with as little of the service as it takes, so that
 * a failpoint can kill it. Words: `erase <id>` or `retain`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openDatabase } from '../../src/database/database.ts';
import { armFailpoints } from '../../src/failpoint.ts';
import { createLog } from '../../src/log.ts';
import { erasePerson } from '../../src/workflows/erase.ts';
import { openVault } from '../../src/workflows/open-vault.ts';
import { applyRetention } from '../../src/workflows/retain.ts';

const [step, id = ''] = process.argv.slice(2);
const { DATABASE_URL = '', VAULT_SECRET_FILE = '', FAILPOINTS = '' } = process.env;

armFailpoints(FAILPOINTS);
const database = openDatabase({ url: DATABASE_URL, connections: 2, log: createLog('silent') });
const vault = await openVault({ database }, { current: readFileSync(VAULT_SECRET_FILE), former: [] });
const services = { database, vault, clock: () => new Date(), newId: randomUUID };
await (step === 'erase'
  ? erasePerson(services, id)
  : applyRetention(services, { kind: 'service', id: 'retain' }));
await database.close();
