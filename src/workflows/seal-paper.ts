/** Seals a paper that somebody asks for as single attestations are sealed, and looks at the seal before it is released. */
import type { DocumentLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import { signedDataBytes } from '../pades/signed-data.ts';
import type { Unsealed } from '../pades/unsealed.ts';
import type { PaperFrame } from '../render/paper.ts';
import { findSealer } from '../seal/check.ts';
import { sealInPlace } from '../seal/seal.ts';
import type { Services } from './services.ts';

export type PaperServices = Pick<Services, 'catalogue' | 'sealKeys' | 'sealing' | 'clock'>;

/** A sealed PDF to take along. */
export interface SealedPaper {
  readonly pdf: Buffer;
  readonly fileName: string;
}

/** @throws ServiceError `sealLevelUnreachable`, `sealBroken`, `keyUnfit`, and what `render` throws */
export async function sealPaper(
  { sealing, sealKeys, catalogue, clock }: PaperServices,
  language: DocumentLanguage,
  render: (frame: PaperFrame) => Promise<Unsealed>,
): Promise<Buffer> {
  const { pdf } = await sealing.reach(sealing.levels.single, async (means) => {
    const issuedAt = clock();
    const signer = sealKeys.current(issuedAt);
    const unsealed = await render({
      language,
      frame: catalogue.frameWords[language],
      issuedAt,
      signatureRoom: signedDataBytes(signer, means.tokenBytes),
      validationData: means.validationData,
    });
    const sealed = await sealInPlace(unsealed, signer, means.timeStamp);
    const { level } = findSealer(sealed, [signer]);
    if (level !== means.level)
      throw new ServiceError('sealBroken', `the seal just made has level ${level} instead of ${means.level}`);
    return { pdf: sealed, keyId: signer.keyId, level };
  });
  return pdf;
}
