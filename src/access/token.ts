/**
 * Checks the access token of a request: a JWT of the configured issuer (RFC 9068), sent as a bearer token (RFC 6750).
 *
 * Why so strict: nothing in the token chooses how it is checked. Algorithms, issuer and keys come from configuration
 * and the issuer's own metadata; `jku`, `x5u`, `jwk` and `x5c` in the header are never looked at (RFC 8725 §3).
 */
import { createHash } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { brusselsDate } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';
import type { GuardedFetch } from '../remote/guarded-fetch.ts';
import { type Caller, parseScopes } from './caller.ts';
import { createIssuerKeys } from './issuer-keys.ts';

/** The claims in which the issuer puts what we need to know of a caller. */
export interface ClaimNames {
  /** Enterprise number of the client's organisation, such as `cbe-number`. */
  readonly organization: string;
  /** SSIN of the person, such as `egovNRN`. */
  readonly person: string;
}

/** Never `none` nor a symmetric algorithm: the issuer signs, we hold public keys only (RFC 8725 §3.1, §3.2). */
export type TokenAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

export interface TokenVerifierOptions {
  /** The issuer exactly as it names itself, such as `https://idp.example.be`. */
  readonly issuer: string;
  /** The name of this service at the issuer; one of the token's audiences. */
  readonly audience: string;
  readonly claims: ClaimNames;
  /** Must allow the issuer's origin. */
  readonly fetch: GuardedFetch;
  /** Default RS256, PS256 and ES256. */
  readonly algorithms?: readonly TokenAlgorithm[];
  readonly clock?: () => Date;
}

/** What is wrong with a refused token, for logs; a caller is told no more than that it was refused. */
export type TokenDefect =
  | 'malformed'
  | 'algorithm'
  | 'criticalHeader'
  | 'type'
  | 'unknownKey'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'time'
  | 'claims'
  | 'binding';

/** The verdict on a request's token; the names are the Belgif problem types of status 401. */
export type TokenOutcome =
  /** `tokenHash` stands in the audit log for the token itself. */
  | { readonly kind: 'accepted'; readonly caller: Caller; readonly tokenHash: string }
  | { readonly kind: 'noAccessToken' }
  | { readonly kind: 'invalidAccessToken'; readonly reason: TokenDefect }
  | { readonly kind: 'expiredAccessToken' };

export interface TokenVerifier {
  /**
   * Judges an `Authorization` header. `certificateThumbprint` is that of the client certificate of the connection
   * (SHA-256 of its DER, base64url); a token bound to a certificate (RFC 8705 §3) is accepted with that one only.
   * Throws `tokenIssuerUnavailable` when the issuer's keys cannot be had.
   */
  verify(authorizationHeader: string | undefined, certificateThumbprint?: string): Promise<TokenOutcome>;
}

const DEFAULT_ALGORITHMS: readonly TokenAlgorithm[] = ['RS256', 'PS256', 'ES256'];
/** Clocks of two machines may differ by this much. */
const TOLERANCE_SECONDS = 30;
/** Tokens are short-lived; one that was made longer ago is expired, whatever it says itself. */
const MAX_AGE_SECONDS = 24 * 3600;
/** RFC 9068 §2.2; `aud` and `iss` are demanded by naming what they must be. */
const REQUIRED_CLAIMS = ['exp', 'sub', 'client_id', 'iat', 'jti'];

