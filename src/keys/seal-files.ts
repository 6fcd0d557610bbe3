/** Reads the files that hold the institution's seal: PEM, or PKCS#12 as certificate issuers deliver it. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ServiceError } from '../errors.ts';
import { openPkcs12 } from './pkcs12.ts';

export interface SealFiles {
  /** PEM (encrypted or not) or PKCS#12. */
  readonly keyFile: string;
  /** PEM; undefined takes the certificates of a PKCS#12 key file. */
  readonly certificatesFile?: string | undefined;
  readonly passphrase?: string | undefined;
}

export interface SealPem {
  readonly keyPem: string;
  readonly certificatesPem: string;
}

/** Reads key and certificates. Throws `keyUnfit` in one sentence that names the file that does not fit. */
export function readSealFiles(
  purpose: string,
  { keyFile, certificatesFile, passphrase }: SealFiles,
): SealPem {
  const key = readKeyFile(keyFile);
  const given = certificatesFile === undefined ? undefined : readKeyFile(certificatesFile).toString('latin1');
  if (key.includes('-----BEGIN ')) {
    if (given === undefined) {
      throw new ServiceError(
        'keyUnfit',
        `${purpose}: ${keyFile} is PEM, so SEAL_CERTIFICATES_FILE is needed, or <name>.crt in SEAL_KEYS_DIR`,
      );
    }
    return { keyPem: decryptPem(purpose, keyFile, key, passphrase), certificatesPem: given };
  }
  const opened = openPkcs12(purpose, key, passphrase ?? '');
  return { keyPem: opened.keyPem, certificatesPem: given ?? opened.certificatesPem };
}

/** Reads the private key of a file alone, as PEM without a passphrase, where its certificate is not there yet. Throws `keyUnfit`. */
export function readPrivateKeyFile(purpose: string, { keyFile, passphrase }: SealFiles): string {
  const key = readKeyFile(keyFile);
  return key.includes('-----BEGIN ')
    ? decryptPem(purpose, keyFile, key, passphrase)
    : openPkcs12(purpose, key, passphrase ?? '').keyPem;
}

/** Reads a file of keys or certificates. Throws `keyUnfit`. */
export function readKeyFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ServiceError('keyUnfit', `the key file ${path} cannot be read`, { cause });
  }
}

function decryptPem(purpose: string, path: string, pem: Buffer, passphrase: string | undefined): string {
  if (passphrase === undefined) return pem.toString('latin1');
  try {
    const key = createPrivateKey({ key: pem, passphrase });
    return String(key.export({ format: 'pem', type: 'pkcs8' }));
  } catch (cause) {
    throw new ServiceError('keyUnfit', `${purpose}: ${path} does not open with the passphrase given`, {
      cause,
    });
  }
}
