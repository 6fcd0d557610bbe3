/** Who can log in at the embedded provider: the demonstration's programs and persons, handed in as values. */
import type { EnterpriseNumber } from '../../domain/enterprise-number.ts';
import type { DocumentLanguage, PageLanguage } from '../../domain/language.ts';
import type { Ssin } from '../../domain/ssin.ts';

/** A program that identifies itself with a key (`private_key_jwt`) and acts for an organisation. */
export interface MachineClient {
  readonly kind: 'machine';
  /** Letters, digits, `-` and `_`: also the name of its key file. */
  readonly clientId: string;
  readonly organization: EnterpriseNumber;
  /** The scopes it may ask for. */
  readonly scopes: readonly string[];
}

/** An application through which persons log in (authorization code with PKCE). */
export interface WebClient {
  readonly kind: 'web';
  readonly clientId: string;
  /** Shown to the person who logs in. */
  readonly name: string;
  /** A confidential client identifies itself with a key, as machines do; a public one has none. */
  readonly confidential: boolean;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  /** The scopes a person may get through it, besides `openid`, `profile` and `egovnrn`. */
  readonly scopes: readonly string[];
}

export type DemoClient = MachineClient | WebClient;

export interface DemoPerson {
  /** The provider's own name for the person (`sub`): says nothing about them. */
  readonly personId: string;
  readonly ssin: Ssin;
  readonly givenName: string;
  readonly familyName: string;
  readonly language: DocumentLanguage;
  /** The organisation they may act for: a claim in the ID token, never in an access token. */
  readonly organization?: EnterpriseNumber;
  /** What they may do for it at the desk: a claim likewise. */
  readonly rights?: readonly string[];
  /** One line on what this person shows. */
  readonly description?: Readonly<Record<PageLanguage, string>>;
}
