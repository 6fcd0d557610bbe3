/** Reads the files of the service's own TLS, and makes sure that they fit together before anything listens with them. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describeError, ServiceError } from '../errors.ts';
import { readKeyFile } from './seal-files.ts';

export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Undefined: callers are asked for no certificate. */
  readonly clientCaFile: string | undefined;
}

/** What `node:tls` is given; the key is held by it from then on. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The issuers of callers' certificates. */
  readonly ca?: Buffer;
  /** The lists of those that were revoked, PEM. */
  readonly crl?: readonly string[];
}

/** Reads certificate, key and client CA. Throws `keyUnfit` in one sentence that names the file that does not fit. */
export function readTlsFiles({ certificateFile, keyFile, clientCaFile }: TlsFiles, now: Date): TlsMaterial {
  const material = {
    cert: readKeyFile(certificateFile),
    key: readKeyFile(keyFile),
    ...(clientCaFile !== undefined && { ca: readCa(clientCaFile) }),
  };
  const unfit = (reason: string, cause?: unknown) =>
    new ServiceError('keyUnfit', `TLS_CERTIFICATE_FILE ${certificateFile} ${reason}`, { cause });
  try {
    createSecureContext(material);
  } catch (cause) {
    throw unfit(`and TLS_KEY_FILE ${keyFile} cannot be used together: ${describeError(cause)}`, cause);
  }
  const ends = new Date(new X509Certificate(material.cert).validTo);
  if (ends <= now) throw unfit(`expired at ${ends.toISOString()}`);
  return material;
}

/** OpenSSL passes over what is no certificate, and would then trust nobody without a word. */
function readCa(path: string): Buffer {
  const pem = readKeyFile(path);
  try {
    if (new X509Certificate(pem).ca) return pem;
  } catch (cause) {
    throw new ServiceError('keyUnfit', `TLS_CLIENT_CA_FILE ${path} holds no certificate, PEM`, { cause });
  }
  throw new ServiceError(
    'keyUnfit',
    `TLS_CLIENT_CA_FILE ${path} begins with the certificate of no authority`,
  );
}
