/**
 * An institution publishes in the registry of another one, over TLS and with a client assertion: both are processes of
 * this service, each with its own database and PKI. Wherever either is killed: one message, and nothing lost.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { tokenOfPerson } from '../../src/cli/token.ts';
import { clientKeyPath } from '../../src/embedded/login/keys.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import type { Failpoint } from '../../src/failpoint.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaIn } from '../support/declarations.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { EndedEarly, type ServiceProcess, startProcess } from '../support/process.ts';
import { demoSsin } from '../support/service.ts';
import { callTls, createTlsEnd } from '../support/tls.ts';

/** Every start of a process costs seconds: where `EVERY_STEP=true` is not set, it is killed at those where most can be lost. */
const isEvery = process.env.EVERY_STEP === 'true';
const PROVIDER_STEPS: readonly Failpoint[] = [
  ...(isEvery ? (['publish.named', 'publish.stored'] as const) : []),
  'publish.committed',
];

const EBOX = '/ebox/citizen/v2';
const folder = mkdtempSync(join(tmpdir(), 'two-instances-'));
const authority = createAuthority('Root of the provider');
const ca = toPem(authority.certificate);

interface Side {
  readonly database: TestDatabase;
  readonly settings: Readonly<Record<string, string>> & { readonly DATA_DIR: string };
  readonly ca?: string;
}

let provider: Side;
let sender: Side;
const running = new Set<ServiceProcess>();

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function sideOf(name: string, settings: Readonly<Record<string, string>>): Promise<Side> {
  const database = await createTestDatabase();
  const common = {
    PORT: String(await freePort()),
    DATA_DIR: join(folder, name),
    DATABASE_URL: database.url,
    SETTLE_AFTER_SECONDS: '0',
    LEASE_SECONDS: '1',
    LOG_LEVEL: 'warn',
    SEAL_THREADS: '0',
    VERIFIERS: '0',
  };
  return { database, settings: { ...common, ...settings } };
}

