/** The client of another message registry, v3: publishes what we seal, and asks what was read. */
import { BrokenCircuitError, handleWhen } from 'cockatiel';
import {
  type Publication,
  type PublicationOutcome,
  readPublicationAnswer,
  readStatusAnswer,
  writePublication,
  writeStatusQuestion,
} from '../ebox/relay.ts';
import { isRetriable, ServiceError } from '../errors.ts';
import type { TokenSource } from './access-token.ts';
import { breakerOf } from './breaker.ts';
import type { GuardedFetch, GuardedRequest } from './guarded-fetch.ts';

export interface RegistryOptions {
  /** Where publications are posted, such as `https://…/messageRegistry/v3/ebox/messages`. */
  readonly publishUrl: string;
  /** Where the status of messages is asked for; undefined where it is not. */
  readonly statusUrl: string | undefined;
  /** The part of the organisation that sends, where it has several there. */
  readonly partition: string | undefined;
  readonly tokens: TokenSource;
  readonly fetch: GuardedFetch;
  readonly clock: () => Date;
  /** How long the registry is left alone that failed three times in a row; by default 10 000. */
  readonly restMs?: number;
}

/** Of whom the status is asked. */
type Asked = Parameters<typeof writeStatusQuestion>[0];

export interface RegistryClient {
  /**
   * Publishes; the same key again is the same publication. Throws `remoteUnavailable` when nothing can be said of what
   * became of it: no connection, no answer in time, 5xx, an open circuit, no token.
   */
  publish(publication: Publication): Promise<PublicationOutcome>;
  /** Gives which messages were read. Throws as `publish`, and `remoteRefused` for an answer that is none. */
  listRead(asked: Asked): Promise<readonly string[]>;
  /** Whether status is asked for at all. */
  readonly canListRead: boolean;
}

/** Makes the client. */
export function createRegistryClient(options: RegistryOptions): RegistryClient {
  const { statusUrl, clock } = options;
  const { origin } = new URL(options.publishUrl);
  const call = callerOf(options);
  let restsUntil = 0;
  return {
    canListRead: statusUrl !== undefined,
    async publish(publication) {
      const restMs = restsUntil - clock().getTime();
      // Whoever asks us to come back later does so for every message.
      if (restMs > 0)
        return {
          kind: 'later',
          afterSeconds: Math.ceil(restMs / 1000),
          reason: `${origin} asked for a pause`,
        };
      const outcome = await post(call, options, publication);
      if (outcome.kind === 'later' && outcome.afterSeconds !== undefined)
        restsUntil = clock().getTime() + Math.min(outcome.afterSeconds, LONGEST_PAUSE_SECONDS) * 1000;
      return outcome;
    },
    async listRead(asked) {
      if (statusUrl === undefined || asked.length === 0) return [];
      const question = writeStatusQuestion(asked);
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const answer = await call(statusUrl, () => ({ headers, body: question }));
      // None of them is known there (any more).
      if (answer.status === 404) return [];
      const isAnswer = answer.status === 201 || answer.status === 200;
      const read = isAnswer ? readStatusAnswer(await answer.text()) : undefined;
      if (read !== undefined) return read;
      throw new ServiceError('remoteRefused', `${origin} gave no statuses: ${answer.status}`);
    },
  };
}

/** What is sent; made anew for each try, as a body in pieces is read once. */
interface Call {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: NonNullable<GuardedRequest['body']>;
}

type Caller = (url: string, makeCall: () => Call) => Promise<Response>;

/** Calls with a token, and leaves a registry alone that failed three times in a row. */
function callerOf({ publishUrl, tokens, fetch, restMs = 10_000 }: RegistryOptions): Caller {
  const { origin } = new URL(publishUrl);
  const breaker = breakerOf(handleWhen(isRetriable), restMs);
  return async (url, makeCall) => {
    const once = async () => {
      const { headers, body } = makeCall();
      const authorization = `Bearer ${await tokenOf(tokens)}`;
      return fetch(url, { method: 'POST', headers: { ...headers, authorization }, body });
    };
    try {
      const answer = await breaker.execute(once);
      if (answer.status !== 401) return answer;
      // A token may be ended before its time; a new one says whether that was it.
      tokens.forget();
      return await breaker.execute(once);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ServiceError('remoteUnavailable', `${origin} is left alone after repeated failures`);
    }
  };
}

async function post(
  call: Caller,
  { publishUrl, partition, clock }: RegistryOptions,
  publication: Publication,
): Promise<PublicationOutcome> {
  const answer = await call(publishUrl, () => {
    const body = writePublication(publication, partition);
    const headers = {
      'content-type': body.contentType,
      'content-length': String(body.length),
      accept: 'application/json',
      // A string of RFC 8941, so quoted.
      'idempotency-key': `"${publication.idempotencyKey}"`,
    };
    return { headers, body: body.pieces() };
  });
  const { status, headers } = answer;
  const location = headers.get('location') ?? undefined;
  const retryAfter = headers.get('retry-after') ?? undefined;
  return readPublicationAnswer({ status, location, retryAfter, body: await answer.text() }, clock());
}

/** Whoever names more has made a mistake. */
const LONGEST_PAUSE_SECONDS = 3600;

/** Without a token nothing is known of the message; the settings have to be looked at, and it goes on by itself then. */
async function tokenOf(tokens: TokenSource): Promise<string> {
  try {
    return await tokens.token();
  } catch (cause) {
    if (cause instanceof ServiceError && cause.isRetriable) throw cause;
    const why = cause instanceof ServiceError ? cause.message : 'no assertion could be written';
    throw new ServiceError('remoteUnavailable', why, { cause });
  }
}