/** Makes the verifier of one issuer. Nothing is fetched before the first token. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const keys = createIssuerKeys(options.issuer, options.fetch);
  const algorithms = [...(options.algorithms ?? DEFAULT_ALGORITHMS)];
  const clock = options.clock ?? (() => new Date());
  return {
    async verify(authorizationHeader, certificateThumbprint) {
      const bearer = readBearer(authorizationHeader);
      if (bearer.kind !== 'token') return bearer;
      try {
        const now = clock();
        const { payload, protectedHeader } = await jwtVerify(bearer.token, keys, {
          algorithms,
          typ: 'at+jwt',
          issuer: options.issuer,
          audience: options.audience,
          requiredClaims: REQUIRED_CLAIMS,
          currentDate: now,
          clockTolerance: TOLERANCE_SECONDS,
          maxTokenAge: MAX_AGE_SECONDS,
        });
        const defect = remainingDefect(payload, protectedHeader, certificateThumbprint);
        if (defect !== undefined) return refused(defect);
        const caller = readCaller(payload, options.claims, now);
        if (caller === undefined) return refused('claims');
        return { kind: 'accepted', caller, tokenHash: tokenHash(bearer.token) };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

/** SHA-256 of a token, hexadecimal: lets an auditor recognise a token without being able to use it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function refused(reason: TokenDefect): TokenOutcome {
  return { kind: 'invalidAccessToken', reason };
}

type Bearer = { readonly kind: 'token'; readonly token: string } | TokenOutcome;

/** Another scheme than Bearer is the same as none: the caller did not try to authenticate here (RFC 6750 §3.1). */
function readBearer(header: string | undefined): Bearer {
  if (header === undefined || !/^bearer(\s|$)/i.test(header)) return { kind: 'noAccessToken' };
  const token = /^bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(header)?.[1];
  return token === undefined || token.length > 8192 ? refused('malformed') : { kind: 'token', token };
}

/** What jose leaves to its caller: critical extensions it happens to know, and the binding to a certificate. */
function remainingDefect(
  payload: JWTPayload,
  header: ProtectedHeaderParameters,
  certificateThumbprint: string | undefined,
): TokenDefect | undefined {
  if (header.crit !== undefined) return 'criticalHeader';
  if (typeof payload.iat === 'number' && typeof payload.exp === 'number' && payload.exp < payload.iat)
    return 'time';
  if (payload.cnf === undefined) return undefined;
  const confirmation: unknown = payload.cnf;
  const isBoundToCaller =
    typeof confirmation === 'object' &&
    confirmation !== null &&
    Object.keys(confirmation).join() === 'x5t#S256' &&
    Object.values(confirmation)[0] === certificateThumbprint;
  return isBoundToCaller ? undefined : 'binding';
}

/** A token that names both a person and an organisation is refused: it would be unclear whose rights count. */
function readCaller(payload: JWTPayload, names: ClaimNames, now: Date): Caller | undefined {
  const { client_id: clientId, sub: subject, scope = '' } = payload;
  if (typeof clientId !== 'string' || typeof subject !== 'string' || typeof scope !== 'string')
    return undefined;
  const organizationText = payload[names.organization];
  const personText = payload[names.person];
  const scopes = parseScopes(scope);
  if (typeof organizationText === 'string' && personText === undefined) {
    const organization = parseEnterpriseNumber(organizationText.padStart(10, '0'));
    return organization && { kind: 'client', clientId, organization, scopes };
  }
  if (typeof personText === 'string' && organizationText === undefined) {
    const ssin = parseSsin(personText, brusselsDate(now));
    return ssin && { kind: 'person', clientId, subject, ssin, scopes };
  }
  return undefined;
}

const DEFECT_OF_CLAIM: Readonly<Record<string, TokenDefect>> = {
  typ: 'type',
  iss: 'issuer',
  aud: 'audience',
  nbf: 'time',
  iat: 'time',
  exp: 'time',
};

/** Turns what jose throws about a token into a verdict; what is no verdict on the token is thrown on. */
function outcomeOf(error: unknown): TokenOutcome {
  if (error instanceof errors.JWTExpired) return { kind: 'expiredAccessToken' };
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(error.reason === 'check_failed' ? (DEFECT_OF_CLAIM[error.claim] ?? 'claims') : 'claims');
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('algorithm');
  if (error instanceof errors.JOSENotSupported) return refused('criticalHeader');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return refused('unknownKey');
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('signature');
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return refused('malformed');
  throw error;
}
