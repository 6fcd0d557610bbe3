/** The OpenID provider itself: oidc-provider, configured for the demonstration's clients and persons. */
import type { JWK } from 'jose';
import type { Adapter, Configuration, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { InvalidTarget, SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import { base, Check } from 'oidc-provider/lib/helpers/interaction_policy/index.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import { choosePageLanguage, type PageLanguage } from '../../domain/language.ts';
import { type Page, pageHeaders, pageText } from '../html.ts';
import { clientMetadata, PERSON_SCOPES } from './clients.ts';
import type { DemoClient, DemoPerson } from './directory.ts';
import { KEY_ALGORITHM } from './keys.ts';
import { confirmationOf } from './mutual.ts';
import { errorPage, expiredPage, loggedOutPage, logoutPage } from './pages.ts';
import { STYLE } from './style.ts';

export interface ProviderOptions {
  readonly issuer: string;
  /** Where programs that bring a certificate get their tokens, without a path; undefined where there is no such door. */
  readonly mutualUrl: string | undefined;
  /** The audience of every access token. */
  readonly audience: string;
  readonly clients: readonly DemoClient[];
  readonly persons: readonly DemoPerson[];
  /** Private keys. */
  readonly signingKeys: { readonly keys: JWK[] };
  /** The private keys of the clients that have one, by client id. */
  readonly clientKeys: ReadonlyMap<string, JWK>;
  /** Signs the provider's cookies. */
  readonly cookieSecret: string;
}

/** Path under which a login waits for a person to be chosen, followed by its id. */
export const INTERACTION_PATH = '/interaction/';

const TOKEN_SECONDS = 600;
const HOUR_SECONDS = 3600;

/** Builds the provider; it serves nothing before its callback is given to a server. */
export function createProvider(options: ProviderOptions): Provider {
  return new Provider(options.issuer, {
    ...logins(options),
    ...tokens(options),
    ...(options.mutualUrl !== undefined && { discovery: mutualDoor(options.mutualUrl) }),
    adapter: oneStorePerModel(),
    clients: options.clients.map((client) => clientMetadata(client, options.clientKeys.get(client.clientId))),
    jwks: options.signingKeys,
    clientAuthMethods: ['private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: [KEY_ALGORITHM],
      idTokenSigningAlgValues: [KEY_ALGORITHM],
    },
    // No script of another origin may call the provider.
    clientBasedCORS: () => false,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => show(ctx, logoutPage(languageOf(ctx), form, logoutTargets(ctx))),
        postLogoutSuccessSource: (ctx) => show(ctx, loggedOutPage(languageOf(ctx))),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => options.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource, { clientId }) => resourceServer(options, resource, clientId),
      },
    },
    renderError: (ctx, { error }, cause) => {
      const language = languageOf(ctx);
      show(ctx, cause instanceof SessionNotFound ? expiredPage(language) : errorPage(language, error));
    },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      AuthorizationCode: 60,
      ClientCredentials: TOKEN_SECONDS,
      Grant: HOUR_SECONDS,
      IdToken: TOKEN_SECONDS,
      Interaction: HOUR_SECONDS,
      Session: HOUR_SECONDS,
    },
  });
}

/** How persons log in: every time anew, for whoever shows the demonstration plays many of them. */
function logins(options: ProviderOptions): Configuration {
  const policy = base();
  const personUnchosen = new Check('person_unchosen', 'a person has to be chosen', 'login_required', (ctx) =>
    ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
  );
  policy.get('login')?.checks.push(personUnchosen);
  // A client's list of scopes settles what it may have; the person is not asked once more.
  policy.remove('consent');
  return {
    interactions: { policy, url: (_, interaction) => `${INTERACTION_PATH}${interaction.uid}` },
    cookies: {
      keys: [options.cookieSecret],
      // Cookies do not tell ports apart: these names must differ from those of the application beside us.
      names: { session: 'login_session', interaction: 'login_interaction', resume: 'login_resume' },
    },
    findAccount: (_, accountId) => {
      const person = findPerson(options, accountId);
      return person && { accountId, claims: () => ({ sub: accountId, ...identityClaims(person) }) };
    },
    loadExistingGrant: async (ctx) => {
      const { client, session, provider } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(client.scope ?? '');
      grant.addResourceScope(options.audience, client.scope ?? '');
      await grant.save();
      return grant;
    },
  };
}

