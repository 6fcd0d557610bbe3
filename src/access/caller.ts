/** Who is calling, once an access token has been accepted, and the closed list of scopes a caller may hold. */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Ssin } from '../domain/ssin.ts';

/** Every scope of the service, `<api>:<verb>`; a token's other scopes mean nothing here. */
export const SCOPES = [
  'dimona:declare',
  'dimona:consult',
  'register:report',
  'register:query',
  'attestations:consult',
  'attestations:revoke',
  'batches:submit',
  'batches:approve',
  'ebox:publish',
  'ebox:consult',
  'ebox:referencedata',
  'deliveries:consult',
  'deliveries:print',
  'verifications:bulk',
  'flows:run',
  'statistics:read',
  'events:subscribe',
  'access:manage',
  'evidence:consult',
] as const;

export type Scope = (typeof SCOPES)[number];

/** A program of an organisation, or a person who logged in. */
export type Caller =
  | {
      readonly kind: 'client';
      readonly clientId: string;
      /** The organisation that the issuer of the token vouches for. */
      readonly organization: EnterpriseNumber;
      readonly scopes: ReadonlySet<Scope>;
    }
  | {
      readonly kind: 'person';
      /** The application through which the person came. */
      readonly clientId: string;
      /** The issuer's own name for the person. */
      readonly subject: string;
      readonly ssin: Ssin;
      readonly scopes: ReadonlySet<Scope>;
    };

/** Tells whether a caller holds a scope. */
export function hasScope(caller: Caller, scope: Scope): boolean {
  return caller.scopes.has(scope);
}

/** Reads a `scope` claim, names separated by spaces (RFC 8693 §4.2); names that are none of ours are left out. */
export function parseScopes(text: string): ReadonlySet<Scope> {
  const names = text.split(' ');
  return new Set(SCOPES.filter((scope) => names.includes(scope)));
}
