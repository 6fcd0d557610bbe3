/** Whose access tokens count: the institution's own issuer by its settings, others by a file that can grow while the service runs. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { SCOPES } from './access/caller.ts';
import { type KeySource, TOKEN_ALGORITHMS, type TokenIssuer } from './access/token-issuer.ts';
import type { Config } from './config.ts';
import { kindsOf } from './config-identity.ts';
import { describeError, ServiceError } from './errors.ts';
import { createGuardedFetch } from './remote/guarded-fetch.ts';

/** One further issuer; only what it vouches for has no default, for that is what one has to think about. */
const ISSUER = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/),
  issuer: z.url({ protocol: /^https?$/ }),
  audience: z.string().min(1).optional(),
  vouchesFor: z.array(z.enum(['organizations', 'persons'])).min(1),
  algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1).optional(),
  keysFile: z.string().min(1).optional(),
  organizationClaim: z.string().min(1).optional(),
  personClaim: z.string().min(1).optional(),
  acrValues: z.array(z.string().min(1)).min(1).optional(),
  scopes: z.array(z.enum(SCOPES)).min(1).optional(),
});
const ISSUERS = z.array(ISSUER);

type IdentitySettings = Pick<
  Config,
  | 'environment'
  | 'audience'
  | 'organizationClaim'
  | 'personClaim'
  | 'tokenAlgorithms'
  | 'acrValues'
  | 'issuerKeysFile'
  | 'vouchesFor'
  | 'tokenIssuersFile'
>;

/** Reads all issuers, the institution's own first. Throws `configurationInvalid` in one sentence. */
export function readTokenIssuers(config: IdentitySettings, ownIssuer: string): TokenIssuer[] {
  const own: TokenIssuer = {
    issuer: ownIssuer,
    audience: config.audience,
    keys: keysOf(config, ownIssuer, config.issuerKeysFile),
    algorithms: config.tokenAlgorithms,
    claims: { organization: config.organizationClaim, person: config.personClaim },
    vouchesFor: config.vouchesFor,
    ...(config.acrValues !== undefined && { acrValues: config.acrValues }),
  };
  const { tokenIssuersFile: path } = config;
  const all = [own, ...(path === undefined ? [] : readFurther(config, path))];
  for (const key of ['issuer', 'name'] as const) {
    const values = all.map((one) => one[key]);
    const twice = values.find((value, at) => values.indexOf(value) !== at);
    if (twice !== undefined)
      throw new ServiceError(
        'configurationInvalid',
        `TOKEN_ISSUERS_FILE: the ${key} ${twice} is there twice`,
      );
  }
  return all;
}

function readFurther(config: IdentitySettings, path: string): TokenIssuer[] {
  const parsed = ISSUERS.safeParse(readJson(path, 'TOKEN_ISSUERS_FILE'));
  if (!parsed.success) {
    const faults = parsed.error.issues
      .map(({ path: at, message }) => `${at.join('.')}: ${message}`)
      .join('; ');
    throw new ServiceError('configurationInvalid', `TOKEN_ISSUERS_FILE ${path} is wrong: ${faults}`);
  }
  return parsed.data.map(({ name, issuer, scopes, ...given }) => ({
    name,
    issuer,
    audience: given.audience ?? config.audience,
    keys: keysOf(config, issuer, given.keysFile && resolve(dirname(path), given.keysFile)),
    algorithms: given.algorithms ?? config.tokenAlgorithms,
    claims: {
      organization: given.organizationClaim ?? config.organizationClaim,
      person: given.personClaim ?? config.personClaim,
    },
    vouchesFor: kindsOf(given.vouchesFor),
    // Each issuer has names of its own for it.
    ...(given.acrValues !== undefined && { acrValues: given.acrValues }),
    ...(scopes !== undefined && { scopes }),
  }));
}

/** Each issuer has a way out of its own, to its own origin. */
function keysOf({ environment }: IdentitySettings, issuer: string, keysFile: string | undefined): KeySource {
  if (keysFile !== undefined) return { kind: 'pinned', keySet: readJson(keysFile, `the keys of ${issuer}`) };
  const fetch = createGuardedFetch({
    allowedOrigins: [new URL(issuer).origin],
    allowLoopback: environment !== 'production',
    timeoutMs: 10_000,
    maxBytes: 1024 * 1024,
  });
  return { kind: 'discovered', fetch };
}

function readJson(path: string, purpose: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = `${purpose}: ${path} cannot be read: ${describeError(cause)}`;
    throw new ServiceError('configurationInvalid', reason, { cause });
  }
}
