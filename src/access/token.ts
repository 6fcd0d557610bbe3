/**
 * Checks the access token of a request: a JWT of a configured issuer (RFC 9068), sent as a bearer token (RFC 6750).
 *
 * Why so strict: nothing in the token chooses how it is checked but the issuer it names, which must be one of those
 * configured. Algorithms, audience and keys are that issuer's alone; `jku`, `x5u`, `jwk` and `x5c` in the header are
 * never looked at (RFC 8725 §3).
 */
import { createHash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type BearerToken, readBearer } from './bearer.ts';
import type { Caller, Scope } from './caller.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { isBoundTo, isStrong, readCaller } from './token-claims.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface TokenVerifierOptions {
  /** No two of them of the same name. */
  readonly issuers: readonly TokenIssuer[];
  /** Scopes that a program may have in tokens bound to its certificate only (RFC 8705 §3); missing: none. */
  readonly boundScopes?: readonly Scope[];
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
  | 'binding'
  | 'strength'
  | 'unbound';

/** The verdict on a request's token; the names are the Belgif problem types of status 401. */
export type TokenOutcome =
  /** `tokenHash` stands in the audit log for the token itself. */
  | { readonly kind: 'accepted'; readonly caller: Caller; readonly tokenHash: string }
  | { readonly kind: 'noAccessToken' }
  | { readonly kind: 'invalidAccessToken'; readonly reason: TokenDefect }
  | { readonly kind: 'expiredAccessToken' };

export interface TokenVerifier {
  /**
   * Judges an `Authorization` header. `certificateThumbprint` is that of the client's certificate (SHA-256 of its DER,
   * base64url); a token bound to a certificate is accepted with that one only.
   * Throws `tokenIssuerUnavailable` when the issuer's keys cannot be had.
   */
  verify(authorizationHeader: string | undefined, certificateThumbprint?: string): Promise<TokenOutcome>;
}

/** Clocks of two machines may differ by this much. */
const TOLERANCE_SECONDS = 30;
/** Tokens are short-lived; one that was made longer ago is expired, whatever it says itself. */
const MAX_AGE_SECONDS = 24 * 3600;
/** RFC 9068 §2.2; `aud` and `iss` are demanded by naming what they must be. */
const REQUIRED_CLAIMS = ['exp', 'sub', 'client_id', 'iat', 'jti'];

/** Makes the verifier of these issuers. Nothing is fetched before the first token. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { boundScopes = [], clock = () => new Date() } = options;
  const judges = new Map(
    options.issuers.map((issuer) => [issuer.issuer, createJudge(issuer, boundScopes, clock)]),
  );
  return {
    async verify(authorizationHeader, certificateThumbprint) {
      const bearer = readBearer(authorizationHeader);
      if (bearer.kind === 'malformed') return refused('malformed');
      if (bearer.kind === 'noAccessToken') return bearer;
      const { token } = bearer;
      // Letter by letter: an issuer by another spelling is another issuer (RFC 8414 §4).
      const judge = typeof token.issuer === 'string' ? judges.get(token.issuer) : undefined;
      return judge === undefined ? refused('issuer') : judge(token, certificateThumbprint);
    },
  };
}

/**
 * SHA-256 of a token, hexadecimal: lets an auditor recognise a token without being able to use it. Whoever has a token with
 * an ECDSA signature (r, s) can write it as (r, n - s) too. Both are accepted, as issuers make both (RFC 7518 §3.4), and no
 * decision rests on the hash: who holds the one token knows both forms, and so both hashes.
 */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

type Judge = (token: BearerToken, thumbprint: string | undefined) => Promise<TokenOutcome>;

/** Judges the tokens of one issuer, by its own rules and keys. */
function createJudge(issuer: TokenIssuer, boundScopes: readonly Scope[], clock: () => Date): Judge {
  const keys = createIssuerKeys(issuer, clock);
  return async (token, thumbprint) => {
    // None is known here: `b64` would change what was signed (RFC 7797), and whatever is critical must be understood.
    if (token.header.crit !== undefined || token.header.b64 !== undefined) return refused('criticalHeader');
    try {
      const now = clock();
      const payload = await checkToken(token, issuer, keys, now);
      if (Number(payload.exp) < Number(payload.iat)) return refused('time');
      if (payload.cnf !== undefined && !isBoundTo(payload, thumbprint)) return refused('binding');
      const caller = readCaller(payload, issuer, now);
      if (caller === undefined) return refused('claims');
      if (caller.kind === 'person' && !isStrong(payload.acr, issuer)) return refused('strength');
      const mustBeBound = caller.kind === 'client' && boundScopes.some((scope) => caller.scopes.has(scope));
      if (mustBeBound && payload.cnf === undefined) return refused('unbound');
      return { kind: 'accepted', caller, tokenHash: tokenHash(token.text) };
    } catch (error) {
      return outcomeOf(error);
    }
  };
}

/** Checks signature, type, issuer, audience and times, and gives the claims. Throws jose's errors. */
async function checkToken(
  { text }: BearerToken,
  { issuer, audience, algorithms }: TokenIssuer,
  keys: JWTVerifyGetKey,
  now: Date,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(text, keys, {
    algorithms: [...algorithms],
    typ: 'at+jwt',
    issuer,
    audience,
    requiredClaims: REQUIRED_CLAIMS,
    currentDate: now,
    clockTolerance: TOLERANCE_SECONDS,
    maxTokenAge: MAX_AGE_SECONDS,
  });
  return payload;
}

function refused(reason: TokenDefect): TokenOutcome {
  return { kind: 'invalidAccessToken', reason };
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
