/**
 * A key at a sealing service (ETSI TS 119 432, JSON binding; the form of the federal eSealing service): the service gets
 * the digest of the signed attributes and gives the signature. Neither the PDF nor a word of it leaves the house.
 */
import { createHash, createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { ServiceError } from '../errors.ts';
import type { GuardedFetch } from '../remote/guarded-fetch.ts';
import { toDerSignature } from './ecdsa.ts';
import { readKeyFile } from './seal-files.ts';
import { hashOf, type KeyAlgorithm } from './signer.ts';

/** Where a key at a sealing service is and how we may use it; plain data. */
export interface RemoteAddress {
  /** The address before `/signatures/signHash`, without a slash at its end. */
  readonly url: string;
  /** How the service names the key. */
  readonly credential: string;
  /** A user name, and the file with its password: HTTP Basic. */
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** A file with an access token, read at each call, so that whoever renews it need not stop the service. */
  readonly tokenFile?: string | undefined;
  /** The key, P-256 or P-384 in PKCS#8 PEM, that allows each single signature: signs the activation data (SAD). */
  readonly activationKeyFile?: string | undefined;
  /** How the service knows that key: the serial number of its certificate, in hexadecimal. */
  readonly activationKeyId?: string | undefined;
}

/** Object identifiers that the protocol uses for hashes and signatures. */
const HASH_OID = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2' } as const;
const RSA_OID = '1.2.840.113549.1.1.11';
const ECDSA_OID = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3' } as const;

/**
 * Has the service sign data with the hash of the algorithm: RSASSA-PKCS1-v1_5, or ECDSA in DER.
 * Throws `remoteUnavailable` when it cannot be reached, is too slow, too busy or has a fault, and `remoteRefused` when it
 * does not allow it or answers something else. Whether the signature is right is for `checkSealed` to say.
 */
export async function signRemotely(
  address: RemoteAddress,
  fetch: GuardedFetch,
  algorithm: KeyAlgorithm,
  data: Buffer,
): Promise<Buffer> {
  const hash = hashOf(algorithm);
  const isRsa = algorithm.startsWith('rsa');
  const documentDigests = {
    hashes: [createHash(hash).update(data).digest('base64')],
    hashAlgorithmOID: HASH_OID[hash],
  };
  const sad = await activationData(address, documentDigests);
  const answer = await fetch(`${address.url}/signatures/signHash`, {
    method: 'POST',
    headers: { ...authorization(address), 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({
      operationMode: 'S',
      requestID: randomUUID(),
      credentialID: address.credential,
      lang: 'en',
      numSignatures: 1,
      signAlgo: isRsa ? RSA_OID : ECDSA_OID[hash],
      documentDigests,
      ...(sad !== undefined && { sad }),
    }),
  });
  const signature = await readSignature(address, answer);
  return isRsa ? signature : inDer(signature, hash === 'sha384' ? 48 : 32);
}

type Digests = { readonly hashes: readonly string[]; readonly hashAlgorithmOID: string };

/** Signature activation data: the very digests, signed by a key that is with us, so that the service signs nothing else. */
async function activationData(address: RemoteAddress, digests: Digests): Promise<string | undefined> {
  const { activationKeyFile, activationKeyId } = address;
  if (activationKeyFile === undefined) return undefined;
  const pem = readKeyFile(activationKeyFile).toString('utf8');
  try {
    const key = createPrivateKey(pem);
    const alg = key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256';
    return await new SignJWT({ ...digests })
      .setProtectedHeader({ alg, ...(activationKeyId !== undefined && { kid: activationKeyId }) })
      .sign(key);
  } catch (cause) {
    const reason = `${activationKeyFile} holds no P-256 or P-384 key in PKCS#8 PEM`;
    throw new ServiceError('keyUnfit', `seal: ${reason}`, { cause });
  }
}

function authorization({ user, passwordFile, tokenFile }: RemoteAddress): Record<string, string> {
  const secretOf = (file: string) => readKeyFile(file).toString('utf8').trim();
  if (tokenFile !== undefined) return { Authorization: `Bearer ${secretOf(tokenFile)}` };
  if (user === undefined || passwordFile === undefined) return {};
  return {
    Authorization: `Basic ${Buffer.from(`${user}:${secretOf(passwordFile)}`).toString('base64')}`,
  };
}

async function readSignature({ url }: RemoteAddress, answer: Response): Promise<Buffer> {
  const { origin } = new URL(url);
  if (answer.status === 429)
    throw new ServiceError('remoteUnavailable', `${origin} asks to seal more slowly`);
  // What it says beside the status may repeat what was sent, and is not logged.
  if (!answer.ok)
    throw new ServiceError('remoteRefused', `${origin} refuses to seal with status ${answer.status}`);
  const signatures = await answer.json().then(
    (body: unknown) => (body as { readonly signatures?: unknown } | null)?.signatures,
    () => undefined,
  );
  const [signature, ...others] = Array.isArray(signatures) ? (signatures as unknown[]) : [];
  if (typeof signature !== 'string' || signature === '' || others.length > 0)
    throw new ServiceError('remoteRefused', `${origin} answers without the one signature asked for`);
  return Buffer.from(signature, 'base64');
}

/** The protocol leaves the form of an ECDSA signature open: DER begins with 30 and its own length. */
function inDer(signature: Buffer, half: number): Buffer {
  const isDer = signature[0] === 0x30 && signature[1] === signature.length - 2;
  return !isDer && signature.length === 2 * half ? toDerSignature(signature) : signature;
}
