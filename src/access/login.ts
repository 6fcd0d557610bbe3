/**
 * Logging people in (OpenID Connect Core 1.0 §3.1): authorization code with PKCE, state and nonce; the answer's issuer and
 * the ID token's signature are checked; the service identifies itself with a signed statement.
 */
import * as client from 'openid-client';
import { type DeskRight, readDeskRights } from '../domain/desk-right.ts';
import { type EnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { PageLanguage } from '../domain/language.ts';
import { brusselsDate } from '../domain/period.ts';
import { parseSsin, type Ssin } from '../domain/ssin.ts';
import { describeError, ServiceError } from '../errors.ts';
import type { ClientKey } from '../keys/client-key.ts';
import type { GuardedFetch } from '../remote/guarded-fetch.ts';
import type { LoginClaims } from './token-issuer.ts';

export interface LoginOptions {
  /** The issuer exactly as it names itself. */
  readonly issuer: string;
  readonly clientId: string;
  readonly key: ClientKey;
  /** Where the issuer sends people back to; registered there, compared exactly. */
  readonly redirectUri: string;
  /** Where it sends them after logging out; registered there. */
  readonly afterLogoutUri: string;
  readonly claims: LoginClaims;
  /** How people must have shown who they are (`acr`); missing: in any way. */
  readonly acrValues?: readonly string[];
  /** Must allow the issuer's origin. */
  readonly fetch: GuardedFetch;
  readonly clock: () => Date;
}

/** What a browser's session remembers of a login until the issuer's answer comes. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The page of ours that was asked for. */
  readonly returnTo: string;
  /** Since when the person must have shown who they are, in seconds since 1970; missing where an earlier login will do. */
  readonly anewSince?: number;
}

/** Who logged in, as the issuer vouches. */
export interface LoggedIn {
  readonly ssin: Ssin;
  readonly name: string;
  readonly organization?: EnterpriseNumber;
  /** What they may do for it at the desk, beside sending batches. */
  readonly rights?: readonly DeskRight[];
}

export type LoginOutcome =
  | { readonly kind: 'loggedIn'; readonly person: LoggedIn }
  /** The person, or the issuer for them, did not want to. */
  | { readonly kind: 'cancelled' }
  /** Something in the answer is not as it must be; `reason` is for the log. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface LoginProvider {
  /** Where forms may lead besides ourselves. */
  readonly origin: string;
  /** Begins a login; `isAnew` has the issuer ask the person again, however lately it did. Throws `tokenIssuerUnavailable`. */
  begin(
    returnTo: string,
    language: PageLanguage,
    isAnew?: boolean,
  ): Promise<{ readonly url: string; readonly pending: PendingLogin }>;
  /** Judges the issuer's answer. `query` is that of the address it came to. Throws `tokenIssuerUnavailable`. */
  complete(query: URLSearchParams, pending: PendingLogin): Promise<LoginOutcome>;
  /** Where the issuer's own session is ended; undefined where it has no such place. Throws `tokenIssuerUnavailable`. */
  endUrl(language: PageLanguage): Promise<string | undefined>;
}

/** As CSAM names them; an issuer leaves out what it does not know. */
const SCOPE = 'openid profile egovnrn enterprise';

/** Clocks of two machines may differ by this much. */
const TOLERANCE_SECONDS = 30;

/** Makes the login of one issuer. Nothing is fetched before somebody logs in. */
export function createLogin(options: LoginOptions): LoginProvider {
  const configuration = remember(() => discover(options));
  return {
    origin: new URL(options.issuer).origin,
    begin: async (returnTo, language, isAnew = false) => {
      const pending: PendingLogin = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
        returnTo,
        ...(isAnew && { anewSince: Math.floor(options.clock().getTime() / 1000) }),
      };
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: options.redirectUri,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        ui_locales: language,
        ...(options.acrValues && { acr_values: options.acrValues.join(' ') }),
        ...(isAnew && { prompt: 'login' }),
      });
      return { url: url.href, pending };
    },
    complete: async (query, pending) => complete(options, await configuration(), query, pending),
    endUrl: async (language) => {
      const found = await configuration();
      if (found.serverMetadata().end_session_endpoint === undefined) return undefined;
      const parameters = { post_logout_redirect_uri: options.afterLogoutUri, ui_locales: language };
      return client.buildEndSessionUrl(found, parameters).href;
    },
  };
}

/** An issuer that could not be asked is asked again by the next login. */
function remember<T>(get: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () =>
    (kept ??= get().catch((error: unknown) => {
      kept = undefined;
      throw error;
    }));
}

