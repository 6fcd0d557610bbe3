/**
 * The embedded login: a real OpenID provider on loopback, for machines and for persons who are chosen from a list.
 * Whoever reaches it can be anyone of the demonstration, so it listens on this machine only.
 */
import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { describeError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { SAFE_HEADERS } from '../html.ts';
import { LOOPBACK, listenOnLoopback, urlHost } from '../loopback.ts';
import { hasKey } from './clients.ts';
import { inContext } from './context.ts';
import type { DemoClient, DemoPerson } from './directory.ts';
import { createInteraction } from './interaction.ts';
import { loadClientKey, loadSigningKeys } from './keys.ts';
import { createMutualServer } from './mutual.ts';
import { createProvider, INTERACTION_PATH } from './provider.ts';

export interface LoginOptions {
  /** Where keys are kept: `signing-keys.json`, and `clients/<clientId>.jwk` for every client that has a key. */
  readonly folder: string;
  readonly host?: string;
  /** 0 takes any free port; the port stands in the issuer's name, so tokens survive a restart only on a fixed one. */
  readonly port: number;
  /** Of the door for programs that bring a certificate; undefined opens none. */
  readonly mutualPort?: number;
  /** The audience of the access tokens: the name of the service they open. */
  readonly audience: string;
  readonly clients: readonly DemoClient[];
  readonly persons: readonly DemoPerson[];
  readonly log?: Log;
}

export interface Login {
  readonly issuer: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the provider. Throws `embeddedPartFailed` when it cannot listen, `keyUnfit` when a kept key is unreadable. */
export async function startLogin(options: LoginOptions): Promise<Login> {
  const { folder, clients, persons, log, host = LOOPBACK } = options;
  const signingKeys = await loadSigningKeys(folder);
  const ownKeys = clients
    .filter((client) => hasKey(client))
    .map(async ({ clientId }) => [clientId, await loadClientKey(folder, clientId)] as const);
  const clientKeys = new Map(await Promise.all(ownKeys));
  const server = createServer();
  const port = await listenOnLoopback('login', server, host, options.port);
  const issuer = `http://${urlHost(host)}:${port}`;
  const mutual = await openMutual(options, host).catch(async (error: unknown) => {
    await stop(server);
    throw error;
  });
  const provider = createProvider({
    issuer,
    mutualUrl: mutual?.url,
    audience: options.audience,
    clients,
    persons,
    signingKeys,
    clientKeys,
    cookieSecret: randomBytes(32).toString('base64url'),
  });
  // Koa writes what goes wrong to standard error unless somebody listens.
  const events: EventEmitter = provider;
  events.on('error', (error: unknown) => log?.error({ part: 'login' }, describeError(error)));
  provider.on('server_error', (_, error) => log?.error({ part: 'login' }, describeError(error)));
  const interaction = createInteraction(provider, clients, persons);
  const callback = provider.callback();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    const answered = inContext(() =>
      request.url?.startsWith(INTERACTION_PATH) === true
        ? interaction(request, response)
        : callback(request, response),
    );
    answered.catch((error: unknown) => {
      log?.error({ part: 'login' }, describeError(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  const servers = [server, ...(mutual === undefined ? [] : [mutual.server])];
  for (const one of servers) one.on('request', answer);
  return { issuer, port, stop: async () => void (await Promise.all(servers.map(stop))) };
}

/** Opens the door for programs that bring a certificate. */
async function openMutual({ folder, mutualPort }: LoginOptions, host: string) {
  if (mutualPort === undefined) return undefined;
  const server = await createMutualServer(folder);
  const port = await listenOnLoopback('login', server, host, mutualPort);
  return { server, url: `https://${urlHost(host)}:${port}` };
}

function stop(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
