/** The pages with what only they need: the table of sessions, the secret of their cookie, and the login of people. */
import { createLogin, type LoginProvider } from './access/login.ts';
import { createPendingLogins } from './access/pending-login.ts';
import { createSessions } from './access/session.ts';
import type { Composition } from './compose.ts';
import type { Config } from './config.ts';
import { openSessionStore } from './database/sessions.ts';
import { AFTER_LOGOUT_PATH, LOGIN_CALLBACK_PATH } from './domain/login-path.ts';
import { demoAgencies } from './embedded/demo.ts';
import { describeApi } from './http/openapi.ts';
import type { Route } from './http/route.ts';
import { readClientKey } from './keys/client-key.ts';
import { readKeyFile } from './keys/seal-files.ts';
import { createGuardedFetch } from './remote/guarded-fetch.ts';
import type { ApiDocument } from './web/api-document.ts';
import { createWeb } from './web/web.ts';
import { sessionOwner } from './workflows/sessions.ts';

export interface Pages {
  readonly app: ReturnType<typeof createWeb>;
  /** Stops clearing away sessions that ran out. */
  close(): void;
}

/** Builds the pages beside the routes of the API. Throws `keyUnfit` and `templateInvalid`. */
export async function composePages(
  config: Config,
  { services, limits, parts }: Composition,
  routes: readonly Route[],
): Promise<Pages> {
  const { database, vault, log, clock } = services;
  const login = await openLogin(config, parts, services);
  const store = openSessionStore(database, { idleSeconds: config.sessionIdleSeconds, log });
  const sealing = {
    seal: (text: string, context: string) => vault.seal(Buffer.from(text), context).toString('base64'),
    open: (sealed: string, context: string) => vault.open(Buffer.from(sealed, 'base64'), context).toString(),
    clock,
  };
  const sessions = createSessions({
    ...sealing,
    store,
    secret: vault.cookie('session').toString('base64'),
    ownerOf: (actorId) => sessionOwner(vault, actorId),
    longestSeconds: config.sessionLongestSeconds,
  });
  const agencies = config.agencies ?? (config.login.kind === 'embedded' ? demoAgencies() : []);
  const apiPaths = routes.map(({ path }) => path);
  const app = createWeb({
    services,
    templatesDir: config.templatesDir,
    sessions,
    pendingLogins: createPendingLogins(sealing),
    formSecret: vault.cookie('form').toString('base64'),
    login,
    limits,
    agencies,
    apiPaths,
    developer: {
      // Written by the same code as the document itself, of which it is the part that pages show.
      api: () => describeApi(routes, `${parts.issuer}/token`) as unknown as ApiDocument,
      mailPages: parts.mailPages,
      hasDemoClients: config.login.kind === 'embedded',
    },
    log,
  });
  return { app, close: () => void store.close() };
}

async function openLogin(
  config: Config,
  { issuer, loginClient }: Composition['parts'],
  { clock, settings: { publicUrl } }: Composition['services'],
): Promise<LoginProvider | undefined> {
  if (loginClient === undefined) return undefined;
  const { clientId, keyFile } = loginClient;
  return createLogin({
    issuer,
    clientId,
    key: await readClientKey('the key of OIDC_CLIENT_KEY_FILE', readKeyFile(keyFile).toString('utf8')),
    redirectUri: `${publicUrl}${LOGIN_CALLBACK_PATH}`,
    afterLogoutUri: `${publicUrl}${AFTER_LOGOUT_PATH}`,
    ...(config.acrValues !== undefined && { acrValues: config.acrValues }),
    claims: {
      organization: config.organizationClaim,
      person: config.personClaim,
      rights: config.rightsClaim,
    },
    fetch: createGuardedFetch({
      allowedOrigins: [new URL(issuer).origin],
      allowLoopback: config.environment !== 'production',
      timeoutMs: 10_000,
      maxBytes: 1024 * 1024,
    }),
    clock,
  });
}
