/**
 * The one request that is made for every document: a PUT whose body is hashed already, without the stages that the S3
 * client runs each of its requests through. It tries once; whatever is not clear after that is left to the S3 client.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';

/** Where objects go and who puts them there. */
export interface PutAddress {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface QuickPut {
  /**
   * Stores an object under a key that has none yet; `sha256` is its hash. `unclear` for every other answer, for none,
   * and for one that does not come in time.
   */
  put(key: string, object: Buffer, sha256: Buffer): Promise<'stored' | 'existing' | 'unclear'>;
  close(): void;
}

/** More requests at once wait for a connection. */
const MOST_CONNECTIONS = 64;

/** Opens it. Nothing is connected until the first call. An answer may stand still for `timeoutMs`. */
export function openQuickPut(address: PutAddress, timeoutMs: number): QuickPut {
  const { protocol, hostname, port, pathname } = new URL(address.endpoint);
  const isSecure = protocol === 'https:';
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
  const signer = new SignatureV4({
    service: 's3',
    region: address.region,
    credentials: { accessKeyId: address.accessKeyId, secretAccessKey: address.secretAccessKey },
    sha256: Sha256,
    // S3 takes paths as they are.
    uriEscapePath: false,
    applyChecksum: false,
  });
  const place = { hostname: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port: Number(port) }) };
  const folder = `${pathname.replace(/\/$/, '')}/${address.bucket}`;
  return {
    put: async (key, object, sha256) => {
      const signed = await signer.sign({
        method: 'PUT',
        protocol,
        ...place,
        path: `${folder}/${key}`,
        headers: {
          host: port === '' ? hostname : `${hostname}:${port}`,
          'content-length': String(object.length),
          'content-type': 'application/octet-stream',
          'if-none-match': '*',
          'x-amz-checksum-sha256': sha256.toString('base64'),
          'x-amz-content-sha256': sha256.toString('hex'),
        },
        query: {},
      });
      const { path, headers } = signed;
      const send = isSecure ? requestHttps : requestHttp;
      return new Promise((resolve) => {
        const request = send({ ...place, method: 'PUT', path, headers, agent }, (response) =>
          resolve(outcomeOf(response)),
        );
        request.setTimeout(timeoutMs, () => request.destroy());
        request.on('error', () => resolve('unclear'));
        request.end(object);
      });
    },
    close: () => agent.destroy(),
  };
}

/** 412: the key has an object. */
async function outcomeOf(response: IncomingMessage): Promise<'stored' | 'existing' | 'unclear'> {
  const outcome = ({ 200: 'stored', 412: 'existing' } as const)[String(response.statusCode)] ?? 'unclear';
  return new Promise((resolve) => {
    response.on('error', () => resolve('unclear'));
    response.on('close', () => resolve(response.complete ? outcome : 'unclear'));
    // The connection serves the next request once all of this answer was read.
    response.resume();
  });
}

/** SHA-256 in the form that the signer asks for: plain, or keyed. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: unknown) {
    // The signer gives text and bytes as secrets.
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new RangeError('a hash is made once');
  }
}
