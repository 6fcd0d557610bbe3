/** A service with the demo persons in its register, and messages in their eBoxes. */
import { registerFile } from '../../src/cli/demo-input.ts';
import { type Client, createClient } from '../support/client.ts';
import { quaCancel, quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { type Api, createApi } from './api.ts';
import { startTokens, type Tokens } from './tokens.ts';

export const INBOX = '/ebox/citizen/v2/ebox/messages';

export interface Scene {
  readonly service: TestService;
  readonly api: Api;
  readonly client: Client;
  /** Declares quarantined days of a demo person and waits for the attestations: one message for each month. */
  declareDays(personId: string, days: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the service. `settings` are environment variables. */
export async function startScene(settings: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const service = await startTestService(settings);
  const scene = await setScene(service);
  await scene.client.load(registerFile());
  return scene;
}

/** Starts a service that accepts whatever token a test asks for; its register is empty. */
export async function startOpenScene(): Promise<Scene & { readonly tokens: Tokens }> {
  const tokens = await startTokens();
  const service = await startTestService(tokens.settings);
  const scene = await setScene({
    ...service,
    clientToken: (_clientId, scope) => Promise.resolve(tokens.client(scope)),
    personToken: (personId, scope) => Promise.resolve(tokens.person(demoSsin(personId), scope)),
  });
  const stop = async () => {
    await service.stop();
    await tokens.stop();
  };
  return { ...scene, tokens, stop };
}

async function setScene(service: TestService): Promise<Scene> {
  const client = createClient(service);
  return {
    service,
    client,
    api: await createApi(service),
    declareDays: async (personId, days) => {
      for (const day of days) await client.declare(quaIn({ ssin: demoSsin(personId), day }));
      await client.settled();
    },
    stop: () => service.stop(),
  };
}

/** The documents of attestations that stand in each state. */
export interface StateDocuments {
  /** Of two days in September. */
  readonly genuine: Buffer;
  /** Of the first of them, and replaced by it. */
  readonly superseded: Buffer;
  /** Of another person, whose day was cancelled. */
  readonly revoked: Buffer;
}

/** Has an attestation replaced and another one withdrawn. */
export async function attestEachState(scene: Scene): Promise<StateDocuments> {
  await scene.declareDays('lena', ['2020-09-01']);
  const superseded = await newestOf(scene, 'lena');
  await scene.declareDays('lena', ['2020-09-02']);
  const genuine = await newestOf(scene, 'lena');
  await scene.declareDays('amelie', ['2020-09-03']);
  const revoked = await newestOf(scene, 'amelie');
  const [period] = await scene.service.database.query<{ id: string }>(
    `select period_id as id from dimona_period where start_date = '2020-09-03'`,
  );
  await scene.client.declare(quaCancel({ periodId: period?.id ?? '' }));
  await scene.client.settled();
  return { genuine, superseded, revoked };
}

/** The document of the newest message in the eBox of a demo person. */
export async function newestOf({ service, api }: Scene, personId: string): Promise<Buffer> {
  const token = await service.personToken(personId);
  const { body } = await api.get(INBOX, token);
  return (await api.get(contentPath(body.items[0]), token)).bytes;
}

/** The address of the content of a message's only attachment, without the host. */
export function contentPath(message: {
  readonly attachments: { readonly items: readonly { readonly contentHref: string }[] };
}): string {
  return new URL(message.attachments.items[0]?.contentHref ?? '').pathname;
}

/** Makes an SSIN of the 1900s from its first nine digits; serial numbers 996 to 998 are no real person's. */
export function ssinFrom(nineDigits: string): string {
  return `${nineDigits}${String(97 - (Number(nineDigits) % 97)).padStart(2, '0')}`;
}

/** Makes an enterprise number from its first eight digits. */
export function enterpriseFrom(eightDigits: string): string {
  return `${eightDigits}${String(97 - (Number(eightDigits) % 97)).padStart(2, '0')}`;
}

/** Writes register records, one a line. */
export function linesOf(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
