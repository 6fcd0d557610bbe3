/** Reads the files that hold the institution's seal: PEM, or PKCS#12 as certificate issuers deliver it. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ServiceError } from '../errors.ts';
import { openPkcs12 } from './pkcs12.ts';

export interface SealFiles {
  /** PEM (encrypted or not) or PKCS#12. */
  readonly keyFile: string;
  /** PEM; undefined takes the certificates of a PKCS#12 key file. */
  readonly certificatesFile: string | undefined;
  /** PEM. */
  readonly trustFile: string;
  readonly passphrase: string | undefined;
}

export interface SealPem {
  readonly keyPem: string;
  readonly certificatesPem: string;
  readonly trustPem: string;
}

/** Reads key, certificates and roots. Throws `keyUnfit` in one sentence that names the file that does not fit. */
export function readSealFiles({ keyFile, certificatesFile, trustFile, passphrase }: SealFiles): SealPem {
  const trustPem = readKeyFile(trustFile).toString('latin1');
  const key = readKeyFile(keyFile);
  const given = certificatesFile === undefined ? undefined : readKeyFile(certificatesFile).toString('latin1');
  if (key.includes('-----BEGIN ')) {
    if (given === undefined) {
      throw new ServiceError('keyUnfit', `seal: ${keyFile} is PEM, so SEAL_CERTIFICATES_FILE is needed`);
    }
    return { keyPem: decryptPem(keyFile, key, passphrase), certificatesPem: given, trustPem };
  }
  const opened = openPkcs12('seal', key, passphrase ?? '');
  return { keyPem: opened.keyPem, certificatesPem: given ?? opened.certificatesPem, trustPem };
}

/** Reads a file of keys or certificates. Throws `keyUnfit`. */
export function readKeyFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ServiceError('keyUnfit', `the key file ${path} cannot be read`, { cause });
  }
}

function decryptPem(path: string, pem: Buffer, passphrase: string | undefined): string {
  if (passphrase === undefined) return pem.toString('latin1');
  try {
    const key = createPrivateKey({ key: pem, passphrase });
    return String(key.export({ format: 'pem', type: 'pkcs8' }));
  } catch (cause) {
    throw new ServiceError('keyUnfit', `seal: ${path} does not open with the passphrase given`, { cause });
  }
}
