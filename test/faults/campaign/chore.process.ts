/**
 * What an operator does while a campaign runs, one step in a process of its own so that a failpoint can kill it. Words:
 * `bounce <public URL>` with the report on standard input, `erase` with an SSIN there, or `rekey`.
 */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { openDatabase } from '../../../src/database/database.ts';
import { uuidv7 } from '../../../src/domain/identifier.ts';
import type { Ssin } from '../../../src/domain/ssin.ts';
import { armFailpoints } from '../../../src/failpoint.ts';
import { createLog } from '../../../src/log.ts';
import { freshBytes } from '../../../src/random.ts';
import { noteBounce } from '../../../src/workflows/bounce.ts';
import { requestErasure } from '../../../src/workflows/erase.ts';
import { openVault } from '../../../src/workflows/open-vault.ts';
import { startRekey } from '../../../src/workflows/rekey.ts';

const [step, publicUrl = ''] = process.argv.slice(2);
const {
  DATABASE_URL = '',
  VAULT_SECRET_FILE = '',
  FORMER_VAULT_SECRET_FILES = '',
  FAILPOINTS = '',
} = process.env;

armFailpoints(FAILPOINTS);
const database = openDatabase({ url: DATABASE_URL, connections: 2, log: createLog('silent') });
const clock = () => new Date();
const former = FORMER_VAULT_SECRET_FILES.split(',').filter((path) => path !== '');
const secrets = {
  current: readFileSync(VAULT_SECRET_FILE),
  former: former.map((path) => readFileSync(path)),
};
const services = {
  database,
  vault: await openVault({ database }, secrets),
  clock,
  newId: () => uuidv7(clock(), freshBytes(10)),
};
const actor = { kind: 'service', id: 'operator/campaign' } as const;
const input = await text(process.stdin);
if (step === 'bounce') process.stdout.write(await noteBounce(services, publicUrl, Buffer.from(input)));
if (step === 'erase') {
  const outcome = await requestErasure(services, input.trim() as Ssin, { actor, reason: 'campaign' });
  process.stdout.write(outcome.kind);
}
if (step === 'rekey') process.stdout.write(String(await startRekey(services, { actor })));
await database.close();
