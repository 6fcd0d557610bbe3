/** What partners and people do over HTTP, for journeys: declare, look in an inbox, open, verify. */
import request from 'supertest';
import type { TestService } from './service.ts';

export interface Answer {
  readonly declarationId: string;
  readonly result: string;
  readonly anomalies: readonly string[];
  readonly periodId: string | undefined;
}

export interface Message {
  readonly messageId: string;
  readonly originalMessageId?: string;
  readonly readStatus: boolean;
  readonly subject: Readonly<Record<string, string>>;
  readonly attachments: {
    readonly items: readonly { readonly fileName: string; readonly contentHref: string }[];
  };
}

export interface Client {
  /** Sends register records, one a line. */
  load(records: string): Promise<{ readonly loaded: number; readonly refused: number }>;
  /** Declares as JSON and gives the answer. */
  declare(body: unknown, idempotencyKey?: string): Promise<Answer>;
  /** Declares a file and gives the answers once all are there, in the order of the forms. */
  declareFile(xml: string): Promise<readonly Answer[]>;
  answerTo(declarationId: string): Promise<Answer>;
  inbox(personId: string): Promise<readonly Message[]>;
  open(personId: string, message: Message): Promise<Buffer>;
  verify(pdf: Buffer): Promise<{
    readonly status: string;
    readonly signature: { readonly indication: string; readonly level?: string };
  }>;
  /** Waits until no job is queued or running. */
  settled(): Promise<void>;
}

/** Makes a client of a test service. */
export function createClient(service: TestService): Client {
  const api = request(service.url);
  const payroll = () => service.clientToken('payroll', 'dimona:declare dimona:consult');
  const answerTo = async (declarationId: string) => {
    const { body } = await api
      .get(`/dimona/v2/declarations/${declarationId}`)
      .auth(await payroll(), { type: 'bearer' })
      .expect(200);
    return toAnswer(body);
  };
  return {
    answerTo,
    load: async (records) => {
      const token = await service.clientToken('population', 'register:report');
      const { headers } = await api
        .post('/register/v1/files')
        .auth(token, { type: 'bearer' })
        .type('application/x-ndjson')
        .send(records)
        .expect(202);
      const { body } = await api.get(pathOf(headers.location)).auth(token, { type: 'bearer' }).expect(200);
      return body;
    },
    declare: async (body, idempotencyKey) => {
      const call = api.post('/dimona/v2/declarations').auth(await payroll(), { type: 'bearer' });
      if (idempotencyKey !== undefined) call.set('Idempotency-Key', `"${idempotencyKey}"`);
      const { headers } = await call.send(body as object).expect(201);
      return answerTo(headers.location?.split('/').at(-1) ?? '');
    },
    declareFile: async (xml) => {
      const token = await payroll();
      const { headers } = await api
        .post('/dimona/v2/files')
        .auth(token, { type: 'bearer' })
        .type('application/xml')
        .send(xml)
        .expect(202);
      const file = await until(
        async () =>
          (await api.get(pathOf(headers.location)).auth(token, { type: 'bearer' }).expect(200)).body,
        (body) => body.status.state === 'done',
      );
      return Promise.all(file.items.map((item: { declarationId: string }) => answerTo(item.declarationId)));
    },
    inbox: async (personId) => {
      const token = await service.personToken(personId);
      const { body } = await api
        .get('/ebox/citizen/v2/ebox/messages')
        .auth(token, { type: 'bearer' })
        .expect(200);
      return body.items;
    },
    open: async (personId, message) => {
      const { body } = await api
        .get(pathOf(message.attachments.items[0]?.contentHref))
        .auth(await service.personToken(personId), { type: 'bearer' })
        .responseType('blob')
        .expect(200);
      return body;
    },
    verify: async (pdf) =>
      (await api.post('/verifications/v1/verifications').type('application/pdf').send(pdf).expect(200)).body,
    settled: () => settled(service),
  };
}

/** Waits until the queue is empty; jobs that were set aside fail the test. */
export async function settled(service: Pick<TestService, 'database'>): Promise<void> {
  const count = () =>
    service.database.query<{ open: number; dead: string | null }>(
      `select count(*) filter (where dead_at is null)::int as open, max(last_error) filter (where dead_at is not null) as dead
       from job where kind <> 'resolve' or run_after <= clock_timestamp()`,
    );
  const [row] = await until(count, ([counts]) => counts?.open === 0 || counts?.dead !== null);
  if (row?.dead) throw new Error(`a job was set aside: ${row.dead}`);
}

/** Asks again every 25 ms until the answer is good; gives up after three minutes, or when told. */
export async function until<T>(
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
  patienceMs = 180_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`waited ${patienceMs} ms; last answer: ${JSON.stringify(answer).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function pathOf(url: string | undefined): string {
  const { pathname, search } = new URL(url ?? '');
  return pathname + search;
}

function toAnswer(body: {
  declarationStatus: {
    declarationId: string;
    result: string;
    period?: { id: number };
    anomalies: { code: string }[];
  };
}): Answer {
  const { declarationId, result, period, anomalies } = body.declarationStatus;
  return {
    declarationId,
    result,
    anomalies: anomalies.map(({ code }) => code),
    periodId: period && String(period.id),
  };
}
