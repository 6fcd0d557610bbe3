/** The demonstration's side of the wire: what payroll, population register, citizens and employers call over HTTP. */
import { ServiceError } from '../errors.ts';
import { createWire, type Wire } from './demo-wire.ts';
import type { EmbeddedLogin } from './token.ts';

export interface Declared {
  readonly declarationId: string;
  readonly result: string;
  readonly anomalies: readonly string[];
  readonly periodId: number | undefined;
}

export interface InboxMessage {
  readonly messageId: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly readStatus: boolean;
  readonly originalMessageId?: string;
  readonly attachments: {
    readonly items: readonly { readonly fileName: string; readonly contentHref: string }[];
  };
}

export interface Verification {
  readonly sha256: string;
  readonly signature: { readonly indication: string };
  readonly status: string;
  readonly attestation?: { readonly attestationId: string; readonly number: string };
}

export interface DemoClient {
  /** Loads a register file; gives how many lines were loaded and refused. */
  load(file: string): Promise<{ readonly loaded: number; readonly refused: number }>;
  /** Sends a Dimona file and waits for its answers; gives the NOTIFICATION too. */
  declareFile(xml: string): Promise<{ readonly items: readonly Declared[]; readonly notification: string }>;
  declare(body: unknown): Promise<Declared>;
  answerTo(declarationId: string): Promise<Declared & { readonly body: unknown }>;
  inbox(personId: string): Promise<readonly InboxMessage[]>;
  open(personId: string, message: InboxMessage): Promise<Buffer>;
  verify(pdf: Buffer): Promise<Verification>;
}

/** Makes a client of a running service. */
export function createDemoClient(url: string, login: EmbeddedLogin): DemoClient {
  const wire = createWire(url, login);
  const answerTo = async (declarationId: string) => {
    const body = await wire.json(`/dimona/v2/declarations/${declarationId}`, await wire.payroll());
    return { ...readAnswer(body), body };
  };
  return {
    load: (file) => loadFile(wire, file),
    declareFile: (xml) => declareFile(wire, answerTo, xml),
    answerTo,
    declare: async (body) => {
      const response = await wire.post(
        '/dimona/v2/declarations',
        'application/json',
        JSON.stringify(body),
        await wire.payroll(),
      );
      return answerTo(lastPart(response.headers.get('location')));
    },
    inbox: async (personId) => {
      const list = await wire.json('/ebox/citizen/v2/ebox/messages', await wire.citizen(personId));
      return (list as { items: InboxMessage[] }).items;
    },
    open: async (personId, message) => {
      const href = message.attachments.items[0]?.contentHref ?? '';
      const response = await wire.call(href, {
        headers: { authorization: `Bearer ${await wire.citizen(personId)}` },
      });
      return Buffer.from(await response.arrayBuffer());
    },
    verify: async (pdf) => {
      const response = await wire.post('/verifications/v1/verifications', 'application/pdf', pdf);
      return (await response.json()) as Verification;
    },
  };
}

async function loadFile(wire: Wire, file: string): Promise<{ loaded: number; refused: number }> {
  const token = await wire.population();
  const response = await wire.post('/register/v1/files', 'application/x-ndjson', file, token);
  return (await wire.json(response.headers.get('location') ?? '', token)) as {
    loaded: number;
    refused: number;
  };
}

interface FileAnswer {
  readonly self: string;
  readonly status: { readonly state: string };
  readonly items: readonly { readonly declarationId: string }[];
}

async function declareFile(wire: Wire, answerTo: (declarationId: string) => Promise<Declared>, xml: string) {
  const token = await wire.payroll();
  const response = await wire.post('/dimona/v2/files', 'application/xml', xml, token);
  const location = response.headers.get('location') ?? '';
  const read = async () => (await wire.json(location, token)) as FileAnswer;
  const file = await until('the file to be judged', read, ({ status }) => status.state === 'done');
  const items: Declared[] = [];
  for (const { declarationId } of file.items) items.push(await answerTo(declarationId));
  const headers = { authorization: `Bearer ${token}` };
  const notification = await (await wire.call(`${location}/notifications`, { headers })).text();
  return { items, notification };
}

function readAnswer(body: unknown): Declared {
  const { declarationStatus: status } = body as {
    declarationStatus: {
      declarationId: string;
      result: string;
      period?: { id: number };
      anomalies: { code: string }[];
    };
  };
  return {
    declarationId: status.declarationId,
    result: status.result,
    anomalies: status.anomalies.map(({ code }) => code),
    periodId: status.period?.id,
  };
}

function lastPart(location: string | null): string {
  return location?.split('/').at(-1) ?? '';
}

/** Asks again every tenth of a second until the answer is good; gives up after a minute. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (Date.now() > deadline) throw new ServiceError('unexpected', `waited a minute for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
