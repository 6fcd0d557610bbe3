/** A process that keeps an evidence log for one turn, to be struck at a failpoint: `keep-evidence.ts <options as JSON>`. */
import { randomBytes } from 'node:crypto';
import { openLockedBucket } from '../../src/archive/locked-bucket.ts';
import { openDatabase } from '../../src/database/database.ts';
import { armFailpoints } from '../../src/failpoint.ts';
import { readEvidenceKey } from '../../src/keys/evidence-key.ts';
import { createLog } from '../../src/log.ts';
import { keepEvidence } from '../../src/workflows/keep-evidence.ts';

/** What the process needs to know. */
export interface KeepOptions {
  readonly databaseUrl: string;
  readonly bucket: Parameters<typeof openLockedBucket>[0];
  readonly keyPem: string;
  readonly failpoints: string;
}

// Written by the test that starts this process.
const options = JSON.parse(process.argv[2] ?? '{}') as KeepOptions;
armFailpoints(options.failpoints);
const log = createLog('warn');
await keepEvidence({
  database: openDatabase({ url: options.databaseUrl, connections: 2, log }),
  evidenceBucket: openLockedBucket(options.bucket),
  evidenceKey: await readEvidenceKey(options.keyPem),
  // Another one each time, as authorities give: what was stored first has to stay.
  timeStamp: () => Promise.resolve(randomBytes(16)),
  clock: () => new Date(),
  log,
  settings: {
    headSeconds: 0,
    fileKeyDays: 400,
    settleAfterSeconds: 0,
    publicUrl: 'http://localhost',
    languagePresumption: { brussels: 'fr', facilities: 'own', unknown: 'fr' },
  },
});
process.exit(0);
