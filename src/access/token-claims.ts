/** What the claims of a token whose signature is right say of the caller, and whether the caller may use it. */
import type { JWTPayload } from 'jose';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { brusselsDate } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';
import { type Caller, parseScopes, type Scope } from './caller.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** A token bound to a certificate (RFC 8705 §3) is good with that certificate only; any other binding is none we can check. */
export function isBoundTo({ cnf }: JWTPayload, thumbprint: string | undefined): boolean {
  const confirmation: unknown = cnf;
  return (
    thumbprint !== undefined &&
    typeof confirmation === 'object' &&
    confirmation !== null &&
    Object.keys(confirmation).join() === 'x5t#S256' &&
    Object.values(confirmation)[0] === thumbprint
  );
}

/** Whether a person showed who they are as their issuer's rules demand. */
export function isStrong(acr: unknown, { acrValues }: Pick<TokenIssuer, 'acrValues'>): boolean {
  return acrValues === undefined || acrValues.some((one) => one === acr);
}

/** Ids come into logs and evidence: printable, and of bounded length (RFC 6749 App. A.1). */
const ID = /^[\x20-\x7e]{1,255}$/;

/**
 * Gives the caller; undefined when a claim is missing or malformed, or the issuer does not vouch for such callers. A token
 * that names both a person and an organisation is refused: it would be unclear whose rights count.
 */
export function readCaller(payload: JWTPayload, issuer: TokenIssuer, now: Date): Caller | undefined {
  const { client_id: client, sub: subject, scope = '' } = payload;
  if (!isId(client) || !isId(subject) || typeof scope !== 'string') return undefined;
  const organizationText = payload[issuer.claims.organization];
  const personText = payload[issuer.claims.person];
  const clientId = issuer.name === undefined ? client : `${issuer.name}/${client}`;
  const scopes = grantable(parseScopes(scope), issuer);
  const vouches = (kind: Caller['kind']) => issuer.vouchesFor.includes(kind);
  if (typeof organizationText === 'string' && personText === undefined && vouches('client')) {
    const organization = parseEnterpriseNumber(organizationText);
    return organization && { kind: 'client', clientId, organization, scopes };
  }
  if (typeof personText === 'string' && organizationText === undefined && vouches('person')) {
    const ssin = parseSsin(personText, brusselsDate(now));
    return ssin && { kind: 'person', clientId, subject, ssin, scopes };
  }
  return undefined;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

function grantable(asked: ReadonlySet<Scope>, { scopes }: TokenIssuer): ReadonlySet<Scope> {
  return scopes === undefined ? asked : new Set([...asked].filter((scope) => scopes.includes(scope)));
}
