/** The evidence of a message as a sealed PDF, made when somebody asks for it. */
import type { DocumentLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import { signedDataBytes } from '../pades/signed-data.ts';
import { findSealer } from '../seal/check.ts';
import { sealInPlace } from '../seal/seal.ts';
import { type EvidenceAccess, proveMessage } from './message-evidence.ts';
import type { Services } from './services.ts';

export type { EvidenceAccess };

type PrintServices = Pick<
  Services,
  'database' | 'evidenceKey' | 'catalogue' | 'renderer' | 'sealKeys' | 'sealing' | 'clock'
>;

export interface PrintedEvidence {
  readonly pdf: Buffer;
  readonly fileName: string;
}

/**
 * Prints the evidence of a message in the language of the message, sealed as single attestations are. `notYet` and undefined
 * as `proveMessage`. @throws ServiceError `sealLevelUnreachable`, `sealBroken`, `keyUnfit`, `renderingFailed`
 */
export async function printEvidence(
  services: PrintServices,
  access: EvidenceAccess,
  messageId: string,
): Promise<PrintedEvidence | 'notYet' | undefined> {
  const proved = await proveMessage(services, access, messageId);
  if (proved === undefined || proved === 'notYet') return proved;
  const { evidence, message } = proved;
  const { sealing, sealKeys, renderer, catalogue, clock } = services;
  const language: DocumentLanguage = message.language;
  const { pdf } = await sealing.reach(sealing.levels.single, async (means) => {
    const issuedAt = clock();
    const signer = sealKeys.current(issuedAt);
    const unsealed = await renderer.renderEvidence({
      statement: evidence.statement,
      evidence,
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
  return { pdf, fileName: `evidence-${messageId}.pdf` };
}
