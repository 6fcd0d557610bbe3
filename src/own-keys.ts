/** The keys that need no certificate: from the institution's files, or made at first start. */
import { generateKeyPairSync } from 'node:crypto';
import type { Config } from './config.ts';
import { keptCodeKey } from './embedded/code-key.ts';
import { keptSecret } from './embedded/secret.ts';
import type { CodeKeyTexts } from './keys/code-key.ts';
import { readKeyFile } from './keys/seal-files.ts';
import type { VaultSecrets } from './workflows/open-vault.ts';

export interface OwnKeys {
  readonly vaultSecrets: VaultSecrets;
  /** The key that signs offline codes, and those that did before. */
  readonly codeKeys: CodeKeyTexts;
  /** PEM or JWK. */
  readonly evidenceKey: string;
}

type KeyConfig = Pick<
  Config,
  'vault' | 'formerVaultSecretFiles' | 'codeKey' | 'formerCodeKeysFile' | 'evidence'
>;

/** Reads the keys, or makes them; `folderOf` gives where a part keeps what is made. Throws `keyUnfit`. */
export function openOwnKeys(config: KeyConfig, folderOf: (part: string) => string): OwnKeys {
  const { codeKey, formerCodeKeysFile, evidence } = config;
  const read = (path: string) => readKeyFile(path).toString('utf8');
  return {
    vaultSecrets: readVaultSecrets(config, folderOf),
    codeKeys: {
      key:
        codeKey.kind === 'given' ? read(codeKey.keyFile) : keptCodeKey(folderOf('code-key.jwk'), new Date()),
      formerKeys: formerCodeKeysFile === undefined ? undefined : read(formerCodeKeysFile),
    },
    evidenceKey:
      evidence.kind === 'given'
        ? read(evidence.keyFile)
        : keptSecret(folderOf('evidence.key'), makeEvidenceKey).toString('utf8'),
  };
}

/** Reads the secrets of the vault, or makes the first one. Throws `keyUnfit`. */
export function readVaultSecrets(
  { vault, formerVaultSecretFiles }: Pick<Config, 'vault' | 'formerVaultSecretFiles'>,
  folderOf: (part: string) => string,
): VaultSecrets {
  const isGiven = vault.kind === 'given';
  return {
    current: isGiven ? readKeyFile(vault.secretFile) : keptSecret(folderOf('vault.secret')),
    former: formerVaultSecretFiles.map((path) => readKeyFile(path)),
  };
}

function makeEvidenceKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}
