/** The way to another message registry: its client with a key of ours, where the configuration names one. */
import type { Config } from './config.ts';
import { ASSERTION_TYPE, createClientAssertion } from './keys/client-assertion.ts';
import { readKeyFile } from './keys/seal-files.ts';
import { createTokenSource } from './remote/access-token.ts';
import { createGuardedFetch } from './remote/guarded-fetch.ts';
import { createRegistryClient, type RegistryClient } from './remote/registry.ts';

/** A document of some megabytes over a slow line. */
const TIMEOUT_MS = 60_000;
/** Five hundred statuses are some hundred kilobytes. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** Makes the client. Throws `keyUnfit` when its key cannot be used, `configurationInvalid` when an address may not be called. */
export async function openRegistryClient(
  { registry, environment }: Pick<Config, 'registry' | 'environment'>,
  clock: () => Date,
): Promise<RegistryClient | undefined> {
  if (registry === undefined) return undefined;
  const { publishUrl, statusUrl, tokenUrl, clientId, clientKeyFile, scope, partition } = registry;
  const wayTo = (...urls: readonly string[]) =>
    createGuardedFetch({
      allowedOrigins: [...new Set(urls.map((one) => new URL(one).origin))],
      allowLoopback: environment !== 'production',
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    });
  const key = readKeyFile(clientKeyFile).toString('latin1');
  const tokens = createTokenSource({
    tokenUrl,
    scope,
    assert: await createClientAssertion(clientId, key, clock),
    assertionType: ASSERTION_TYPE,
    fetch: wayTo(tokenUrl),
    clock,
  });
  const fetch = wayTo(publishUrl, ...(statusUrl === undefined ? [] : [statusUrl]));
  return createRegistryClient({ publishUrl, statusUrl, partition, tokens, fetch, clock });
}
