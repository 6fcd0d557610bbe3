/** The settings of the seal keys, read together: which of them need each other. */
import { resolve } from 'node:path';

/** Where the institution's own seal keys are. */
export interface SealConfig {
  /** Undefined: the keys lie in the folder only. */
  readonly keyFile: string | undefined;
  readonly certificatesFile: string | undefined;
  readonly passphrase: string | undefined;
  readonly keysDir: string | undefined;
  readonly trustFile: string;
}

interface SealValues {
  readonly sealKeyFile: string | undefined;
  readonly sealCertificatesFile: string | undefined;
  readonly sealPassphrase: string | undefined;
  readonly sealKeysDir: string | undefined;
  readonly sealTrustFile: string | undefined;
}

/** Gives the institution's own seal, or undefined where none is configured; what is missing is added to `faults`. */
export function readSeal(given: SealValues, faults: string[]): SealConfig | undefined {
  const { sealKeyFile, sealCertificatesFile, sealPassphrase, sealKeysDir, sealTrustFile } = given;
  const all = [sealKeyFile, sealCertificatesFile, sealPassphrase, sealKeysDir, sealTrustFile];
  if (all.every((one) => one === undefined)) return undefined;
  const belongs = sealCertificatesFile ?? sealPassphrase;
  if (sealKeyFile === undefined && sealKeysDir === undefined && sealTrustFile !== undefined)
    faults.push('SEAL_KEY_FILE is missing; SEAL_TRUST_FILE needs it, or SEAL_KEYS_DIR.');
  else if (sealKeyFile === undefined && belongs !== undefined)
    faults.push('SEAL_KEY_FILE is missing; SEAL_CERTIFICATES_FILE and SEAL_PASSPHRASE belong to it.');
  else if (sealTrustFile === undefined)
    faults.push(
      `SEAL_TRUST_FILE is missing; ${sealKeyFile === undefined ? 'SEAL_KEYS_DIR' : 'SEAL_KEY_FILE'} needs it.`,
    );
  if ((sealKeyFile ?? sealKeysDir ?? sealTrustFile) === undefined) return undefined;
  return {
    keyFile: sealKeyFile,
    certificatesFile: sealCertificatesFile,
    passphrase: sealPassphrase,
    keysDir: sealKeysDir === undefined ? undefined : resolve(sealKeysDir),
    // An empty one was named as missing.
    trustFile: sealTrustFile ?? '',
  };
}
