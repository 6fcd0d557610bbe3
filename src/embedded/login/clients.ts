/** The demonstration's clients as oidc-provider wants them described (OpenID Connect Dynamic Registration 1.0 §2). */
import type { JWK } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import type { DemoClient } from './directory.ts';
import { publicPart } from './keys.ts';

/** What a person's login may ask for, whatever the application: who they are, and for whom they act. */
export const PERSON_SCOPES = ['openid', 'profile', 'egovnrn', 'enterprise'];

/** Tells whether a client identifies itself with a key of its own. */
export function hasKey(client: DemoClient): boolean {
  return client.kind === 'machine' || client.confidential;
}

/** Describes one client; `key` is its private key, of which only the public part is used. */
export function clientMetadata(client: DemoClient, key: JWK | undefined): ClientMetadata {
  const identification: Partial<ClientMetadata> =
    key === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicPart(key)] } };
  switch (client.kind) {
    case 'machine':
      return {
        ...identification,
        client_id: client.clientId,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        scope: client.scopes.join(' '),
      };
    case 'web':
      return {
        ...identification,
        client_id: client.clientId,
        client_name: client.name,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [...client.redirectUris],
        post_logout_redirect_uris: [...(client.postLogoutRedirectUris ?? [])],
        scope: [...PERSON_SCOPES, ...client.scopes].join(' '),
      };
  }
}
