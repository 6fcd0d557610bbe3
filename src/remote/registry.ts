/** The client of another message registry, v3: publishes what we seal, and asks what was read. */
import { BrokenCircuitError, handleWhen } from 'cockatiel';
import {
  type Publication,
  type PublicationOutcome,
  readPublicationAnswer,
  readStatusAnswer,
  writePublication,
  writeStatusQuestion,
} from '../ebox/publication.ts';
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
  const { publishUrl, statusUrl, partition, tokens, fetch, clock, restMs = 10_000 } = options;
  const { origin } = new URL(publishUrl);
  const breaker = breakerOf(handleWhen(isRetriable), restMs);
  let restsUntil = 0;
  const call = async (url: string, makeRequest: () => GuardedRequest): Promise<Response> => {
    const once = async () => {
      const request = makeRequest();
      const headers = { ...request.headers, authorization: `Bearer ${await tokenOf(tokens)}` };
      return fetch(url, { ...request, method: 'POST', headers });
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
  return {
    canListRead: statusUrl !== undefined,
    async publish(publication) {
      const now = clock();
      // Whoever asks us to come back later does so for every message.
      if (now.getTime() < restsUntil) {
        const afterSeconds = Math.ceil((restsUntil - now.getTime()) / 1000);
        return { kind: 'later', afterSeconds, reason: `${origin} asked for a pause` };
      }
      const answer = await call(publishUrl, () => {
        const body = writePublication(publication, partition);
        return {
          headers: {
            'content-type': body.contentType,
            'content-length': String(body.length),
            accept: 'application/json',
            // A string of RFC 8941, so quoted.
            'idempotency-key': `"${publication.idempotencyKey}"`,
          },
          body: body.pieces(),
        };
      });
      const outcome = readPublicationAnswer(
        {
          status: answer.status,
          location: answer.headers.get('location') ?? undefined,
          retryAfter: answer.headers.get('retry-after') ?? undefined,
          body: await answer.text(),
        },
        clock(),
      );
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
      const read =
        answer.status === 201 || answer.status === 200 ? readStatusAnswer(await answer.text()) : undefined;
      if (read !== undefined) return read;
      throw new ServiceError('remoteRefused', `${origin} gave no statuses: ${answer.status}`);
    },
  };
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
