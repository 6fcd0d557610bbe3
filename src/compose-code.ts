/** The keys of offline codes: the one that signs, and those that did before. */
import { type PublicCodeKey, parseCodeKeys } from './code/public-key.ts';
import { ServiceError } from './errors.ts';
import { type CodeKeyTexts, type CodeSigner, loadCodeSigner } from './keys/code-key.ts';

export interface OpenedCodeKeys {
  readonly codeSigner: CodeSigner;
  /** The key that signs first. */
  readonly codeKeys: readonly PublicCodeKey[];
}

/** Opens the keys. Codes stay on paper for years, so what signed them before stays known. Throws `keyUnfit`. */
export function openCodeKeys({ key, formerKeys }: CodeKeyTexts, now: Date): OpenedCodeKeys {
  const codeSigner = loadCodeSigner(key, now);
  const former = formerKeys === undefined ? [] : parseCodeKeys(formerKeys);
  if (former === undefined)
    throw new ServiceError('keyUnfit', 'FORMER_CODE_KEYS_FILE is no JWK set of P-256 keys with their kid');
  const others = former.filter(({ keyId }) => keyId !== codeSigner.publicKey.keyId);
  return { codeSigner, codeKeys: [codeSigner.publicKey, ...others] };
}
