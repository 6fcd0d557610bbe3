/** A whole service for a test: its own database, archive, mail, login and PKI, reached over HTTP like any other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenOfPerson } from '../../src/cli/token.ts';
import { readConfig } from '../../src/config.ts';
import { DEMO_CITIZENS } from '../../src/embedded/demo.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { createLog } from '../../src/log.ts';
import { type RunningService, startService } from '../../src/service.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { keepFolder } from './sinks/folder.ts';
import { keep } from './sinks/keep.ts';

export interface TestService {
  readonly url: string;
  readonly dataDir: string;
  readonly database: TestDatabase;
  readonly service: RunningService;
  /** Everything the service logged, line by line. */
  readonly logLines: readonly string[];
  /** An access token of a demo client, such as `payroll`; the one it had, unless a new one is asked for. */
  clientToken(clientId: string, scope: string, isNew?: boolean): Promise<string>;
  /** An access token of a demo person, such as `lena`. */
  personToken(personId: string, scope?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a service with a fresh register. `settings` are environment variables beside those the test needs. */
export async function startTestService(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestService> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'citizen-ebox-'));
  const logLines: string[] = [];
  const log = createLog('debug', { write: (line: string) => logLines.push(line) });
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SETTLE_AFTER_SECONDS: '0',
    MAIL_AFTER_SECONDS: '0',
    // Every test comes from one address, and from a few clients and persons.
    LIMIT_CLIENT: '1000000',
    LIMIT_PERSON: '1000000',
    LIMIT_ADDRESS: '1000000',
    // A thread reads typeface and templates again: a second for each service that a test starts. Empty: as configured by default.
    SEAL_THREADS: '0',
    // Nor does each need processes of its own to examine files in.
    VERIFIERS: '0',
    ...settings,
  });
  const service = await startService(config, log).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const { issuer } = service.composition.parts;
  const folder = join(dataDir, 'login');
  const tokens = new Map<string, Promise<string>>();
  const remember = (name: string, get: () => Promise<string>) => {
    const token = tokens.get(name) ?? get();
    tokens.set(name, token);
    return token;
  };
  return {
    url: service.url,
    dataDir,
    database,
    service,
    logLines,
    clientToken: (clientId, scope, isNew = false) => {
      const name = `${clientId} ${scope}`;
      if (isNew) tokens.delete(name);
      return remember(name, () => clientToken({ issuer, folder, clientId, scope }));
    },
    personToken: (personId, scope = 'ebox:consult') =>
      remember(`${personId} ${scope}`, () =>
        tokenOfPerson({ issuer, folder, publicUrl: service.url }, personId, scope),
      ),
    stop: async () => {
      await service.stop();
      await database.drop();
      keep('log', 'service', logLines.join(''));
      keepFolder(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The SSIN of a demo person. */
export function demoSsin(personId: string): string {
  const citizen = DEMO_CITIZENS.find((one) => one.personId === personId);
  if (citizen === undefined) throw new Error(`no demo person ${personId}`);
  return citizen.ssin;
}
