/** OCSP for the certificates of callers: asked when they connect, and again while their connections stand. */
import { Server as TlsServer } from 'node:https';
import type { Config } from './config.ts';
import type { TlsConfig } from './config-identity.ts';
import type { Listener } from './http/listener.ts';
import { endRevoked, standingPaths, type TlsOptions } from './http/tls.ts';
import type { Log } from './log.ts';
import type { Certificate } from './pades/certificate.ts';
import { createClientAnswers } from './remote/client-answers.ts';
import { createRevocationFetch } from './remote/revocation-fetch.ts';

export interface CallerOcsp {
  readonly judge: NonNullable<TlsOptions['judge']>;
  /** Looks again at connections that stand, until the server closes. */
  watch(server: Listener): void;
}

export interface OcspPace {
  readonly ocspTickMs?: number;
  readonly ocspLongestAgeMs?: number;
  readonly ocspPauseMs?: number;
}

interface OcspParts {
  readonly tls: TlsConfig;
  readonly environment: Config['environment'];
  readonly log: Log;
  readonly issuers: () => readonly Certificate[];
  readonly pace: OcspPace;
}

const TICK_MS = 60_000;
/** A caller waits for it. */
const TIMEOUT_MS = 3_000;
/** An answer with the certificate of a delegated responder is some kilobytes. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** Makes the judge of callers' certificates; undefined where no responder is configured. */
export function composeOcsp({ tls, environment, log, issuers, pace }: OcspParts): CallerOcsp | undefined {
  const { clientOcspUrls: urls, clientOcspAbsent } = tls;
  if (urls === undefined) return undefined;
  const answers = createClientAnswers({
    urls,
    issuers,
    fetch: createRevocationFetch({
      allowLoopback: environment !== 'production',
      timeoutMs: TIMEOUT_MS,
      maxBytes: MOST_ANSWER_BYTES,
    }),
    clock: () => new Date(),
    log,
    ...(pace.ocspLongestAgeMs !== undefined && { longestAgeMs: pace.ocspLongestAgeMs }),
    ...(pace.ocspPauseMs !== undefined && { pauseMs: pace.ocspPauseMs }),
  });
  const lookAgain = async (server: TlsServer) => {
    const revoked = new Set<string>();
    for (const path of standingPaths(server))
      if ((await answers.judge(path)) === 'revoked') revoked.add(String(path[0]?.toString('base64')));
    if (revoked.size > 0) endRevoked(server, (der) => revoked.has(der.toString('base64')));
  };
  return {
    judge: async (path) => {
      const standing = await answers.judge(path);
      if (standing === 'revoked') return 'revoked by its responder';
      if (standing === 'unanchored') return 'no path to an authority of TLS_CLIENT_CA_FILE is known';
      return standing === 'absent' && clientOcspAbsent === 'refuse' ? 'no answer of a responder' : undefined;
    },
    watch(server) {
      if (!(server instanceof TlsServer)) return;
      let running: Promise<void> | undefined;
      const timer = setInterval(() => {
        running ??= lookAgain(server).finally(() => {
          running = undefined;
        });
      }, pace.ocspTickMs ?? TICK_MS);
      timer.unref();
      server.once('close', () => clearInterval(timer));
    },
  };
}
