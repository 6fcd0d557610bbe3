/** Whose tokens count, and for what: nothing of it is taken from a token. */
import type { GuardedFetch } from '../remote/guarded-fetch.ts';
import type { Caller, Scope } from './caller.ts';

/** Never `none` nor a symmetric algorithm: the issuer signs, we hold public keys only (RFC 8725 §3.1, §3.2). */
export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** The claims in which an issuer puts what we need to know of a caller. */
export interface ClaimNames {
  /** Enterprise number of the client's organisation, such as `cbe-number`. */
  readonly organization: string;
  /** SSIN of the person, such as `egovNRN`. */
  readonly person: string;
}

/** How the issuer names what it says of people. */
export interface LoginClaims extends ClaimNames {
  /** What an official may do at the desk. */
  readonly rights: string;
}

/** Where an issuer's public keys are: at the issuer itself, by its discovery document, or in a set given beforehand. */
export type KeySource =
  /** `fetch` must allow the issuer's origin. */
  | { readonly kind: 'discovered'; readonly fetch: GuardedFetch }
  | { readonly kind: 'pinned'; readonly keySet: unknown };

/** One issuer of access tokens. */
export interface TokenIssuer {
  /** The issuer exactly as it names itself, such as `https://idp.example.be`. */
  readonly issuer: string;
  /** Stands before the ids of its clients, `name/client`, so that they are not taken for another issuer's; missing for the institution's own. */
  readonly name?: string;
  /** The name of this service at the issuer; one of a token's audiences. */
  readonly audience: string;
  readonly keys: KeySource;
  readonly algorithms: readonly TokenAlgorithm[];
  readonly claims: ClaimNames;
  /** Whom it may speak for: programs of organisations, persons, or both. */
  readonly vouchesFor: readonly Caller['kind'][];
  /** How its persons must have shown who they are (`acr`, RFC 9068 §2.2.1); missing: in any way. */
  readonly acrValues?: readonly string[];
  /** The scopes it may give; missing: all. */
  readonly scopes?: readonly Scope[];
}
