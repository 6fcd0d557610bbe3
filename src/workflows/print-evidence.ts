/** The evidence of a message as a sealed PDF, made when somebody asks for it. */
import { type EvidenceAccess, proveMessage } from './message-evidence.ts';
import { type PaperServices, type SealedPaper, sealPaper } from './seal-paper.ts';
import type { Services } from './services.ts';

export type { EvidenceAccess };

type PrintServices = Pick<Services, 'database' | 'evidenceKey' | 'renderer'> & PaperServices;

/**
 * Prints the evidence of a message in the language of the message, sealed as single attestations are. `notYet` and undefined
 * as `proveMessage`. @throws ServiceError `sealLevelUnreachable`, `sealBroken`, `keyUnfit`, `renderingFailed`
 */
export async function printEvidence(
  services: PrintServices,
  access: EvidenceAccess,
  messageId: string,
): Promise<SealedPaper | 'notYet' | undefined> {
  const proved = await proveMessage(services, access, messageId);
  if (proved === undefined || proved === 'notYet') return proved;
  const { evidence, message } = proved;
  const pdf = await sealPaper(services, message.language, (frame) =>
    services.renderer.renderEvidence({ ...frame, statement: evidence.statement, evidence }),
  );
  return { pdf, fileName: `evidence-${messageId}.pdf` };
}
