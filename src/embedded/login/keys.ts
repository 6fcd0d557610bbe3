/** The provider's signing key and its clients' keys: made at the first start, kept in files that only the owner reads. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { ServiceError } from '../../errors.ts';

/** The algorithm of every key here: ECDSA with P-256 and SHA-256. */
export const KEY_ALGORITHM = 'ES256';

/** Gives the provider's private key set, so that tokens stay good across restarts. */
export async function loadSigningKeys(folder: string): Promise<{ keys: JWK[] }> {
  const path = join(folder, 'signing-keys.json');
  const kept = await readKept(path);
  if (kept !== undefined) return kept as { keys: JWK[] };
  const keys = { keys: [await createKey()] };
  await writeSecret(path, keys);
  return keys;
}

/** Gives a client's private key, making it when there is none yet. */
export async function loadClientKey(folder: string, clientId: string): Promise<JWK> {
  const path = clientKeyPath(folder, clientId);
  const kept = await readKept(path);
  if (kept !== undefined) return kept as JWK;
  const key = await createKey();
  await writeSecret(path, key);
  return key;
}

/** Reads a client's private key; undefined when the provider has made none. */
export async function readClientKey(folder: string, clientId: string): Promise<JWK | undefined> {
  return (await readKept(clientKeyPath(folder, clientId))) as JWK | undefined;
}

/** Leaves the public part of a key. */
export function publicPart({ kty, crv, x, y, kid, alg, use }: JWK): JWK {
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, kid, alg, use }).filter(([, value]) => value !== undefined),
  );
}

/** Gives the path of a client's private key. */
export function clientKeyPath(folder: string, clientId: string): string {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(clientId))
    throw new ServiceError('configurationInvalid', 'a client id has other characters than A-Z a-z 0-9 _ -');
  return join(folder, 'clients', `${clientId}.jwk`);
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(KEY_ALGORITHM, { extractable: true });
  const key = await exportJWK(privateKey);
  return { ...key, kid: await calculateJwkThumbprint(key), alg: KEY_ALGORITHM, use: 'sig' };
}

/** The content is our own, so its shape is trusted; a file that is no JSON was damaged. */
async function readKept(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ServiceError('keyUnfit', `${path} cannot be read; delete it to have a new key made`, { cause });
  }
}

async function writeSecret(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
