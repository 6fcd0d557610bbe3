/** The evidence of a message: the same for the citizen, for whoever acts for them, and for the sender. */
import { z } from 'zod';
import { proveMessage } from '../../workflows/message-evidence.ts';
import { type EvidenceAccess, printEvidence } from '../../workflows/print-evidence.ts';
import type { Services } from '../../workflows/services.ts';
import { senderAccessOf } from '../callers.ts';
import { MANDATE_HEADER, readerOf } from '../mandate-header.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { messageEvidenceSchema } from './message-evidence-schema.ts';

export type MessageEvidenceServices = Pick<
  Services,
  | 'database'
  | 'vault'
  | 'catalogue'
  | 'evidenceKey'
  | 'renderer'
  | 'sealKeys'
  | 'sealing'
  | 'clock'
  | 'settings'
>;

const ofMessage = z.strictObject({ messageId: z.uuid().meta({ description: 'Of the message' }) });
const LATER =
  '404 also until the evidence log has sealed the first receipt, which takes as long as a head is apart from the next.';

type AccessOf = (request: Request) => Promise<EvidenceAccess | undefined>;
type Place = Pick<Route, 'tag' | 'access' | 'requestHeaders'> & {
  readonly base: string;
  /** Ends the names of both operations. */
  readonly whose: 'My' | 'Sent';
};

/** The routes of evidence for the sender, and for the citizen. */
export function messageEvidenceRoutes(services: MessageEvidenceServices): Route[] {
  const sent: Place = {
    tag: 'Receipts',
    access: { kind: 'scope', scope: 'ebox:publish', caller: 'client' },
    base: '/receipts/v1/messages/{messageId}/evidence',
    whose: 'Sent',
  };
  const own: Place = {
    tag: 'My data',
    access: { kind: 'scope', scope: 'ebox:consult', caller: 'person' },
    requestHeaders: MANDATE_HEADER,
    base: '/myData/v1/messages/{messageId}/evidence',
    whose: 'My',
  };
  return [
    ...bothForms(services, sent, async (request) => senderAccessOf(request)),
    ...bothForms(services, own, (request) => readerOf(services, request, 'inbox')),
  ];
}

function bothForms(
  services: MessageEvidenceServices,
  { base, whose, ...place }: Place,
  accessOf: AccessOf,
): Route[] {
  const common = {
    ...place,
    errors: 'belgif',
    method: 'get',
    params: ofMessage,
    body: { kind: 'none' },
  } as const;
  return [
    {
      ...common,
      path: base,
      operationId: `get${whose}MessageEvidence`,
      summary: 'What became of a message, sealed, each receipt proved by the evidence log',
      description: `The citizen and the sender get the same. ${LATER}`,
      answers: { 200: { description: 'The evidence', schema: messageEvidenceSchema } },
      handle: async (request) => {
        const access = await accessOf(request);
        const proved = access && (await proveMessage(services, access, request.params.messageId ?? ''));
        if (proved === undefined || proved === 'notYet') throw new Refusal(resourceNotFound('messageId'));
        return { status: 200, body: proved.evidence };
      },
    },
    {
      ...common,
      path: `${base}/content`,
      operationId: `get${whose}MessageEvidenceContent`,
      summary: 'The same as a sealed PDF, which holds the evidence as an attached file',
      description: LATER,
      answers: { 200: { description: 'The document', mediaTypes: ['application/pdf'] } },
      handle: async (request) => {
        const access = await accessOf(request);
        const printed = access && (await printEvidence(services, access, request.params.messageId ?? ''));
        if (printed === undefined || printed === 'notYet') throw new Refusal(resourceNotFound('messageId'));
        return {
          status: 200,
          headers: {
            'Content-Type': 'application/pdf',
            'Content-Disposition': `attachment; filename="${printed.fileName}"`,
          },
          bytes: printed.pdf,
        };
      },
    },
  ];
}
