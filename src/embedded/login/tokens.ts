/** Gets access tokens from the embedded login over its real protocols: as a machine with its key, or as a person. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { describeError, ServiceError } from '../../errors.ts';
import { type Browser, createBrowser, type Returned, type ShownPage } from './browser.ts';
import { PERSON_SCOPES } from './clients.ts';
import { KEY_ALGORITHM, readClientKey } from './keys.ts';
import { type ClientCertificate, postMutually } from './mutual.ts';

export interface ClientTokenRequest {
  readonly issuer: string;
  /** The folder the login keeps its keys in. */
  readonly folder: string;
  readonly clientId: string;
  /** Names separated by spaces. */
  readonly scope: string;
  /** Asks for a token that is bound to this certificate. */
  readonly certificate?: ClientCertificate | undefined;
}

export interface PersonTokenRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly personId: string;
  /** Names separated by spaces. */
  readonly scope: string;
  /** The login's folder, for a client that has a key. */
  readonly folder?: string;
}

/**
 * Gets a machine's access token (client credentials, RFC 6749 §4.4, with a signed assertion, RFC 7523 §2.2).
 * Throws `tokenRefused` when the client has no key here or the issuer refuses a scope, `tokenIssuerUnavailable` when it
 * cannot be reached.
 */
export async function clientToken(request: ClientTokenRequest): Promise<string> {
  const { issuer, folder, scope, certificate } = request;
  const { token, mutualToken } = await discover(issuer);
  const form = {
    grant_type: 'client_credentials',
    scope,
    ...(await assertion(issuer, folder, request.clientId)),
  };
  if (certificate === undefined) return askToken(token, scope, form);
  if (mutualToken === undefined)
    throw new ServiceError('tokenRefused', `${issuer} binds no tokens to certificates`);
  const { status, body } = await reached(issuer, postMutually(mutualToken, form, folder, certificate));
  return grantedToken(issuer, scope, status, recordOf(body));
}

/**
 * Gets a person's access token by walking the login as a browser would (authorization code with PKCE, RFC 7636):
 * asks, chooses the person on the page, follows the redirects and trades the code in.
 * Throws `tokenRefused` when the person is not on the page or the issuer refuses, `tokenIssuerUnavailable` when it
 * cannot be reached.
 */
export async function personToken(request: PersonTokenRequest): Promise<string> {
  const { issuer, clientId, redirectUri, folder } = request;
  const { authorization, token } = await discover(issuer);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomUUID();
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `openid ${request.scope}`,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const answer = await walkLogin(`${authorization}?${query.toString()}`, request);
  if (answer.get('state') !== state || answer.get('iss') !== issuer)
    throw new ServiceError('tokenRefused', `the answer of ${issuer} does not belong to this login`);
  return askToken(token, request.scope, {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...(folder === undefined ? { client_id: clientId } : await assertion(issuer, folder, clientId)),
  });
}

/** Goes from the authorization request to the application's address and gives what was sent there. */
async function walkLogin(start: string, request: PersonTokenRequest): Promise<URLSearchParams> {
  const { issuer, redirectUri, personId } = request;
  const browser = createBrowser(issuer, redirectUri);
  const first = await reached(issuer, browser.open(start));
  const arrival = first.kind === 'returned' ? first : await choosePerson(browser, first, issuer, personId);
  const error = arrival.parameters.get('error');
  if (error === null) return arrival.parameters;
  const why = arrival.parameters.get('error_description');
  throw new ServiceError('tokenRefused', `${issuer} refused: ${error} (${why})`);
}

async function choosePerson(
  browser: Browser,
  page: ShownPage,
  issuer: string,
  personId: string,
): Promise<Returned> {
  const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1];
  if (action === undefined) {
    const code = /<code>([^<]+)<\/code>/.exec(page.html)?.[1] ?? page.status;
    throw new ServiceError('tokenRefused', `${issuer} shows no person to choose: ${code}`);
  }
  if (!page.html.includes(`name="person" value="${personId}"`))
    throw new ServiceError('tokenRefused', `${issuer} knows no person "${personId}"`);
  const end = await reached(issuer, browser.submit(new URL(action, page.url).href, { person: personId }));
  if (end.kind === 'returned') return end;
  throw new ServiceError('tokenRefused', `${issuer} did not lead back to the application`);
}

interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  /** For programs that bring a certificate; undefined where there is no such place. */
  readonly mutualToken: string | undefined;
}

async function discover(issuer: string): Promise<Endpoints> {
  const answer = await reached(issuer, fetch(`${issuer}/.well-known/openid-configuration`));
  const metadata = await jsonOf(answer);
  const { authorization_endpoint: authorization, token_endpoint: token } = metadata;
  if (typeof authorization !== 'string' || typeof token !== 'string')
    throw new ServiceError(
      'tokenIssuerUnavailable',
      `${issuer} does not describe itself as an OpenID provider`,
    );
  const { token_endpoint: mutualToken } = recordOf(metadata.mtls_endpoint_aliases);
  return { authorization, token, mutualToken: typeof mutualToken === 'string' ? mutualToken : undefined };
}

/** A statement that lives one minute, is good once, and is meant for this issuer alone. */
async function assertion(issuer: string, folder: string, clientId: string): Promise<Record<string, string>> {
  const jwk = await readClientKey(folder, clientId);
  if (jwk === undefined)
    throw new ServiceError('tokenRefused', `the login has no client "${clientId}" with a key`);
  const statement = await new SignJWT()
    .setProtectedHeader({ alg: KEY_ALGORITHM, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(await importJWK(jwk, KEY_ALGORITHM));
  return {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: statement,
  };
}

async function askToken(
  endpoint: string,
  scope: string,
  form: Readonly<Record<string, string>>,
): Promise<string> {
  const { origin } = new URL(endpoint);
  const request = { method: 'POST', body: new URLSearchParams(form), redirect: 'error' } as const;
  const answer = await reached(origin, fetch(endpoint, request));
  return grantedToken(origin, scope, answer.status, await jsonOf(answer));
}

/** An issuer may grant less than was asked (RFC 6749 §3.3); that is a refusal here, before it becomes a riddle later. */
function grantedToken(
  origin: string,
  scope: string,
  status: number,
  { access_token: token, scope: granted = '', error, error_description: why }: Record<string, unknown>,
): string {
  if (status !== 200 || typeof token !== 'string')
    throw new ServiceError('tokenRefused', `${origin} refused: ${String(error)} (${String(why)})`);
  const known = [...PERSON_SCOPES, ...String(granted).split(' ')];
  const missing = scope.split(' ').filter((name) => name !== '' && !known.includes(name));
  if (missing.length > 0)
    throw new ServiceError('tokenRefused', `${origin} does not grant ${missing.join(' ')} to this client`);
  return token;
}

async function jsonOf(answer: Response): Promise<Record<string, unknown>> {
  return recordOf(await answer.json().catch(() => undefined));
}

function recordOf(content: unknown): Record<string, unknown> {
  return typeof content === 'object' && content !== null ? { ...content } : {};
}

async function reached<T>(issuer: string, call: Promise<T>): Promise<T> {
  return call.catch((cause: unknown) => {
    throw new ServiceError('tokenIssuerUnavailable', `${issuer} is unreachable: ${describeError(cause)}`, {
      cause,
    });
  });
}
