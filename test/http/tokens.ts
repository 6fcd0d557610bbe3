/** Access tokens of every kind, from an issuer that signs whatever a test asks for. */
import { randomUUID } from 'node:crypto';
import { type Issuer, makeToken, startIssuer } from '../access/issuer.ts';

export interface Tokens {
  /** What a test service needs to know to accept these tokens. */
  readonly settings: Readonly<Record<string, string>>;
  readonly issuer: Issuer;
  client(scope: string, organization?: string): string;
  person(ssin: string, scope?: string): string;
  /** A client's token with changed claims. */
  altered(scope: string, claims: Readonly<Record<string, unknown>>): string;
  stop(): Promise<void>;
}

/** The organisation of a client where the test names none. */
export const ORGANIZATION = '1900045601';
export const OTHER_ORGANIZATION = '1900078956';

/** Starts the issuer. */
export async function startTokens(): Promise<Tokens> {
  const issuer = await startIssuer();
  const header = { alg: 'ES256', typ: 'at+jwt', kid: 'ec' };
  const sign = (claims: Readonly<Record<string, unknown>>) => {
    const now = Math.floor(Date.now() / 1000);
    const common = { iss: issuer.url, aud: 'urn:citizen-ebox', jti: randomUUID(), iat: now, exp: now + 300 };
    return makeToken(issuer.ec, header, { ...common, ...claims });
  };
  const client = (scope: string, organization = ORGANIZATION) => ({
    sub: 'program',
    client_id: 'program',
    scope,
    'cbe-number': organization,
  });
  return {
    issuer,
    settings: { OIDC_ISSUER: issuer.url },
    client: (scope, organization) => sign(client(scope, organization)),
    person: (ssin, scope = 'ebox:consult') =>
      sign({ sub: 'someone', client_id: 'inbox', scope, egovNRN: ssin }),
    altered: (scope, claims) => sign({ ...client(scope), ...claims }),
    stop: () => issuer.stop(),
  };
}