/** What stands in the tokens: claims named as CSAM and the social security network name them. */
function tokens(options: ProviderOptions): Configuration {
  return {
    scopes: [...new Set([...PERSON_SCOPES, ...options.clients.flatMap((client) => client.scopes)])],
    claims: {
      openid: ['sub'],
      profile: ['givenName', 'surname', 'prefLanguage'],
      egovnrn: ['egovNRN'],
      enterprise: ['cbe-number', 'ebox-rights'],
    },
    // The ID token says who the person is: there is no userinfo endpoint beside it.
    conformIdTokenClaims: false,
    clientDefaults: { id_token_signed_response_alg: KEY_ALGORITHM },
    pkce: { required: () => true },
    extraTokenClaims: (ctx, token) => {
      if (token.kind === 'AccessToken') {
        const person = findPerson(options, token.accountId);
        return person && { egovNRN: person.ssin, prefLanguage: person.language };
      }
      const client = options.clients.find(({ clientId }) => clientId === token.clientId);
      const cnf = confirmationOf(ctx.req);
      return client?.kind === 'machine'
        ? { 'cbe-number': client.organization, ...(cnf && { cnf }) }
        : undefined;
    },
  };
}

/** How programs find the door (RFC 8705 §3.3, §5). */
function mutualDoor(url: string): Readonly<Record<string, unknown>> {
  return {
    tls_client_certificate_bound_access_tokens: true,
    mtls_endpoint_aliases: { token_endpoint: `${url}/token` },
  };
}

/** There is one resource, this service, of which each client has its own part. Access tokens are as in RFC 9068. */
function resourceServer(options: ProviderOptions, resource: string, clientId: string): ResourceServer {
  if (resource !== options.audience) throw new InvalidTarget();
  const client = options.clients.find((one) => one.clientId === clientId);
  return {
    audience: options.audience,
    scope: client?.scopes.join(' ') ?? '',
    accessTokenTTL: TOKEN_SECONDS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: KEY_ALGORITHM } },
  };
}

function findPerson(options: ProviderOptions, personId: string): DemoPerson | undefined {
  return options.persons.find((person) => person.personId === personId);
}

function identityClaims(person: DemoPerson): Readonly<Record<string, string | readonly string[]>> {
  return {
    givenName: person.givenName,
    surname: person.familyName,
    prefLanguage: person.language,
    egovNRN: person.ssin,
    ...(person.organization && { 'cbe-number': person.organization }),
    ...(person.rights && { 'ebox-rights': person.rights }),
  };
}

/** A store holds a thousand entries: machines that ask for many tokens must not push out the persons logging in. */
function oneStorePerModel(): (model: string) => Adapter {
  const stores = new Map<string, Adapter>();
  return (model) => {
    const store = stores.get(model) ?? createMemoryAdapter()(model);
    stores.set(model, store);
    return store;
  };
}

function logoutTargets(ctx: KoaContextWithOIDC): string[] {
  const target = ctx.oidc.params?.post_logout_redirect_uri;
  return typeof target === 'string' ? [new URL(target).origin] : [];
}

function languageOf(ctx: KoaContextWithOIDC): PageLanguage {
  const wished = ctx.oidc.params?.ui_locales;
  return choosePageLanguage(typeof wished === 'string' ? wished : undefined, ctx.get('accept-language'));
}

function show(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.set({ ...pageHeaders(page, STYLE) });
  ctx.body = pageText(page, STYLE);
}
