/**
 * Works off the jobs of flows in a process of its own, with as little of the service as it takes, so that a failpoint can
 * kill it and what it uses is its own. `FLOW_DAY` is its day, `STORE` its store as JSON, `VAULT_SECRET` in hexadecimal;
 * the last line says what it used.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openArchive } from '../../src/archive/archive.ts';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { openDatabase } from '../../src/database/database.ts';
import { uuidv7 } from '../../src/domain/identifier.ts';
import { armFailpoints } from '../../src/failpoint.ts';
import { createLog } from '../../src/log.ts';
import { openVault } from '../../src/workflows/open-vault.ts';
import { type FlowServices, onDay, workOff } from '../support/flow-runs.ts';
import { projectRoot } from '../support/needs.ts';

const { DATABASE_URL = '', STORE = '', VAULT_SECRET = '', FLOW_DAY = '', FAILPOINTS = '' } = process.env;

armFailpoints(FAILPOINTS);
const database = openDatabase({ url: DATABASE_URL, connections: 4, log: createLog('silent') });
const archive = openArchive(JSON.parse(STORE) as Parameters<typeof openArchive>[0]);
const clock = () => new Date();
const services = {
  database,
  archive,
  catalogue: await loadCatalogue(join(projectRoot, 'templates')),
  vault: await openVault({ database }, { current: Buffer.from(VAULT_SECRET, 'hex'), former: [] }),
  newId: () => uuidv7(clock(), randomBytes(10)),
  clock,
  settings: { fileKeyDays: 90 },
} as unknown as FlowServices;
const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
const [atStartMiB, started, used] = [mib(process.memoryUsage.rss()), performance.now(), process.cpuUsage()];
const jobs = await workOff(onDay(services, FLOW_DAY), 1);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(used);
// Counted in kibibytes.
const peakMiB = mib(process.resourceUsage().maxRSS * 1024);
process.stdout.write(
  `${JSON.stringify({ jobs, seconds, processorSeconds: (user + system) / 1e6, atStartMiB, peakMiB })}\n`,
);
archive.close();
await database.close();