before(async () => {
  const end = createTlsEnd(authority, 'localhost');
  const tls = {
    TLS_CERTIFICATE_FILE: file('tls.crt', end.cert),
    TLS_KEY_FILE: file('tls.key', end.key),
  };
  provider = { ...(await sideOf('provider', tls)), ca };
  // Known once the provider's login has begun.
  const registry = `https://localhost:${provider.settings.PORT}/ebox/citizen`;
  sender = await sideOf('sender', {
    NODE_EXTRA_CA_CERTS: file('root.pem', ca),
    REGISTRY_PUBLISH_URL: `${registry}/v3/ebox/messages`,
    REGISTRY_STATUS_URL: `${registry}/v2/searchMessageStatus`,
    REGISTRY_STATUS_SECONDS: '1',
    REGISTRY_CLIENT_ID: 'issuer',
    REGISTRY_CLIENT_KEY_FILE: clientKeyPath(join(provider.settings.DATA_DIR, 'login'), 'issuer'),
    REGISTRY_SCOPE: 'ebox:publish',
  });
});
after(async () => {
  for (const process of running) await process.kill('SIGKILL');
  for (const side of [provider, sender]) await side?.database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts one side, to die at a place where one is named; it may die before it is up. */
async function start(
  side: Side,
  place?: Failpoint,
): Promise<Pick<ServiceProcess, 'ended'> & { url: string }> {
  const issuer = side === sender && { REGISTRY_TOKEN_URL: `${issuerOf(provider)}/token` };
  const settings = { ...side.settings, ...issuer, ...(place && { FAILPOINTS: `${place}=kill` }) };
  try {
    const process = await startProcess(settings, side.ca);
    running.add(process);
    void process.ended.then(() => running.delete(process));
    return process;
  } catch (error) {
    if (error instanceof EndedEarly && place !== undefined)
      return { ended: Promise.resolve(error.signal), url: '' };
    throw error;
  }
}

function issuerOf({ settings }: Side): string {
  return `http://127.0.0.1:${knownPort(settings.DATA_DIR, 'login')}`;
}

function loginOf(side: Side, publicUrl: string) {
  return { issuer: issuerOf(side), folder: join(side.settings.DATA_DIR, 'login'), publicUrl };
}

interface Posted {
  readonly clientId: string;
  readonly scope: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

async function post(side: Side, url: string, { clientId, scope, path, type, body }: Posted): Promise<void> {
  const token = await clientToken({ ...loginOf(side, url), clientId, scope });
  const call = {
    url: `${url}${path}`,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body,
  };
  const status =
    side.ca === undefined ? (await fetch(call.url, call)).status : (await callTls({ ...call, ca })).status;
  assert.ok(status < 300, `${path} answered ${status}`);
}

const population = {
  clientId: 'population',
  scope: 'register:report',
  path: '/register/v1/files',
  type: 'application/x-ndjson',
  body: registerFile(),
};
const quarantine = (day: string) => ({
  clientId: 'payroll',
  scope: 'dimona:declare',
  path: '/dimona/v2/declarations',
  type: 'application/json',
  body: JSON.stringify(quaIn({ ssin: demoSsin('lena'), day })),
});

const killed = 'SIGKILL';

it('one message arrives and is read, with sender and provider killed at steps between them', async () => {
  const [first, ...further] = PROVIDER_STEPS;
  let receiving = await start(provider, first);
  await post(provider, receiving.url, population);
  let publishing = await start(sender, isEvery ? 'relay.claimed' : 'relay.sent');
  await post(sender, publishing.url, population);
  await post(sender, publishing.url, quarantine('2020-09-01'));
  if (isEvery) {
    assert.equal(await publishing.ended, killed, 'before the call');
    publishing = await start(sender, 'relay.sent');
  }

  const hurrying = setInterval(() => void hurry(), 500);
  for (const next of [...further, undefined]) {
    assert.equal(await receiving.ended, killed, `the provider, before it lived until ${next}`);
    receiving = await start(provider, next);
  }
  // The provider has answered that it has the message already; nobody of the sender heard.
  assert.equal(await publishing.ended, killed, 'after the answer, before the commit');
  clearInterval(hurrying);
  assert.deepEqual(await states(), ['waiting']);
  assert.equal((await heldMessages()).length, 1);

  await openMessage(receiving.url);
  for (const place of isEvery ? (['relay.committed', 'poll-read.asked'] as const) : []) {
    publishing = await start(sender, place);
    assert.equal(await publishing.ended, killed, place);
  }
  publishing = await start(sender);
  await post(sender, publishing.url, quarantine('2020-10-01'));
  await until(receipts, (found) => found.join() === 'published read,published');

  assert.deepEqual(await heldMessages(), await relayedMessages());
  const [left] = await sender.database.query<{ jobs: number; parked: number }>(
    `select (select count(*)::int from job where kind = 'relay') as jobs,
       (select count(*)::int from relay where state <> 'published') as parked`,
  );
  assert.deepEqual(left, { jobs: 0, parked: 0 });
});

async function states(): Promise<string[]> {
  const rows = await sender.database.query<{ state: string }>('select state from relay');
  return rows.map(({ state }) => state);
}

/** Pauses grow with each failed try; nothing here is about how long they are. */
async function hurry(): Promise<void> {
  await sender.database
    .query("update job set run_after = clock_timestamp() where kind = 'relay' and lease_token is null")
    .catch(() => undefined);
}

/** What the sender knows of each of its messages, the first first. */
async function receipts(): Promise<(string | null)[]> {
  const rows = await sender.database.query<{ kinds: string | null }>(
    `select (select string_agg(kind, ' ' order by recorded_time) from receipt r where r.message_id = p.message_id) as kinds
     from relay p order by queued_at`,
  );
  return rows.map(({ kinds }) => kinds);
}

interface Held {
  readonly id: string;
  readonly sha256: string;
  readonly isRead: boolean;
}

/** What lies in the provider's registry. */
function heldMessages(): Promise<Held[]> {
  return provider.database.query<Held>(
    `select message_id as id, encode(sha256, 'hex') as sha256, read_at is not null as "isRead"
     from message join attachment using (message_id) order by received_at`,
  );
}

/** What the sender published, by the ids it was told. */
function relayedMessages(): Promise<Held[]> {
  return sender.database.query<Held>(
    `select registry_message_id as id, encode(pdf_sha256, 'hex') as sha256, read_at is not null as "isRead"
     from relay join message using (message_id) join attestation using (attestation_id) order by queued_at`,
  );
}

/** Lena opens her message in the provider's registry. */
async function openMessage(url: string): Promise<void> {
  const token = await tokenOfPerson(loginOf(provider, url), 'lena', 'ebox:consult');
  const get = (path: string) => callTls({ url: path, ca, headers: { authorization: `Bearer ${token}` } });
  const list = JSON.parse((await get(`${url}${EBOX}/ebox/messages`)).text) as {
    readonly items: readonly {
      readonly attachments: { readonly items: readonly { contentHref: string }[] };
    }[];
  };
  const answer = await get(list.items[0]?.attachments.items[0]?.contentHref ?? '');
  assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'application/pdf']);
}