async function discover({ issuer, clientId, key, fetch }: LoginOptions): Promise<client.Configuration> {
  const { kid } = key;
  const execute = [
    client.enableNonRepudiationChecks,
    // The guarded fetch lets plain http through to this machine only.
    ...(new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : []),
  ];
  try {
    const found = await client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      client.PrivateKeyJwt({ key: key.key, ...(kid !== undefined && { kid }) }),
      { execute, [client.customFetch]: (url, request) => guarded(fetch, url, request) },
    );
    if (found.serverMetadata().authorization_endpoint === undefined)
      throw new Error('it does not say where people log in');
    return found;
  } catch (cause) {
    throw unavailable(issuer, cause);
  }
}

function guarded(fetch: GuardedFetch, url: string, request: client.CustomFetchOptions): Promise<Response> {
  const { method, headers, body } = request;
  const sent = body instanceof URLSearchParams ? body.toString() : body;
  if (sent !== undefined && sent !== null && typeof sent !== 'string')
    throw new ServiceError('unexpected', 'a call to the issuer has a body that is no form');
  return fetch(url, {
    ...((method === 'GET' || method === 'POST') && { method }),
    headers,
    ...(typeof sent === 'string' && { body: sent }),
  });
}

async function complete(
  { issuer, redirectUri, claims: names, acrValues, clock }: LoginOptions,
  configuration: client.Configuration,
  query: URLSearchParams,
  { codeVerifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce, anewSince }: PendingLogin,
): Promise<LoginOutcome> {
  const arrivedAt = new URL(redirectUri);
  arrivedAt.search = query.toString();
  try {
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(configuration, arrivedAt, checks);
    const claims = { ...tokens.claims() };
    // The browser could have left `prompt` away on the way there; issuers that say when the person logged in give it away.
    if (anewSince !== undefined && Number(claims.auth_time ?? anewSince) < anewSince - TOLERANCE_SECONDS)
      return { kind: 'refused', reason: 'the person was not asked again' };
    // Asked for as a wish only, which an issuer need not fulfil (OpenID Connect Core §3.1.2.1).
    if (acrValues !== undefined && !acrValues.some((one) => one === claims.acr))
      return { kind: 'refused', reason: 'the person showed who they are in a way that is not accepted' };
    const known = claims[names.person] === undefined ? await askUser(configuration, tokens, claims) : claims;
    const person = readPerson(known, names, clock());
    return person === undefined
      ? { kind: 'refused', reason: 'the claims name no person, or what they name is malformed' }
      : { kind: 'loggedIn', person };
  } catch (error) {
    return outcomeOf(error, issuer);
  }
}

type Claims = Readonly<Record<string, unknown>>;

/** Some issuers, CSAM among them, say who a person is at their userinfo endpoint only (OpenID Connect Core §5.3). */
async function askUser(
  configuration: client.Configuration,
  tokens: client.TokenEndpointResponse,
  claims: Claims,
): Promise<Claims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  const answer = await client.fetchUserInfo(configuration, tokens.access_token, String(claims.sub));
  return { ...claims, ...answer };
}

function readPerson(claims: Claims, names: LoginClaims, now: Date): LoggedIn | undefined {
  const { [names.person]: number, [names.organization]: enterprise } = claims;
  const ssin = typeof number === 'string' ? parseSsin(number, brusselsDate(now)) : undefined;
  if (ssin === undefined) return undefined;
  const name = [claims.givenName ?? claims.given_name, claims.surname ?? claims.family_name]
    .filter((part) => typeof part === 'string')
    .join(' ');
  if (enterprise === undefined) return { ssin, name };
  const organization = typeof enterprise === 'string' ? parseEnterpriseNumber(enterprise) : undefined;
  return organization && { ssin, name, organization, rights: readDeskRights(claims[names.rights]) };
}

/** What the issuer itself says is an outcome; so is an answer that is not in order. That it cannot be reached is a fault. */
function outcomeOf(error: unknown, issuer: string): LoginOutcome {
  if (error instanceof client.AuthorizationResponseError) {
    return error.error === 'access_denied'
      ? { kind: 'cancelled' }
      : { kind: 'refused', reason: `the issuer answered ${error.error}` };
  }
  if (error instanceof client.ResponseBodyError)
    return { kind: 'refused', reason: `the issuer refused the code: ${error.error}` };
  const fault = faultIn(error);
  if (fault !== undefined) throw unavailable(issuer, fault);
  return { kind: 'refused', reason: reasonOf(error) };
}

/** Finds the fault of our own call in an error; the client library puts an error of its own around it. */
function faultIn(error: unknown): ServiceError | undefined {
  if (error instanceof ServiceError) return error;
  return error instanceof Error ? faultIn(error.cause) : undefined;
}

/** The library says what kind of thing is wrong, and its cause says which; what lies deeper may repeat what was sent. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const said = [error, ...(cause instanceof Error ? [cause] : [])].map(describeError);
  return [...new Set(said)].join(': ');
}

function unavailable(issuer: string, cause: unknown): ServiceError {
  return new ServiceError('tokenIssuerUnavailable', `${issuer} cannot be asked: ${describeError(cause)}`, {
    cause,
  });
}
