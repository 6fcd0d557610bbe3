/** Who checks access tokens: put together from the issuers configured, and again when they change. */
import { createTokenVerifier, type TokenVerifier } from './access/token.ts';
import type { Config } from './config.ts';
import { describeError } from './errors.ts';
import type { Log } from './log.ts';
import { readTokenIssuers } from './token-issuers.ts';

export interface ComposedTokens {
  readonly tokens: TokenVerifier;
  /** Reads issuers and their keys again; what cannot be read leaves things as they were. */
  readonly reload: () => void;
}

/** Throws `configurationInvalid` when the issuers cannot be used. */
export function composeTokens(
  config: Config,
  ownIssuer: string,
  clock: () => Date,
  log: Log,
): ComposedTokens {
  const read = () =>
    createTokenVerifier({
      issuers: readTokenIssuers(config, ownIssuer),
      boundScopes: config.boundScopes,
      clock,
    });
  let verifier = read();
  return {
    tokens: { verify: (header, thumbprint) => verifier.verify(header, thumbprint) },
    reload() {
      try {
        verifier = read();
      } catch (error) {
        log.error(
          { reason: describeError(error) },
          'token issuers stay as they were: they could not be read again',
        );
      }
    },
  };
}
